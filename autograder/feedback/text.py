"""A verdict in words, for a terminal and for whoever else shows plain text."""

SHOWN = 3  # reasons per question


def reasons_text(result, told):
    """Lines on the first few reasons: each with the first case it belongs to and, unless that has
    been `told` already, a hint and what to reread.
    """
    reasons, lines = result.reasons(), []
    for first, *others in reasons[:SHOWN]:
        more = f" (and {len(others)} more)" if others else ""
        if first.diagnosis is None:
            lines.append(f"✗ {first.name}{more}: {first.message}")
            continue
        lines.append(f"✗ {first.diagnosis.headline}")
        lines.append(f"  {first.name}{more}" + (f": {first.message}" if first.message else ""))
        if first.diagnosis.advice() and first.diagnosis not in told:
            lines.append(f"  {first.diagnosis.advice()}")
            told.add(first.diagnosis)
    if len(reasons) > SHOWN:
        lines.append(f"  … and {len(reasons) - SHOWN} more that failed (--json shows all)")
    lines = lines or ["✓"]
    for message, number in result.remarks().items():
        lines.append(f"→ {message} ({count_cases(number)})")
    return lines


STATUS = {
    "graded": "",
    "damaged": "The notebook could not be read.",
    "timeout": "Some of the code did not come to an end and was stopped.",
    "crashed": "The Python process of this notebook died while it was graded.",
    "out_of_memory": "Some of the code wanted more memory than there is.",
}


def count_cases(number):
    """1 -> '1 case', 7 -> '7 cases'."""
    return "1 case" if number == 1 else f"{number} cases"


def first_reason(result):
    """The reason that most cases failed for, in a sentence, or nothing."""
    reasons = result.reasons()
    if not reasons:
        return ""
    first = max(reasons, key=len)[0]
    return first.diagnosis.headline if first.diagnosis else first.message[:120]


def points(number):
    """3.0 -> '3', 2.67 -> '2.67'."""
    return f"{number:.2f}".rstrip("0").rstrip(".")

"""A verdict in words, for a terminal, for Gradescope, for whoever else shows plain text."""

from textwrap import shorten as shortened

SHOWN = 3  # reasons per question in a terminal
LONG = 120  # characters of a reason in a table
STATUS = {
    "graded": "",
    "damaged": "There is no notebook here that can be read.",
    "wrong_file": "This is not the notebook with the work on this assignment.",
    "timeout": "Some of the code did not come to an end and was stopped.",
    "crashed": "The Python process of this notebook died while it was graded.",
    "out_of_memory": "Some of the code wanted more memory than there is.",
}


def reasons_text(result, told=None, shown=SHOWN):
    """Lines on one question: why cases failed, each reason with the first case it belongs to and,
    unless that has been `told` already, a hint and what to reread; then what is to be said of cases
    that passed.

    Args:
        told: the Diagnoses so far; gets those of this question.
        shown: reasons at most, or None for all of them.
    """
    told = set() if told is None else told
    reasons = result.reasons()
    lines = [line for cases in reasons[:shown] for line in case_lines(cases, told)]
    if shown is not None and len(reasons) > shown:
        lines.append(f"  … and {len(reasons) - shown} more that failed (--json shows all)")
    lines = lines or ["✓"]
    remarks = result.remarks().items()
    return lines + [f"→ {message} ({count_cases(number)})" for message, number in remarks]


def case_lines(cases, told):
    """Lines on the cases that failed for one reason."""
    first, *others = cases
    more = f" (and {len(others)} more)" if others else ""
    if first.diagnosis is None:
        return [f"✗ {first.name}{more}: {first.message}"]
    lines = [f"✗ {first.diagnosis.headline}"]
    lines.append(f"  {first.name}{more}" + (f": {first.message}" if first.message else ""))
    if first.diagnosis.advice() and first.diagnosis not in told:
        lines.append(f"  {first.diagnosis.advice()}")
        told.add(first.diagnosis)
    return lines


def first_reason(result):
    """The reason that most cases failed for, in a sentence, or nothing."""
    reasons = result.reasons()
    if not reasons:
        return ""
    first = max(reasons, key=len)[0]
    return first.diagnosis.headline if first.diagnosis else shorten(first.message, LONG)


def shorten(text, width):
    """A text without its end where it is longer, cut between words."""
    return text if len(text) <= width else shortened(text, width, placeholder=" …")


def counted(number, what):
    """1 -> '1 student', 2 -> '2 students'."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def count_cases(number):
    """1 -> '1 case', 7 -> '7 cases'."""
    return counted(number, "case")


def points(number):
    """3.0 -> '3', 2.67 -> '2.67'."""
    return f"{number:.2f}".rstrip("0").rstrip(".")

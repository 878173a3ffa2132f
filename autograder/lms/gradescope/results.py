"""A verdict in the words of Gradescope's results.json."""

from ...feedback import STATUS, count_cases, points, reasons_text


def results(verdict, notes, visibility="visible"):
    """Return the object of results.json: a test per question, with its points and its reasons.

    Args:
        notes: sentences about the notebook as a whole.
        visibility: of the tests; what the grader printed is for staff.
    """
    summary = [STATUS[verdict.status], *notes]
    return {
        "score": verdict.score,
        "execution_time": round(verdict.seconds, 2),
        "output": "\n".join(part for part in summary if part),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "extra_data": {"status": verdict.status},
        "tests": [
            _test(number, result, visibility) for number, result in enumerate(verdict.results, 1)
        ],
    }


def _test(number, result, visibility):
    return {
        "number": str(number),
        "name": result.question,
        "score": result.score,
        "max_score": result.max_score,
        "status": "passed" if result.score == result.max_score else "failed",
        "output": _text(result),
        "output_format": "text",
        "visibility": visibility,
        "tags": [],
    }


def _text(result):
    """Points, and the reasons as everywhere."""
    lines = [f"{points(result.score)} of {points(result.max_score)} points"]
    if result.score < result.max_score or result.remarks():
        lines += ["", *reasons_text(result, shown=None)]
    if passed := sum(case.passed for case in result.cases):
        lines += ["", f"✓ {count_cases(passed)} right"]
    return "\n".join(lines)

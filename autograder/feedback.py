"""The verdict as HTML: what stands in nbgrader's feedback page and in formgrader.

Whatever a student may have written (exception texts, names) is escaped. Works without JavaScript.
"""

from html import escape

GOOD, BAD, PLAIN = "#00694e", "#a8321a", "#555555"
STATUS = {
    "graded": "",
    "damaged": "The notebook could not be read.",
    "timeout": "Some of the code did not come to an end and was stopped.",
    "crashed": "The Python process of this notebook died while it was graded.",
    "out_of_memory": "Some of the code wanted more memory than there is.",
}
BOX = (
    "border-left: 4px solid {colour}; padding: 0.2em 0.8em; margin: 0.4em 0; "
    "font-family: sans-serif"
)

SUMMARY = "display: list-item; cursor: pointer"  # nbgrader's style sheet would hide the triangle
SHOWN = 5  # reasons; the rest can be unfolded
CELL = "padding: 0.1em 0.8em"


def question_html(result):
    """One question: its score, then the cases that failed with their reasons, then those that
    passed; what is to be said of these (credit after an earlier mistake) is not folded away.
    """
    passed = [case for case in result.cases if case.passed]
    reasons = [_reason(names, message) for message, names in result.reasons().items()]
    colour = BAD if reasons else GOOD
    parts = [f'<div style="{BOX.format(colour=colour)}">', _headline(result, passed, colour)]
    parts += reasons[:SHOWN]
    if reasons[SHOWN:]:
        parts.append(_collapsed(f"{len(reasons) - SHOWN} more that failed", reasons[SHOWN:]))
    parts += [_remark(message, number) for message, number in result.remarks().items()]
    if passed:
        items = "".join(f"<li>{escape(case.name)}</li>" for case in passed)
        parts.append(_collapsed(count_cases(len(passed)) + " passed", [f"<ul>{items}</ul>"]))
    return "".join(parts) + "</div>"


def _collapsed(title, parts):
    return f'<details><summary style="{SUMMARY}">{title}</summary>{"".join(parts)}</details>'


def count_cases(number):
    """1 -> '1 case', 7 -> '7 cases'."""
    return "1 case" if number == 1 else f"{number} cases"


def _headline(result, passed, colour):
    share = f"{len(passed)} of {len(result.cases)} cases"
    return (
        f'<p style="margin: 0.3em 0"><b style="color: {colour}">{escape(result.question)}: '
        f"{points(result.score)} of {points(result.max_score)} points</b> "
        f'<span style="color: {PLAIN}">({share})</span></p>'
    )


def _reason(names, message):
    return (
        f'<p style="margin: 0.3em 0"><b style="color: {BAD}">✗ {escape("; ".join(names))}</b><br>'
        f'<span style="margin-left: 1.2em">{escape(message)}</span></p>'
    )


def _remark(message, number):
    return f'<p style="margin: 0.3em 0">{escape(message)} ({count_cases(number)})</p>'


def summary_html(verdict):
    """The whole submission: total, what happened to it, a line per question, what was repaired or
    noted.
    """
    colour = GOOD if verdict.score == verdict.max_score else BAD if not verdict.score else PLAIN
    rows = "".join(_row(result) for result in verdict.results)
    head = "".join(f'<th style="{CELL}; text-align: {side}">{text}</th>' for text, side in _COLUMNS)
    parts = [
        f'<div style="{BOX.format(colour=colour)}">',
        f"<p><b>Automatic points: {points(verdict.score)} of {points(verdict.max_score)}</b></p>",
        f"<p>{STATUS[verdict.status]}</p>" if STATUS[verdict.status] else "",
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>",
    ]
    if verdict.notes:
        items = "".join(f"<li>{escape(note)}</li>" for note in verdict.notes)
        parts.append(f"<p><b>Notes</b></p><ul>{items}</ul>")
    return "".join(parts) + "</div>"


_COLUMNS = [("question", "left"), ("points", "right"), ("cases passed", "right")]


def _row(result):
    cells = [
        (escape(result.question), "left"),
        (f"{points(result.score)} / {points(result.max_score)}", "right"),
        (f"{sum(case.passed for case in result.cases)} / {len(result.cases)}", "right"),
    ]
    return (
        "<tr>"
        + "".join(f'<td style="{CELL}; text-align: {side}">{text}</td>' for text, side in cells)
        + "</tr>"
    )


def points(number):
    """3.0 -> '3', 2.67 -> '2.67'."""
    return f"{number:.2f}".rstrip("0").rstrip(".")

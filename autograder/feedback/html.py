"""The verdict as HTML: what stands in nbgrader's feedback page and in formgrader.

Whatever a student may have written (exception texts, names) is escaped. Works without JavaScript.
"""

from html import escape

from .text import STATUS, count_cases, first_reason, points

GOOD, BAD, PLAIN = "#00694e", "#a8321a", "#555555"


NO_TEX = "tex2jax_ignore mathjax_ignore"  # classes in which MathJax finds no mathematics


BOX = (
    "border-left: 4px solid {colour}; padding: 0.2em 0.8em; margin: 0.4em 0; "
    "font-family: sans-serif"
)


SUMMARY = "display: list-item; cursor: pointer"  # nbgrader's style sheet would hide the triangle


SHOWN = 5  # reasons; the rest can be unfolded


NAMES = 3  # of cases that failed for one reason; the rest can be unfolded


MESSAGES = 6  # of them that are told in full


CELL = "padding: 0.1em 0.8em"


LINE = "margin: 0.3em 0"


def question_html(result):
    """One question: its score; for each reason why cases failed what it is, in which cases, a hint,
    and folded away what was seen; then the cases that passed. What is to be said of these (credit
    after an earlier mistake) is not folded away.
    """
    passed = [case for case in result.cases if case.passed]
    reasons = [_reason(cases) for cases in result.reasons()]
    colour = BAD if reasons else GOOD
    parts = [
        f'<div class="{NO_TEX}" style="{BOX.format(colour=colour)}">',
        _headline(result, passed, colour),
    ]
    parts += reasons[:SHOWN]
    if reasons[SHOWN:]:
        parts.append(_collapsed(f"{len(reasons) - SHOWN} more that failed", reasons[SHOWN:]))
    parts += [_remark(message, number) for message, number in result.remarks().items()]
    if passed:
        items = "".join(f"<li>{escape(case.name)}</li>" for case in passed)
        title = f'<span style="color: {GOOD}">✓</span> {count_cases(len(passed))} right'
        parts.append(_collapsed(title, [f"<ul>{items}</ul>"]))
    return "".join(parts) + "</div>"


def _collapsed(title, parts):
    return f'<details><summary style="{SUMMARY}">{title}</summary>{"".join(parts)}</details>'


def _headline(result, passed, colour):
    share = f"{len(passed)} of {len(result.cases)} cases"
    return (
        f'<p style="{LINE}"><b style="color: {colour}">{escape(result.question)}: '
        f"{points(result.score)} of {points(result.max_score)} points</b> "
        f'<span style="color: {PLAIN}">({share})</span></p>'
    )


def _reason(cases):
    """What failed for one reason."""
    first = cases[0]
    if first.diagnosis is None:
        names = escape("; ".join(case.name for case in cases))
        parts = [
            f'<p style="{LINE}"><b style="color: {BAD}">✗ {names}</b><br>'
            f'<span style="margin-left: 1.2em">{escape(first.message)}</span></p>'
        ]
        return "".join(parts) + _detail(first.detail)
    named = "; ".join(case.name for case in cases[:NAMES])
    more = f"; and {len(cases) - NAMES} more" if cases[NAMES:] else ""
    advice = first.diagnosis
    lines = [
        f'<b style="color: {BAD}">✗ {escape(advice.headline)}</b>',
        f'<span style="color: {PLAIN}">In {count_cases(len(cases))}: {escape(named)}{more}.</span>',
    ]
    lines += [f"<i>{escape(advice.hint)}</i>"] if advice.hint else []
    lines += [f"Reread: {escape(advice.reread)}."] if advice.reread else []
    said = f'<p style="{LINE}">{lines[0]}' + "".join(
        f'<br><span style="margin-left: 1.2em">{line}</span>' for line in lines[1:]
    )
    return said + "</p>" + _collapsed("what was seen", [_messages(cases), _detail(first.detail)])


def _messages(cases):
    """What was seen in each case, as far as there is room."""
    told = [case for case in cases if case.message][:MESSAGES]
    items = [f"<li><b>{escape(case.name)}</b>: {escape(case.message)}</li>" for case in told]
    others = [case for case in cases if case not in told]
    if others and told:
        items.append(f"<li>{escape('; '.join(case.name for case in others))}</li>")
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _detail(detail):
    """The first wrong values of one case, and its picture."""
    if detail is None:
        return ""
    rows = "".join(
        "<tr>" + "".join(f'<td style="{CELL}">{escape(text)}</td>' for text in row) + "</tr>"
        for row in detail.rows
    )
    head = "".join(
        f'<th style="{CELL}; text-align: left">{text}</th>'
        for text in (escape(detail.case), "expected", "received")
    )
    more = f"and {detail.more} more" if detail.more else ""
    more = more and f'<div style="margin: 0 2em"><small>{more}</small></div>'
    table = (
        f'<table style="margin: 0.3em 1.2em"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>'
    )
    return (f"{table}</table>{more}" if rows else "") + detail.picture


def _remark(message, number):
    return f'<p style="{LINE}">{escape(message)} ({count_cases(number)})</p>'


def summary_html(verdict):
    """The whole submission: total, what happened to it, a line per question (with a link to where
    nbgrader's page has it), what was repaired or noted.
    """
    colour = GOOD if verdict.score == verdict.max_score else BAD if not verdict.score else PLAIN
    rows = "".join(_row(result) for result in verdict.results)
    head = "".join(f'<th style="{CELL}; text-align: {side}">{text}</th>' for text, side in _COLUMNS)
    parts = [
        f'<div class="{NO_TEX}" style="{BOX.format(colour=colour)}">',
        f"<p><b>Automatic points: {points(verdict.score)} of {points(verdict.max_score)}</b></p>",
        f"<p>{STATUS[verdict.status]}</p>" if STATUS[verdict.status] else "",
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>",
    ]
    if verdict.notes:
        items = "".join(f"<li>{escape(note)}</li>" for note in verdict.notes)
        parts.append(f"<p><b>Notes</b></p><ul>{items}</ul>")
    return "".join(parts) + "</div>"


_COLUMNS = [
    ("question", "left"),
    ("points", "right"),
    ("cases right", "right"),
    ("what to look at first", "left"),
]


def _row(result):
    cells = [
        (f'<a href="#{escape(result.question)}">{escape(result.question)}</a>', "left"),
        (f"{points(result.score)} / {points(result.max_score)}", "right"),
        (f"{sum(case.passed for case in result.cases)} / {len(result.cases)}", "right"),
        (escape(first_reason(result)), "left"),
    ]
    return (
        "<tr>"
        + "".join(f'<td style="{CELL}; text-align: {side}">{text}</td>' for text, side in cells)
        + "</tr>"
    )

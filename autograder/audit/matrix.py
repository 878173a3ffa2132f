"""An audit as a table: in the terminal, as Markdown, as HTML."""

from html import escape

from rich.console import Console
from rich.table import Table

from ..feedback.html import BAD, GOOD
from ..feedback.text import points

FIGURES = [
    ("correct solutions accepted", "correct", "rejected", 1.0),
    ("mistakes killed", "single", "survivors", 1.0),
    ("mistakes isolated", "single", "spread", 0.98),
    ("mistakes named", "single", "unnamed", 1.0),
    ("pairs named", "pairs", "unnamed_pairs", 0.9),
]
WIDTH = 110  # of what is written to a file
STYLE = (
    "body{font-family:sans-serif;margin:2em}table{border-collapse:collapse;font-size:90%}"
    "td,th{border:1px solid #ccc;padding:.15em .5em;text-align:left}"
    f".lost{{color:{BAD}}}.full{{color:{GOOD}}}"
)


def figures(audit):
    """[(what, how many, of how many, least share)]."""
    found = []
    for what, rows, failed, least in FIGURES:
        total = len(getattr(audit, rows))
        found.append((what, total - len(getattr(audit, failed)()), total, least))
    return found


def passed(audit):
    """Are all figures as good as they have to be, and is nobody accused of what is not there?"""
    good = all(number >= least * total for _, number, total, least in figures(audit))
    return good and not audit.accused()


def show(audits):
    """Print the figures of each assignment, and every row that is not as it should be."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    table = Table(title="The grader's exam")
    table.add_column("assignment", no_wrap=True)
    for what in ("accepted", "killed", "isolated", "named", "pairs named", "accused"):
        table.add_column(what, justify="right", no_wrap=True)
    for audit in audits:
        shares = [f"{number}/{total}" for _, number, total, _ in figures(audit)]
        table.add_row(audit.assignment, *shares, str(len(audit.accused())))
    console.print(table)
    for audit in audits:
        for what in ("rejected", "survivors", "spread", "unnamed", "unnamed_pairs", "accused"):
            for row in getattr(audit, what)():
                found = sorted(
                    {name for sets in row.named.values() for ids in sets for name in ids}
                )
                lost = ", ".join(sorted(row.lost)) or "nothing"
                text = f"{audit.assignment} · {what}: {row.name} lost {lost}; named: {found}"
                console.print(text, highlight=False, markup=False)


def summary(audits):
    """The figures of all assignments as a Markdown table."""
    head = ["assignment", *(what for what, *_ in FIGURES), "wrongly accused"]
    lines = [_line(head), _line(["---"] * len(head))]
    for audit in audits:
        shares = [f"{number} of {total}" for _, number, total, _ in figures(audit)]
        lines.append(_line([audit.assignment, *shares, str(len(audit.accused()))]))
    return "\n".join(lines)


def markdown(audits):
    """The figures, and for each assignment the matrix of submissions and questions."""
    parts = ["# The grader's exam", summary(audits)]
    for audit in audits:
        head = ["submission", *audit.questions, "named"]
        lines = [_line(head), _line(["---"] * len(head))]
        for row in audit.correct + audit.single + audit.pairs:
            cells = [_points(row, question) for question in audit.questions]
            lines.append(_line([f"`{row.name}`", *cells, _named(row)]))
        parts += [f"## {audit.assignment}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def html(audits):
    """The same as a page of its own."""
    parts = [
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>The grader\'s exam</title>'
        f"<style>{STYLE}</style><body><h1>The grader's exam</h1>"
    ]
    for audit in audits:
        shares = (
            f"<li>{what}: {number} of {total}</li>" for what, number, total, _ in figures(audit)
        )
        head = "".join(f"<th>{escape(q)}</th>" for q in ("submission", *audit.questions, "named"))
        rows = "".join(_html_row(audit, row) for row in audit.correct + audit.single + audit.pairs)
        parts.append(
            f"<h2>{escape(audit.assignment)}</h2><ul>{''.join(shares)}</ul>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
    return "".join(parts) + "</body></html>\n"


def _html_row(audit, row):
    cells = "".join(
        f'<td class="{"lost" if question in row.lost else "full"}">{_points(row, question)}</td>'
        for question in audit.questions
    )
    return f"<tr><td>{escape(row.name)}</td>{cells}<td>{escape(_named(row))}</td></tr>"


def _points(row, question):
    score, of = row.scores[question]
    return "✓" if score == of else f"{points(score)} / {points(of)}"


def _named(row):
    """The mistakes named: 'a; b or c'."""
    sets = dict.fromkeys(ids for found in row.named.values() for ids in found)
    joint = " + " if len(row.made) > 1 else " or "
    return "; ".join(joint.join(ids) for ids in sets)


def _line(cells):
    return "| " + " | ".join(cells) + " |"

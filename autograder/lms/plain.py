"""Everybody's marks as a plain CSV table, for a spreadsheet."""

from ..feedback.text import points
from .matching import why

HEADER = (
    "student_id last_name first_name email assignment mark max state status points_so_far "
    "late_penalty"
).split()


def table(marks, assignment, roster=None, column=None):
    """(rows, nobody left out): a student without a mark has an empty one, and a state that says
    why.
    """
    questions = list(dict.fromkeys(name for mark in marks for name in mark.questions))
    rows = [[*HEADER, *questions, "remarks"]]
    for mark in marks:
        rows.append(
            [
                *map(harmless, (mark.student, mark.last_name, mark.first_name, mark.email)),
                assignment,
                "" if mark.score is None else points(mark.score),
                points(mark.max_score),
                mark.state,
                mark.status,
                points(mark.points) if mark.questions else "",
                points(mark.penalty),
                *(_cell(mark.questions.get(question)) for question in questions),
                harmless(why(mark) if mark.score is None else ""),
            ]
        )
    return rows, []


def _cell(score):
    return "" if score is None else points(score)


def harmless(text):
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

"""The verdict as HTML: what stands in nbgrader's feedback page and in formgrader.

Whatever a student may have written (exception texts, names) is escaped. Works without JavaScript.
"""

from functools import partial

from .. import templates
from ..course import UNUSABLE
from .text import STATUS, count_cases, first_reason, points

SHOWN = 5  # reasons; the rest can be unfolded
NAMES = 3  # of cases that failed for one reason; the rest are counted
MESSAGES = 6  # of them that are told in full

templates.environment(__file__).filters.update(
    points=points, cases=count_cases, first_reason=first_reason
)
render = partial(templates.render, __file__)


def question_html(result):
    """One question: its score; for each reason why cases failed what it is, in which cases, a hint,
    and folded away what was seen; then the cases that passed. What is to be said of these (credit
    after an earlier mistake) is not folded away.
    """
    return render(
        "question.html.j2",
        result=result,
        reasons=result.reasons(),
        passed=[case for case in result.cases if case.passed],
        shown=SHOWN,
        names=NAMES,
        messages=MESSAGES,
    )


def summary_html(verdict):
    """The whole submission: total, what happened to it, a line per question (with a link to where
    nbgrader's page has it), what was repaired or noted. What is for staff is not said here: they
    have it in the table of `grade` and in the report.
    """
    is_usable, faults = verdict.status not in UNUSABLE, verdict.staff_notes()
    return render(
        "summary.html.j2",
        verdict=verdict,
        status=STATUS[verdict.status],
        asked=is_usable,
        usable=is_usable and not faults,
        waits=bool(faults),
        notes=[note for note in verdict.notes if note not in faults],
    )


def remark_html(sentence):
    """A sentence below the summary."""
    return render("remark.html.j2", sentence=sentence)

"""The exam: every question put to one respondent."""

import logging
from collections.abc import Callable, Collection

from ..answers.calls import Nobody, Respondent
from ..answers.verdict import NOT_ASKED, Case, Result
from ..assignments import Assignment
from ..assignments.assignment import Question
from ..course.notes import STAFF, Note
from ..diagnosis import Diagnostician
from ..errors import SandboxUnavailable

log = logging.getLogger(__name__)
NOT_CHECKED = "This question could not be checked; staff have been told."


def ask_all(
    assignment: Assignment,
    respondent: Respondent,
    watch: Callable[[Case], None] = lambda case: None,
    only: Collection[str] | None = None,
) -> list[Result]:
    """Put every question to a respondent; return one Result per question.

    A function that modifies its arguments loses the cases in which it is seen to, in the first
    question where that happens; later questions only mention it.

    Args:
        watch: called with each Case while it has its evidence.
        only: ids of the questions to put (default: all of them).
    """
    results: list[Result] = []
    blamed: str | None = None
    diagnostician = Diagnostician(assignment)
    for question in assignment.exam.questions:
        if only is not None and question.id not in only:
            continue
        while True:
            cases, changing = _cases(question, respondent, blamed)
            if not respondent.interrupted:
                break
            respondent.interrupted = False  # killed from elsewhere: asked once more from the start
            respondent.calls.clear()
        blamed = blamed or (question.id if changing else None)
        result = Result(question.id, question.points, cases)
        results.append(result)
        for case in cases:
            watch(case)
        _diagnose(diagnostician, result, respondent)
        respondent.keep_calls()
        if result.score < result.max_score:
            respondent.lost.add(question.id)
    return results


def _cases(
    question: Question, respondent: Respondent, blamed: str | None
) -> tuple[list[Case], bool]:
    """(cases of one question, whether arguments were changed in place)."""
    cases: list[Case] = []
    changing = False
    try:
        for case in question.ask(respondent, question.hidden_inputs()):
            if changes := respondent.take_changes():
                changing = True
                _mention(case, changes, costs=blamed in (None, question.id))
            cases.append(case)
    except SandboxUnavailable:
        raise
    except Exception as error:
        # A fault of ours must neither stop the class nor pass for a mark.
        log.exception("The checks of %s failed", question.id)
        fault = f"the checks of {question.id} failed ({error!r}); its 0 points are no mark"
        respondent.notes.append(Note(STAFF, fault))
        return [Case(NOT_ASKED, False, NOT_CHECKED)], changing
    return cases, changing


def _diagnose(diagnostician: Diagnostician, result: Result, respondent: Respondent) -> None:
    """Say why cases failed; a fault of the diagnosis costs its sentences, never a mark."""
    try:
        diagnostician.look_at(result, respondent.calls)
    except Exception as error:
        log.exception("The diagnosis of %s failed", result.question)
        fault = f"the diagnosis of {result.question} failed ({error!r})"
        respondent.notes.append(Note(STAFF, fault))


def _mention(case: Case, changes: list[str], costs: bool) -> None:
    text = "; ".join(dict.fromkeys(changes))
    if costs:
        case.passed = False
    else:
        text += " (already counted in an earlier question)"
    case.mention_in_place(text)


def compute_key(assignment: Assignment) -> None:
    """Compute every answer that the questions compare with, by asking them of nobody."""
    ask_all(assignment, Nobody(assignment.exam.functions))

"""The exam: every question put to one respondent."""

import logging
from collections.abc import Callable, Collection
from contextlib import nullcontext

from ..answers.calls import Loss, Nobody, Respondent
from ..answers.evidence import Comparison
from ..answers.key import asking_keras, from_numpy
from ..answers.verdict import NOT_ASKED, Case, Result
from ..assignments import Assignment
from ..assignments.assignment import Question
from ..assignments.draws import Draws
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
    draws: Draws | None = None,
    explain: bool = True,
) -> list[Result]:
    """Put every question to a respondent; return one Result per question.

    A function that modifies its arguments loses the cases in which it is seen to, in the first
    question where that happens; later questions only mention it.

    Args:
        watch: called with each Case while it has its evidence.
        only: ids of the questions to put (default: all of them).
        draws: where hidden inputs come from (default: what the whole course is asked).
        explain: say why cases failed.
    """
    draws = draws or Draws.of_course()
    with nullcontext() if draws.are_shared else from_numpy():
        return _ask_all(assignment, respondent, watch, only, draws, explain)


def _ask_all(
    assignment: Assignment,
    respondent: Respondent,
    watch: Callable[[Case], None],
    only: Collection[str] | None,
    draws: Draws,
    explain: bool,
) -> list[Result]:
    results: list[Result] = []
    blamed: str | None = None
    diagnostician = Diagnostician(assignment, draws)
    for question in assignment.exam.questions:
        if only is not None and question.id not in only:
            continue
        spent = dict(respondent.spent)
        while True:
            cases, changing = _cases(question, respondent, draws, blamed)
            if not respondent.interrupted:
                break
            respondent.interrupted = False  # killed from elsewhere: asked once more from the start
            respondent.calls.clear()
            respondent.spent = dict(spent)
        blamed = blamed or (question.id if changing else None)
        result = Result(question.id, question.points, cases)
        results.append(result)
        for case in cases:
            watch(case)
        if result.score < result.max_score:
            respondent.lost[question.id] = _loss(result, respondent)
        if explain:
            _diagnose(diagnostician, result, respondent)
        respondent.calls.clear()
    return results


def _loss(result: Result, respondent: Respondent) -> Loss:
    """What a question cost, for those that follow from it."""
    failed = [(case.name, case.evidence) for case in result.cases if not case.passed]
    values = {
        name: evidence.got
        for name, evidence in failed
        if isinstance(evidence, Comparison) and not evidence.right
    }
    calls = tuple(call for call in respondent.calls if not call.is_bound())
    return Loss(result.max_score - result.score, values, calls)


def _cases(
    question: Question, respondent: Respondent, draws: Draws, blamed: str | None
) -> tuple[list[Case], bool]:
    """(cases of one question, whether arguments were changed in place)."""
    cases: list[Case] = []
    changing = False
    try:
        for case in question.ask(respondent, draws):
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
    """Ask Keras for every answer that the questions compare with, by asking them of nobody.

    Raises:
        NoKeras: it is not installed.
        KerasDiffers: it answers something else than our own mathematics.
    """
    with asking_keras():
        for question in assignment.exam.questions:
            for _ in question.ask(Nobody(assignment.exam.functions), Draws.of_course()):
                pass

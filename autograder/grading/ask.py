"""The exam: every question put to one student."""

import logging

from ..answers.calls import Nobody
from ..answers.verdict import STAFF, Case, Result
from ..assignments import load
from ..assignments.assignment import generator
from ..diagnosis.diagnostician import Diagnostician
from ..sandbox.walls import SandboxUnavailable

log = logging.getLogger(__name__)


def ask_all(checks, student):
    """Put every question to a student; return one Result per question.

    A function that modifies its arguments loses the cases in which it is seen to, in the first
    question where that happens; later questions only mention it.
    """
    results, blamed = [], None
    diagnostician = Diagnostician(checks.assignment, checks.functions)
    for name, points, ask in checks.questions:
        while True:
            cases, changing = _cases(name, ask, student, blamed)
            if not student.interrupted:
                break
            student.interrupted = False  # killed from elsewhere: asked once more from the start
            student.calls.clear()
        blamed = blamed or (name if changing else None)
        result = Result(name, points, cases)
        results.append(result)
        _diagnose(diagnostician, result, student)
        student.keep_calls()
        if result.score < result.max_score:
            student.lost.add(name)
    return results


def _cases(name, ask, student, blamed):
    """(cases of one question, whether arguments were changed in place)."""
    cases, changing = [], False
    try:
        for case in ask(student, generator(name)):
            if changes := student.take_changes():
                changing = True
                _mention(case, changes, costs=blamed in (None, name))
            cases.append(case)
    except SandboxUnavailable:
        raise
    except Exception as error:
        # A fault of ours must neither stop the class nor pass for a mark.
        log.exception("The checks of %s failed", name)
        student.notes.append(
            f"{STAFF}: the checks of {name} failed ({error!r}); its 0 points are no mark"
        )
        sentence = "This question could not be checked; staff have been told."
        return [Case("all", False, sentence)], changing
    return cases, changing


def _diagnose(diagnostician, result, student):
    """Say why cases failed; a fault of the diagnosis costs its sentences, never a mark."""
    try:
        diagnostician.look_at(result, student.calls)
    except Exception as error:
        log.exception("The diagnosis of %s failed", result.question)
        student.notes.append(f"{STAFF}: the diagnosis of {result.question} failed ({error!r})")


def _mention(case, changes, costs):
    text = "; ".join(dict.fromkeys(changes))
    if costs:
        case.passed = False
    else:
        text += " (already counted in an earlier question)"
    case.message = f"{case.message}; {text}" if case.message else text


def compute_key(assignment):
    """Compute every answer that the questions compare with, by asking them of nobody."""
    checks = load(assignment)
    ask_all(checks, Nobody(checks.functions))

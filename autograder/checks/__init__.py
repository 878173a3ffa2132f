"""What is asked: one module per assignment, one function per question id.

A question is a generator: it gets a handle on the student's functions and a random generator, and
yields Cases. How many cases it yields, and their weights, never depend on the answers.
"""

import hashlib
import logging
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import numpy as np

from ..answers import Function, Nobody
from ..diagnosis import Diagnostician
from ..sandbox.walls import SandboxUnavailable
from ..verdict import STAFF, Case, Result

NAMES = ("batchnorm", "xavier", "simple_rnn", "convnet_visualization")

log = logging.getLogger(__name__)


@dataclass
class Checks:
    """The questions and functions of one assignment.

    Attributes:
        functions: the contract's Functions by name.
        questions: (id, points, generator function), in the order of the notebook.
    """

    assignment: str
    functions: dict[str, Function] = field(default_factory=dict)
    questions: list[tuple[str, float, Callable]] = field(default_factory=list)

    def function(self, signature, keeps=()):
        """Declare a function students write: `name(a, b) -> y, z`."""
        parsed = Function.parse(signature, keeps)
        self.functions[parsed.name] = parsed

    def question(self, name, points):
        """Register a generator function as the question `name`."""

        def register(generator):
            self.questions.append((name, float(points), generator))
            return generator

        return register


def load(assignment):
    """Return the Checks of an assignment.

    Raises:
        ValueError: there is no such assignment.
    """
    if assignment not in NAMES:
        raise ValueError(
            f"expected one of the assignments {', '.join(NAMES)}. Received: {assignment!r}"
        )
    return import_module(f"{__name__}.{assignment}").CHECKS


def known_questions(assignment, names):
    """See to it that an assignment has questions of these names.

    Raises:
        ValueError: it has not.
    """
    ids = [name for name, _, _ in load(assignment).questions]
    if unknown := [name for name in names if name not in ids]:
        raise ValueError(
            f"expected questions of {assignment}: {', '.join(ids)}. Received: {', '.join(unknown)}"
        )


def fingerprint(assignment):
    """A digest of the program text that decides on an assignment's points."""
    here, digest = Path(__file__).parent, hashlib.sha256()
    judges = [here.parent / name for name in ("compare.py", "drawn.py", "draws.py")]
    keys = [here.parent / "reference" / f"{assignment}.py"]
    for path in [*sorted(here.glob("*.py")), *judges, *keys]:
        of_another = any(path.name.startswith(name) for name in NAMES if name != assignment)
        if not of_another:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def term():
    """The word that hidden inputs are drawn from; set AUTOGRADER_TERM to get other inputs each
    term.
    """
    return os.environ.get("AUTOGRADER_TERM", "first term")


def generator(question):
    """A random generator of its own for each question and term."""
    return np.random.default_rng([zlib.crc32(term().encode()), zlib.crc32(question.encode())])


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


def not_answered(checks, sentence):
    """Results of a submission that could not be asked at all: no points, one case per question
    saying why.
    """
    return [
        Result(name, points, [Case("all", False, sentence)]) for name, points, _ in checks.questions
    ]

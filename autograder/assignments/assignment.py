"""What an assignment asks: functions, questions, and where its hidden inputs come from."""

import hashlib
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..answers.calls import Function
from ..answers.verdict import Case, Result


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


def known_questions(assignment, names):
    """See to it that an assignment has questions of these names.

    Raises:
        ValueError: it has not.
    """
    from . import load

    ids = [name for name, _, _ in load(assignment).questions]
    if unknown := [name for name in names if name not in ids]:
        raise ValueError(
            f"expected questions of {assignment}: {', '.join(ids)}. Received: {', '.join(unknown)}"
        )


def fingerprint(assignment):
    """A digest of the program text that decides on an assignment's points."""
    here, digest = Path(__file__).parent, hashlib.sha256()
    words = {here / assignment / f"{name}.py" for name in ("mistakes", "hints", "remarks")}
    answers = here.parent / "answers"
    judges = [here / "assignment.py"]
    judges += [answers / f"{name}.py" for name in ("compare", "differences", "follow_through")]
    for path in [*judges, *sorted({*(here / assignment).glob("*.py")} - words)]:
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


def not_answered(checks, sentence):
    """Results of a submission that could not be asked at all: no points, one case per question
    saying why.
    """
    return [
        Result(name, points, [Case("all", False, sentence)]) for name, points, _ in checks.questions
    ]

"""What an assignment is: its exam, its known mistakes, its notebooks, its solutions."""

import hashlib
import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ..answers.calls import Function, Respondent
from ..answers.verdict import NOT_ASKED, Case, Result
from ..course import course
from ..diagnosis.catalogue import NONE, Mistake
from ..diagnosis.remarks import Remarks
from ..errors import UnknownName
from ..notebooks import reader
from ..notebooks.cells import Template
from .draws import Draws

HERE = Path(__file__).parent
WORDS = frozenset(
    ["__init__.py", "hints.py", "mathematics.py", "mistakes.py", "remarks.py"]
)  # change no mark
_source = cache(inspect.getsource)  # which reads the whole module again for each function

Ask = Callable[[Respondent, Draws], Iterable[Case]]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        id: the grade_id of its check in the notebook.
        points: what it is worth.
        ask: a generator function. It gets a Respondent and the Draws of its hidden inputs, and
            yields Cases; how many, and their weights, never depend on the answers.
    """

    id: str
    points: float
    ask: Ask


@dataclass
class Exam:
    """The functions and questions of one assignment.

    Attributes:
        functions: the contract's Functions by name.
        questions: in the order of the notebook.
    """

    functions: dict[str, Function] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)

    def function(self, signature: str, keeps: tuple[str, ...] = (), **about: bool) -> None:
        """Declare a function students write: `name(a: N D, b) -> y: N D, z`."""
        parsed = Function.parse(signature, keeps, **about)
        self.functions[parsed.name] = parsed

    def question(self, name: str, points: float) -> Callable[[Ask], Ask]:
        """Register a generator function as the question `name`."""

        def register(ask: Ask) -> Ask:
            self.questions.append(Question(name, float(points), ask))
            return ask

        return register

    def require(self, names: Iterable[str]) -> None:
        """See to it that there are questions of these names.

        Raises:
            UnknownName: there are not.
        """
        ids = [question.id for question in self.questions]
        if unknown := [name for name in names if name not in ids]:
            raise UnknownName(
                f"expected some of the questions {', '.join(ids)}. Received: {', '.join(unknown)}"
            )

    def not_asked(self, sentence: str) -> list[Result]:
        """Results of a submission that could not be asked at all: no points, one case per question
        saying why.
        """
        return [
            Result(question.id, question.points, [Case(NOT_ASKED, False, sentence)])
            for question in self.questions
        ]


@dataclass(frozen=True, eq=False)
class Assignment:
    """Everything that the grader knows about one assignment.

    Attributes:
        exam: functions and questions.
        catalogue: the known mistakes.
        functions: a correct solution as Python functions, in which each known mistake can be
            turned on by its id (`mistakes=`).
        inside: {question: earlier questions whose mistakes may be written out inside its answer}.
        remarks: what only this assignment can say about a wrong answer.
        mathematics: the module with its FUNCTIONS as the lecture writes them, and what their
            QUANTITIES are; wrong answers are looked for among its neighbours. None: they are not.
    """

    name: str
    exam: Exam
    catalogue: tuple[Mistake, ...]
    functions: tuple[Callable[..., Any], ...]
    inside: Mapping[str, tuple[str, ...]]
    remarks: Remarks
    mathematics: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process gets the name, and loads its own."""
        from . import load

        return load, (self.name,)

    @cached_property
    def template(self) -> Template:
        """The released notebook, which every submission is matched against."""
        path = course.released_notebook(self.name)
        return Template(self.name, reader.read(path.read_bytes()))

    @property
    def solutions(self) -> list[Path]:
        """Paths of correct solutions, each written in another way.

        Raises:
            FileNotFoundError: there are none, so that nothing could be proved with them.
        """
        folder = HERE / self.name / "solutions"
        if not (paths := sorted(folder.glob("*.py"))):
            raise FileNotFoundError(f"{folder} holds no solutions: the installation is incomplete")
        return paths

    def source(self, mistakes: Collection[str] = NONE) -> dict[str, str]:
        """{function: source text} of a solution that makes these mistakes, as a student might hand
        it in.
        """
        chosen = f"frozenset({sorted(mistakes)!r})" if mistakes else "frozenset()"
        return {
            function.__name__: _source(function).replace("mistakes=NONE", f"mistakes={chosen}")
            for function in self.functions
        }

    def cells(self, mistakes: Collection[str] = NONE) -> list[str]:
        """The cells of a notebook with such a solution."""
        return ["import numpy as np", *self.source(mistakes).values()]

    def fingerprint(self) -> str:
        """A digest of the program text that decides on its points."""
        answers, digest = HERE.parent / "answers", hashlib.sha256()
        judges = [answers / f"{name}.py" for name in ("compare", "differences", "follow_through")]
        own = [path for path in (HERE / self.name).glob("*.py") if path.name not in WORDS]
        for path in [HERE / "draws.py", HERE / "settled.py", *judges, *sorted(own)]:
            digest.update(path.read_bytes())
        return digest.hexdigest()

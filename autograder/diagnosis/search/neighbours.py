"""An assignment's mathematics, and its neighbours: the programs that are one edit away, or two."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..catalogue import Known
from ..imitation import Imitation
from ..tape import Replay, Tape
from .asked import sources_of
from .line import Context
from .prints import print_of
from .program import Edit, Kinds, Program, compiled, functions_of
from .statements import Statements
from .words import Words

SINGLE = 8000  # neighbours of a question, at most
HELD_OUT = 8  # draws of inputs on which neighbours that fit are told apart


@dataclass(frozen=True)
class Neighbour:
    """A program that differs by one edit, or by two.

    Attributes:
        sources: {function: its text}, of those that differ.
        called: what the quantities are called in whose definition the edits lie.
        says, asks: what is so in it, and the question that leads on, of each edit.
        rank: the lower, the likelier.
    """

    sources: tuple[tuple[str, str], ...]
    called: tuple[str, ...]
    says: tuple[str, ...]
    asks: tuple[str, ...]
    rank: int


class Mathematics:
    """An assignment's own mathematics, and respondents that are its neighbours."""

    def __init__(self, assignment: Known, apart: Callable[[bytes], Any]):
        """
        Args:
            assignment: the `assignments.Assignment`.
            apart: a word -> Draws of inputs that no student is asked on.
        """
        self.assignment, self._apart = assignment, apart
        written = assignment.mathematics
        self.program = Program(written.FUNCTIONS, written.QUANTITIES, written.VARIANTS)
        self.texts = {name: self.program.source(name) or "" for name in self.program.trees}
        self._held_out: dict[str, Any] = {}
        self._answers: dict[Any, list[float]] = {}
        self._codes = {
            name: compiled(text)
            for name, text in self.texts.items()
            if self.program.stands_for[name] == name
        }

    def respondent(
        self, sources: Sequence[tuple[str, str]] = (), base: Mapping[str, Any] | None = None
    ) -> Imitation:
        """Somebody who answers as the program does, with some functions' texts replaced.

        Args:
            base: functions of another origin that stand for the program's own.
        """
        codes = self._codes | {name: compiled(text) for name, text in sources}
        functions = functions_of(list(codes.values()))
        functions.update(base or {})
        imitation = Imitation(self.assignment)
        imitation._functions = functions
        return imitation

    def held_out(
        self, question: Any, neighbour: "Neighbour", base: Mapping[str, Any] | None = None
    ) -> list[Any]:
        """What a neighbour answers to a question on inputs that no student is asked on: a print
        for each case.

        Args:
            base: as of `respondent`.
        """
        if question.id not in self._held_out:
            tapes = []
            for number in range(HELD_OUT):
                right = self.respondent()
                cases = list(question.ask(right, self._apart(b"held out %d" % number)))
                tape = Tape(list(right.calls))
                tapes.append((tape, sources_of(tape, cases)))
            self._held_out[question.id] = tapes
        place = question.id, neighbour.sources
        if not base and place in self._answers:
            return self._answers[place]
        answers: list[float] = []
        for tape, sources in self._held_out[question.id]:
            replay = Replay(tape, self.respondent(neighbour.sources, base))
            answers += [print_of(replay.value(source)) for [source, *_] in sources.values()]
        if not base:  # a base of the same names may hold other functions
            self._answers[place] = answers
        return answers

    @functools.cached_property
    def edits(self) -> dict[str, list[Edit]]:
        """{function: all edits of it}."""
        kinds, right = Kinds(self.program), self.respondent()
        right._functions = kinds.functions
        rounds = max(len(self.program.variants(name)) for name in self.program.trees)
        for number in range(rounds):
            for name in set(self.program.stands_for.values()):
                written = self.program.variants(name)
                kinds.functions[name] = kinds.functions[written[min(number, len(written) - 1)]]
            for question in self.assignment.exam.questions:
                for _ in question.ask(right, self._apart(b"kinds")):
                    pass
        contract = {
            name
            for function in self.assignment.exam.functions.values()
            for name in (*function.parameters, *function.returns)
        }
        words = Words(self.program.quantities, frozenset(contract))
        functions = self.assignment.exam.functions
        sizes = {name: _sizes(functions[of]) for name, of in self.program.stands_for.items()}
        statements = Statements(Context(self.program, kinds, words, sizes))
        return {name: list(statements.of(name)) for name in self.program.trees}

    def neighbours(self, functions: Sequence[str]) -> list[tuple[Neighbour, Edit]]:
        """All programs that differ by one edit in one of these functions, the likeliest first."""
        found: dict[tuple[str, str], tuple[Neighbour, Edit]] = {}
        for name in functions:
            for written in self.program.variants(name):
                for edit in self.edits[written]:
                    text = self.program.source(written, [edit])
                    if text is None or text == self.texts[written]:
                        continue
                    kept = found.get((name, text))
                    if kept is None or edit.rank < kept[0].rank:
                        one = (edit.called,), (edit.says,), (edit.asks,), edit.rank
                        found[name, text] = Neighbour(((name, text),), *one), edit
        return sorted(found.values(), key=lambda item: item[0].rank)[:SINGLE]

    def pair(self, one: Edit, other: Edit) -> Neighbour | None:
        """The program with both edits, or None where they are of one place."""
        sources, of = {}, self.program.stands_for
        if one.function != other.function and of[one.function] == of[other.function]:
            return None  # two ways of writing the same function
        for name in {one.function, other.function}:
            text = self.program.source(name, [one, other])
            if text is None:
                return None
            sources[of[name]] = text
        both = (one, other)
        return Neighbour(
            tuple(sources.items()),
            tuple(edit.called for edit in both),
            tuple(edit.says for edit in both),
            tuple(edit.asks for edit in both),
            one.rank + other.rank + 10,
        )


def _sizes(function):
    """{expression: words} of the sizes that a function's answers may be divided by."""
    named = {"N": "examples", "T": "steps", "D": "features", "U": "units", "K": "outputs"}
    sizes = {}
    for name, axes in function.axes.items():
        if name not in function.parameters or len(axes) < 2:
            continue
        for place, letter in enumerate(axes):
            if letter in named:
                sizes.setdefault(f"{name}.shape[{place}]", (letter, named[letter]))
        if "..." in axes:
            sizes[f"{name}.shape[-1]"] = ("C", "channels")
            sizes[f"({name}.size // {name}.shape[-1])"] = ("N H W", "values of a channel")
    seen, chosen = set(), {}
    for expression, (letter, words) in sizes.items():
        if letter not in seen:
            seen.add(letter)
            chosen[expression] = f"{letter}, the number of {words}"
    return chosen


_known: dict[str, Mathematics] = {}


def mathematics_of(assignment: Known, draws: Any) -> Mathematics:
    """The Mathematics of an assignment, made once."""
    if assignment.name not in _known:
        _known[assignment.name] = Mathematics(assignment, draws.apart)
    return _known[assignment.name]

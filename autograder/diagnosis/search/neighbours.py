"""The neighbours of a program, and what each of them answers to the questions of an exam.

A neighbour's answers are kept as prints: a number for each case, by which those that may be a
student's are found among thousands at once. Whoever is found is then asked everything.
"""

import functools
import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from ...answers.calls import Failure, size_in_bytes
from ...course.course import key_folder
from ...sandbox import wire
from ..catalogue import Known
from ..imitation import Imitation
from ..tape import Replay, Tape
from .expressions import Expressions
from .program import Edit, Kinds, Program, compiled, functions_of
from .statements import Statements
from .words import Words

CALLS = 4  # of a question, that neighbours are asked before they are found
SINGLE, TWO = 4000, 60  # neighbours of a question at most; of how many pairs are made
LIKELY = 3  # rank of edits that come in pairs
KINDS = {"f": 0.0, "i": 0.013, "u": 0.013, "b": 0.029}
SPREAD = 4.0  # by so much, over the root of its size, may a sample's log standard deviation be off
WELL_KNOWN = 10_000  # numbers, of which the spread is known well enough
FAILED = np.nan  # print of what could not be answered


@dataclass(frozen=True)
class Neighbour:
    """A program that differs by one edit, or by two.

    Attributes:
        sources: {function: its text}, of those that differ.
        quantities: in whose definition the edits lie.
        says, asks: what is so in it, and the question that leads on, of each edit.
        rank: the lower, the likelier.
    """

    sources: tuple[tuple[str, str], ...]
    quantities: tuple[str, ...]
    says: tuple[str, ...]
    asks: tuple[str, ...]
    rank: int


class Mathematics:
    """An assignment's own mathematics, and respondents that are its neighbours."""

    def __init__(self, assignment: Known):
        self.assignment = assignment
        written = assignment.mathematics
        self.program = Program(written.FUNCTIONS, written.QUANTITIES, written.VARIANTS)
        self.texts = {name: self.program.source(name) or "" for name in self.program.trees}
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

    @functools.cached_property
    def edits(self) -> dict[str, list[Edit]]:
        """{function: all edits of it}."""
        from ...assignments.draws import Draws  # which needs the answers' package

        kinds, right = Kinds(self.program), self.respondent()
        right._functions = kinds.functions
        rounds = max(len(self.program.variants(name)) for name in self.program.trees)
        for number in range(rounds):
            for name in set(self.program.stands_for.values()):
                written = self.program.variants(name)
                kinds.functions[name] = kinds.functions[written[min(number, len(written) - 1)]]
            for question in self.assignment.exam.questions:
                for _ in question.ask(right, Draws(b"the kinds of quantities" * 2)):
                    pass
        contract = {
            name
            for function in self.assignment.exam.functions.values()
            for name in (*function.parameters, *function.returns)
        }
        words = Words(self.program.quantities, frozenset(contract))
        functions = self.assignment.exam.functions
        sizes = {name: _sizes(functions[of]) for name, of in self.program.stands_for.items()}
        statements = Statements(Expressions(self.program, kinds, words, sizes))
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
                        one = (edit.quantity,), (edit.says,), (edit.asks,), edit.rank
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
            tuple(edit.quantity for edit in both),
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


@dataclass(eq=False)
class Table:
    """What the neighbours of one question answer on one set of inputs.

    Attributes:
        neighbours: all of them.
        cases: numbers of the cases that they were asked.
        prints: (neighbours, cases), the prints of their answers.
        right: (cases,), the prints of the right answers.
        drawn: (cases,), of which answers is the print a spread?
    """

    neighbours: list[Neighbour]
    cases: list[int]
    prints: np.ndarray
    right: np.ndarray
    drawn: np.ndarray

    def may_be(
        self, values: Mapping[int, tuple[Any, float]], right: set[int], same_draws: bool = True
    ) -> Iterator[Neighbour]:
        """The neighbours whose answers may be these.

        Args:
            values: {number of a case: (the answer, what it may be off by, as a share of it)}, of
                the cases that are to be explained.
            right: numbers of the cases with right answers.
            same_draws: with the generator used as the neighbours use it, so that the same numbers
                are drawn; else samples need only be of one spread.
        """
        fits = np.ones(len(self.neighbours), bool)
        for column, number in enumerate(self.cases):
            prints = self.prints[:, column]
            value, off = values.get(number, (None, 0.0))
            if number in values and self.drawn[column]:
                allowed = 1e-9 if same_draws else SPREAD / max(np.size(value), 1) ** 0.5
                fits &= _near(prints, print_of(value, True), allowed)
            elif number in values:
                fits &= _near(prints, print_of(value), max(off, 1e-6))
                fits &= ~_near(prints, self.right[column], 1e-12)
            elif number in right and not self.drawn[column]:
                fits &= _near(prints, self.right[column])
        for index in np.flatnonzero(fits):
            yield self.neighbours[index]


def _near(prints, value, allowed=1e-6):
    if np.isnan(value):
        return np.isnan(prints)
    return np.abs(prints - value) <= allowed * (1 + np.abs(value))


def print_of(value: Any, drawn: bool = False) -> float:
    """A number that two equal answers share, and two different ones hardly ever do.

    Args:
        drawn: by chance, so that two samples of one distribution are to share it.
    """
    if drawn:
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf" or not value.size:
            return FAILED
        spread = np.std(value)
        return float(np.log(spread)) if spread else -99.0 - float(np.abs(value).max())
    if isinstance(value, Failure) or value is None:
        return FAILED
    if isinstance(value, (list, tuple)):
        parts = [print_of(part) for part in value]
        return float(sum(part * (1 + 0.1 * i) for i, part in enumerate(parts)) + len(parts))
    if not isinstance(value, (np.ndarray, np.generic, bool, int, float)):
        return FAILED
    kind = np.asarray(value).dtype.kind
    if kind not in "biuf":
        return FAILED
    array = np.asarray(value, np.float64)
    size = np.abs(array).max(initial=0.0)
    if not np.isfinite(size):
        array = np.where(np.isfinite(array), array, 0.5)
        size = np.abs(array).max(initial=0.0)
    shape = sum((i + 2) * 0.37 * side for i, side in enumerate(array.shape)) + array.ndim
    shape += KINDS[kind]
    weights = _weights(array.size)
    # Both the size and the direction count, whatever the answer is measured in.
    direction = float(array.ravel() @ weights / size) if size else 0.0
    return direction + float(np.log(size)) * 0.1 + shape if size else shape


@functools.lru_cache(256)
def _weights(size):
    return np.random.default_rng(size).uniform(0.5, 1.5, size) / max(size, 1) ** 0.5


_tables: dict[Any, Table] = {}
_lock = threading.Lock()


@functools.lru_cache(16)
def mathematics_of(assignment: Known) -> Mathematics:
    """The Mathematics of an assignment, made once."""
    return Mathematics(assignment)


def table_of(assignment: Known, question: Any, draws: Any) -> Table:
    """The Table of a question: remembered, kept with the key, or made."""
    place = (assignment.name, question.id, draws.seed)
    with _lock:
        if place not in _tables:
            if len(_tables) > 60:
                _tables.clear()
            _tables[place] = _kept(assignment, question, draws)
        return _tables[place]


def _kept(assignment, question, draws):
    """What is kept on disk, or what is made now: only inputs that a course shares are kept."""
    import joblib

    folder = key_folder() / "neighbours"
    if not draws.are_shared or not folder.is_dir():
        return made(assignment, question, draws)
    memory = joblib.Memory(folder, verbose=0)
    return memory.cache(_made)(
        assignment.name, question.id, draws.seed, assignment.fingerprint(), _version()
    )


def keep(assignment: Known, draws: Any) -> None:
    """Make the Tables of all questions of a course, and keep them with the key."""
    (key_folder() / "neighbours").mkdir(parents=True, exist_ok=True)
    for question in assignment.exam.questions:
        table_of(assignment, question, draws)


@functools.cache
def _version():
    """A digest of the grammar: of another one nothing is taken from the disk."""
    from pathlib import Path

    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _made(name, question, seed, fingerprint, version):
    """As `made`, from plain values, which decide on whether it is on disk."""
    from ...assignments import load
    from ...assignments.draws import Draws

    assignment = load(name)
    [asked] = [q for q in assignment.exam.questions if q.id == question]
    return made(assignment, asked, Draws(seed))


@np.errstate(all="ignore")
def made(assignment: Known, question: Any, draws: Any, base: Mapping[str, Any] | None = None):
    """The Table of a question, made now.

    Args:
        base: functions of another origin that stand for the program's own; then no pairs are made.
    """
    mathematics = mathematics_of(assignment)
    right = mathematics.respondent(base=base)
    cases = list(question.ask(right, draws))
    tape = Tape(list(right.calls))
    sources: dict[int, list[Any]] = {}
    for number, case in enumerate(cases):
        if case.evidence is not None:
            parts = [tape.source(part, case.evidence.what) for part in case.evidence.parts]
            if parts and None not in parts and parts[0][1] is not None:
                sources[number] = parts[:1]
    chosen = _cheapest(tape, sources)
    called = dict.fromkeys(
        name
        for call in tape.calls
        for name in mathematics.program.calls[call.function.name]
        if not base or name not in base
    )

    drawn = np.array([_is_drawn(tape, sources[number][0]) for number in chosen], bool)

    def prints(neighbour):
        replay = Replay(tape, mathematics.respondent(neighbour.sources, base))
        return [
            print_of(replay.value(sources[number][0]), spread)
            for number, spread in zip(chosen, drawn)
        ]

    expected = np.array(prints(Neighbour((), (), (), (), 0)))
    singles = mathematics.neighbours(list(called))
    rows = [prints(neighbour) for neighbour, _ in singles]
    neighbours = [neighbour for neighbour, _ in singles]
    if not base:
        for one, other in _likely(singles, rows, expected):
            pair = mathematics.pair(one, other)
            if pair is not None:
                neighbours.append(pair)
                rows.append(prints(pair))
    table = np.array(rows).reshape(len(rows), len(chosen))
    return Table(neighbours, chosen, table, expected, drawn)


def _is_drawn(tape, source):
    """Does a call get a generator? What it draws is told by its spread."""
    return any(isinstance(value, wire.Rng) for value in tape.calls[source[0]].args)


def _cheapest(tape, sources):
    """Numbers of the cases that come from the calls which cost least, of each sort of call: with a
    mask and without, in training and in inference.
    """
    costs = {}
    for number, [(call, _)] in sources.items():
        sort, cost = _sort_and_cost(tape, call)
        costs.setdefault(sort, {}).setdefault((cost, call), []).append(number)
    most = max(1, CALLS // max(1, len(costs)))
    chosen = [n for calls in costs.values() for _, ns in sorted(calls.items())[:most] for n in ns]
    return sorted(chosen)


def _sort_and_cost(tape, number):
    call = tape.calls[number]
    sort, cost = [call.function.name], 0
    for value in call.arguments().values():
        if born := tape.given(value):
            of_before, more = _sort_and_cost(tape, born[0])
            sort.append(of_before)
            cost += more
        else:
            sort.append(str(value) if isinstance(value, bool) else type(value).__name__)
            cost += size_in_bytes(value)
    if any(isinstance(value, wire.Rng) for value in call.args):
        # Of few numbers the spread is hardly known, and many take long to draw.
        numbers = size_in_bytes(list(call.answer.values.values())) / 8
        cost = max(numbers, WELL_KNOWN**2 / max(numbers, 1))
    return tuple(sort), cost


def _likely(singles, rows, expected):
    """Pairs of likely edits, of which each changes something and no two the same."""
    seen, chosen = set(), []
    for (neighbour, edit), row in zip(singles, rows):
        print_ = tuple(np.round(row, 9))
        failed = np.isnan(row).all()
        if neighbour.rank <= LIKELY and not failed and print_ not in seen:
            if not np.allclose(row, expected, rtol=1e-9, equal_nan=True):
                seen.add(print_)
                chosen.append(edit)
    return combinations(chosen[:TWO], 2)


__all__ = ["Neighbour", "Table", "keep", "mathematics_of", "table_of"]

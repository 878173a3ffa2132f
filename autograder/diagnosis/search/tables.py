"""What all neighbours answer to a question, as prints: a number for each case, by which those that
may be a student's are found at once. Whoever is found is then asked everything.

Tables are kept with the answer key where they belong to inputs that a whole course is asked on.
"""

import contextlib
import functools
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from ...course.course import key_folder
from ..catalogue import Known
from ..tape import Replay, Tape
from .asked import CALLS, FEW_CALLS, cheapest, is_drawn, sources_of
from .neighbours import Neighbour, mathematics_of
from .prints import near, print_of

# Of how many neighbours pairs are made: of a function with few, with many, of samples.
TWO_OF_FEW, TWO, TWO_OF_SAMPLES = 80, 45, 20
FEW = 600  # neighbours
LIKELY = 3  # rank of edits that come in pairs
SPREAD = 4.0  # by so much, over the root of its size, may a sample's log standard deviation be off
REMEMBERED = 60  # tables


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
        self,
        values: Mapping[int, tuple[Any, float, bool]],
        right: set[int],
        same_draws: bool = True,
    ) -> Iterator[Neighbour]:
        """The neighbours whose answers may be these.

        Args:
            values: {number of a case: (the answer, what it may be off by, as a share of it, is it
                right, and lost for what was done to an argument?)}, of the cases that are to be
                explained.
            right: numbers of the cases with right answers.
            same_draws: with the generator used as the neighbours use it, so that the same numbers
                are drawn; else samples need only be of one spread.
        """
        fits = np.ones(len(self.neighbours), bool)
        for column, number in enumerate(self.cases):
            prints = self.prints[:, column]
            value, off, is_right = values.get(number, (None, 0.0, False))
            if number in values and self.drawn[column]:
                allowed = 1e-9 if same_draws else SPREAD / max(getattr(value, "size", 1), 1) ** 0.5
                fits &= near(prints, print_of(value, True), allowed)
            elif number in values:
                fits &= near(prints, print_of(value), max(off, 1e-6))
                if not is_right:
                    fits &= ~near(prints, self.right[column], 1e-12)
            elif number in right and not self.drawn[column]:
                fits &= near(prints, self.right[column])
        for index in np.flatnonzero(fits):
            yield self.neighbours[index]


_tables: dict[Any, Table] = {}
_lock = threading.Lock()


def table_of(
    assignment: Known,
    question: Any,
    draws: Any,
    base: Mapping[str, Any] | None = None,
    shown: tuple[str, ...] = (),
) -> Table:
    """The Table of a question: remembered, kept with the key, or made.

    Args:
        base: as of `made`.
        shown: ids of the mistakes that its functions make.
    """
    place = (assignment.name, question.id, draws.seed, shown)
    with _lock:
        if place not in _tables:
            if len(_tables) >= REMEMBERED:
                _tables.clear()
            if base or not draws.are_shared:
                _tables[place] = made(assignment, question, draws, base)
            else:
                _tables[place] = _kept(assignment, question, draws)
        return _tables[place]


def forget() -> None:
    """Forget the tables that this process has; the disk keeps them."""
    with _lock:
        _tables.clear()


def keep(assignment: Known, draws: Any) -> None:
    """Make the Tables of all questions of a course, and keep them with the key."""
    for question in assignment.exam.questions if assignment.mathematics else ():
        table_of(assignment, question, draws)


def _kept(assignment, question, draws):
    """What is on disk, or else what is made now, which is then kept there."""
    import joblib

    path = _path(assignment, question, draws)
    with contextlib.suppress(Exception):  # nothing there, or not whole: it is made anew
        return joblib.load(path)
    table = made(assignment, question, draws)
    with contextlib.suppress(OSError):  # a folder that cannot be written costs time, and no answer
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        os.close(handle)
        joblib.dump(table, name, compress=3)
        os.chmod(name, 0o644)  # several people may grade one course
        os.replace(name, path)
    return table


def _path(assignment, question, draws):
    about = [assignment.fingerprint().encode(), _grammar(), draws.seed]
    about.append(Path(assignment.mathematics.__file__).read_bytes())
    digest = hashlib.blake2b(b"\0".join(about), digest_size=16).hexdigest()
    return key_folder() / "neighbours" / f"{assignment.name}-{question.id}-{digest}"


@functools.cache
def _grammar():
    """A digest of the program text that makes neighbours."""
    digest = hashlib.sha256(np.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.digest()


@np.errstate(all="ignore")
def made(assignment: Known, question: Any, draws: Any, base: Mapping[str, Any] | None = None):
    """The Table of a question, made now.

    Args:
        base: functions of another origin that stand for the program's own; then no pairs are made,
            nor where inputs are not shared.
    """
    mathematics = mathematics_of(assignment, draws)
    right = mathematics.respondent(base=base)
    cases = list(question.ask(right, draws))
    tape = Tape(list(right.calls))
    sources = sources_of(tape, cases)
    # Where an attempt has inputs of its own, a table serves once, and a student waits for it.
    brief = not draws.are_shared
    chosen = cheapest(tape, sources, FEW_CALLS if brief else CALLS)
    called = dict.fromkeys(
        name
        for call in tape.calls
        for name in mathematics.program.calls.get(call.function.name, ())
        if not base or name not in base
    )

    drawn = np.array([is_drawn(tape, sources[number][0]) for number in chosen], bool)

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
    if not base and not brief:
        for one, other in _likely(singles, rows, expected, drawn.any()):
            pair = mathematics.pair(one, other)
            if pair is not None:
                neighbours.append(pair)
                rows.append(prints(pair))
    table = np.array(rows).reshape(len(rows), len(chosen))
    return Table(neighbours, chosen, table, expected, drawn)


def _likely(singles, rows, expected, drawn):
    """Pairs of likely edits, of which each changes something and no two the same."""
    seen, chosen = set(), []
    for (neighbour, edit), row in zip(singles, rows):
        print_ = (edit.function, *np.round(row, 9))
        failed = np.isnan(row).all()
        if neighbour.rank <= LIKELY and not failed and print_ not in seen:
            if not np.allclose(row, expected, rtol=1e-6, equal_nan=True):
                seen.add(print_)
                chosen.append(edit)
    most = TWO_OF_SAMPLES if drawn else TWO_OF_FEW if len(singles) < FEW else TWO
    return combinations(chosen[:most], 2)

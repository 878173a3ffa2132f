"""The grader's own exam: every known correct solution must get full marks, every known mistake must
lose marks on its questions, keep them elsewhere, and be named.

In: an `Assignment`. Out: an `Audit`, which `matrix` shows as a table and `examples` as a page.
"""

import os
import random
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations

from ..answers import Case, Comparison, Respondent
from ..answers.differences import share_of_tolerance
from ..assignments import Assignment
from ..course.notes import PRECISION
from ..diagnosis import Imitation
from ..grading import Student, ask_all, compute_key
from ..sandbox import DEFAULT, Limits
from .mutants import Mutant

PAIRS = 150  # of an assignment, drawn with a fixed seed


@dataclass
class Row:
    """What became of one submission.

    Attributes:
        name: of the correct solution, or the mistakes in it.
        made: ids of the mistakes in it.
        scores: {question: (points, of)}.
        named: {question: [the ids that a diagnosis names]}, of its failed cases.
        notes: what else was noted; nothing, if all is well.
        shares: {dtype: largest difference from the key, as a share of the tolerance}.
    """

    name: str
    made: frozenset[str]
    scores: dict[str, tuple[float, float]]
    named: dict[str, list[tuple[str, ...]]]
    notes: list[str] = field(default_factory=list)
    shares: dict[str, float] = field(default_factory=dict)

    @property
    def lost(self) -> set[str]:
        """The questions on which points were lost."""
        return {question for question, (points, of) in self.scores.items() if points < of}


@dataclass
class Audit:
    """The rows of one assignment: correct solutions, single mistakes, pairs of them; and mutants of
    the model solution, where these were tried.
    """

    assignment: Assignment
    correct: list[Row]
    single: list[Row]
    pairs: list[Row]
    mutants: list[Mutant] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.catalogue = {mistake.id: mistake for mistake in self.assignment.catalogue}

    @property
    def questions(self) -> tuple[str, ...]:
        """The ids of the questions."""
        return tuple(question.id for question in self.assignment.exam.questions)

    def shares(self) -> dict[str, float]:
        """{dtype: largest difference of any correct solution, as a share of the tolerance}."""
        dtypes = dict.fromkeys(dtype for row in self.correct for dtype in row.shares)
        return {d: max(row.shares.get(d, 0.0) for row in self.correct) for d in dtypes}

    def rejected(self) -> list[Row]:
        """Correct solutions that lost points."""
        return [row for row in self.correct if row.lost or row.notes]

    def survivors(self) -> list[Row]:
        """Mistakes that did not lose points on all their questions."""
        return [row for row in self.single if not self._own(row) <= row.lost]

    def spread(self) -> list[Row]:
        """Mistakes that lost points on questions that are not theirs."""
        return [row for row in self.single if row.lost - self._own(row)]

    def unnamed(self) -> list[Row]:
        """Mistakes that are not named, alone or beside an indistinguishable twin, in every question
        that they lost; or beside which something else is named.
        """
        return [row for row in self.single if not self._is_named(row)]

    def unnamed_pairs(self) -> list[Row]:
        """Pairs of which neither is named."""
        return [row for row in self.pairs if not _ids(row) & row.made]

    def accused(self) -> list[Row]:
        """Single mistakes and pairs where a diagnosis names nothing but mistakes not made."""
        rows = self.single + self.pairs
        return [row for row in rows if any(not ids & row.made for ids in _sets(row))]

    def killed(self) -> list[Mutant]:
        """The mutants that lose points."""
        return [mutant for mutant in self.mutants if mutant.kind == "killed"]

    def of_mutants(self) -> dict[str, list[Mutant]]:
        """{what is wrong: the mutants of which it is so}."""
        killed = self.killed()
        return {
            "survivors": [mutant for mutant in self.mutants if mutant.kind == "survivor"],
            "spread": [mutant for mutant in killed if mutant.spread],
            "unnamed": [mutant for mutant in killed if mutant.unnamed],
            "untold": [mutant for mutant in killed if mutant.untold],
            "accused": [mutant for mutant in killed if mutant.accused],
        }

    def _own(self, row: Row) -> set[str]:
        return {q for name in row.made for q in self.catalogue[name].questions}

    def _is_named(self, row: Row) -> bool:
        each = all(any(row.made & set(ids) for ids in row.named[q]) for q in row.lost)
        return bool(row.lost) and each and all(ids & row.made for ids in _sets(row))


def _sets(row: Row) -> list[set[str]]:
    return [set(ids) for diagnoses in row.named.values() for ids in diagnoses]


def _ids(row: Row) -> set[str]:
    return set().union(*_sets(row))


def examine(
    assignment: Assignment,
    pairs: int | None = PAIRS,
    sandbox: str = DEFAULT,
    progress: Callable[[int, int], None] = lambda done, total: None,
    workers: int | None = None,
    mistakes: Collection[str] | None = None,
) -> Audit:
    """Put all questions of an `Assignment` to everything known about it; return the Audit.

    Correct solutions and single mistakes run sealed, as submissions do; pairs run in this process,
    where thousands can be tried.

    Args:
        pairs: how many pairs to try, or None for all of them.
        progress: called with the number of submissions done and their total.
        workers: submissions that run sealed at the same time (default: one for each core).
        mistakes: ids of those to try (default: all).

    Raises:
        FileNotFoundError: there is no correct solution to try.
        SandboxUnavailable: student code cannot be sealed on this machine.
    """
    solutions = {path.stem: [path.read_text(encoding="utf-8")] for path in assignment.solutions}
    solutions["the one with switches"] = assignment.cells()
    compute_key(assignment)
    known = [m.id for m in assignment.catalogue if mistakes is None or m.id in mistakes]
    chosen = list(combinations(known, 2))
    if pairs is not None and pairs < len(chosen):
        chosen = random.Random(0).sample(chosen, pairs)
    total, done = len(solutions) + len(known) + len(chosen), 0

    def sealed(name: str, cells: list[str], made: Collection[str] = ()) -> Row:
        numbered, functions = list(enumerate(cells, 1)), assignment.exam.functions
        with Student(numbered, functions, Limits(), sandbox) as student:
            return _row(name, made, assignment, student)

    def counted(rows: Iterable[Row]) -> list[Row]:
        nonlocal done
        kept = []
        for row in rows:
            kept.append(row)
            done += 1
            progress(done, total)
        return kept

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        solved = pool.map(lambda item: sealed(*item), solutions.items())
        mistaken = pool.map(lambda name: sealed(name, assignment.cells({name}), {name}), known)
        correct, single = counted(solved), counted(mistaken)
    both = counted(
        _row(" + ".join(pair), pair, assignment, Imitation(assignment, pair)) for pair in chosen
    )
    return Audit(assignment, correct, single, both)


def _row(name: str, made: Collection[str], assignment: Assignment, respondent: Respondent) -> Row:
    shares: dict[str, float] = {}

    def watch(case: Case) -> None:
        if isinstance(case.evidence, Comparison):
            dtype, share = case.evidence.dtype, share_of_tolerance(case.evidence)
            shares[dtype] = max(share, shares.get(dtype, 0.0))

    results = ask_all(assignment, respondent, watch if not made else lambda case: None)
    scores = {result.question: (result.score, result.max_score) for result in results}
    named = {
        result.question: sorted(
            {c.diagnosis.mistakes for c in result.cases if c.diagnosis and c.diagnosis.mistakes}
        )
        for result in results
    }
    notes = [str(note) for note in respondent.notes if note.kind != PRECISION]
    return Row(name, frozenset(made), scores, named, notes, shares)

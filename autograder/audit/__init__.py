"""The grader's own exam: every known correct solution must get full marks, every known mistake must
lose marks on its questions, keep them elsewhere, and be named.
"""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations

from .. import assignments
from ..assignments.solutions import load, source, wheats
from ..diagnosis.imitation import Imitation
from ..grading import ask
from ..grading.student import Student
from ..sandbox.launcher import Limits

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
    """

    name: str
    made: frozenset
    scores: dict
    named: dict
    notes: list = field(default_factory=list)

    @property
    def lost(self):
        """The questions on which points were lost."""
        return {question for question, (points, of) in self.scores.items() if points < of}


@dataclass
class Audit:
    """The rows of one assignment: correct solutions, single mistakes, pairs of them."""

    assignment: str
    questions: tuple[str, ...]
    correct: list[Row]
    single: list[Row]
    pairs: list[Row]

    def __post_init__(self):
        self.catalogue = {m.id: m for m in load(self.assignment).CATALOGUE}

    def rejected(self):
        """Correct solutions that lost points."""
        return [row for row in self.correct if row.lost or row.notes]

    def survivors(self):
        """Mistakes that did not lose points on all their questions."""
        return [row for row in self.single if not self._own(row) <= row.lost]

    def spread(self):
        """Mistakes that lost points on questions that are not theirs."""
        return [row for row in self.single if row.lost - self._own(row)]

    def unnamed(self):
        """Mistakes that are not named, alone or beside an indistinguishable twin, in every question
        that they lost; or beside which something else is named.
        """
        return [row for row in self.single if not self._is_named(row)]

    def unnamed_pairs(self):
        """Pairs of which neither is named."""
        return [row for row in self.pairs if not _ids(row) & row.made]

    def accused(self):
        """Single mistakes and pairs where a diagnosis names nothing but mistakes not made."""
        rows = self.single + self.pairs
        return [row for row in rows if any(not ids & row.made for ids in _sets(row))]

    def _own(self, row):
        return {q for name in row.made for q in self.catalogue[name].questions}

    def _is_named(self, row):
        each = all(any(row.made & set(ids) for ids in row.named[q]) for q in row.lost)
        return bool(row.lost) and each and all(ids & row.made for ids in _sets(row))


def _sets(row):
    return [set(ids) for found in row.named.values() for ids in found]


def _ids(row):
    return set().union(*_sets(row))


def examine(assignment, pairs=PAIRS, sandbox="bubblewrap", progress=lambda done, total: None):
    """Put all questions of an assignment to everything known about it; return the Audit.

    Correct solutions and single mistakes run sealed, as submissions do; pairs run in this process,
    where thousands can be tried.

    Args:
        pairs: how many pairs to try, or None for all of them.
        progress: called with the number of submissions done and their total.

    Raises:
        SandboxUnavailable: student code cannot be sealed on this machine.
    """
    ask.compute_key(assignment)
    questions = assignments.load(assignment)
    known = [mistake.id for mistake in load(assignment).CATALOGUE]
    chosen = list(combinations(known, 2))
    if pairs is not None and pairs < len(chosen):
        chosen = random.Random(0).sample(chosen, pairs)
    solutions = {path.stem: [path.read_text(encoding="utf-8")] for path in wheats(assignment)}
    solutions["the one with switches"] = solution_cells(assignment)
    total, done = len(solutions) + len(known) + len(chosen), 0

    def sealed(name, cells, made=()):
        with Student(list(enumerate(cells, 1)), questions.functions, Limits(), sandbox) as student:
            return _row(name, made, questions, student)

    def counted(rows):
        nonlocal done
        found = []
        for row in rows:
            found.append(row)
            done += 1
            progress(done, total)
        return found

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        correct = pool.map(lambda item: sealed(*item), solutions.items())
        single = pool.map(
            lambda name: sealed(name, solution_cells(assignment, {name}), {name}), known
        )
        correct, single = counted(correct), counted(single)
    imitations = (Imitation(assignment, questions.functions, pair) for pair in chosen)
    both = counted(
        _row(" + ".join(pair), pair, questions, imitation)
        for pair, imitation in zip(chosen, imitations)
    )
    names = tuple(name for name, _, _ in questions.questions)
    return Audit(assignment, names, correct, single, both)


def solution_cells(assignment, slips=()):
    """The cells of a solution with these mistakes in it."""
    return ["import numpy as np", *source(assignment, frozenset(slips)).values()]


def _row(name, made, questions, student):
    results = ask.ask_all(questions, student)
    scores = {result.question: (result.score, result.max_score) for result in results}
    named = {
        result.question: sorted(
            {c.diagnosis.mistakes for c in result.cases if c.diagnosis and c.diagnosis.mistakes}
        )
        for result in results
    }
    harmless = "It costs nothing here."
    notes = [note for note in student.notes if not note.endswith(harmless)]
    return Row(name, frozenset(made), scores, named, notes)

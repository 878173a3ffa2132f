"""One submission, from bytes to verdict."""

import time
from dataclasses import dataclass
from pathlib import Path

from .. import assignments
from ..answers.verdict import STAFF, Verdict
from ..assignments.assignment import not_answered
from ..notebooks import folder, repair, runnable
from ..notebooks.reader import Damaged, load, read
from ..sandbox.launcher import Limits
from . import ask
from .student import Student

UNSEALED = (
    "graded without walls (--sandbox process): the student's code could read this machine's files"
)


@dataclass(frozen=True)
class Work:
    """What of a submission is examined: plain values, which can be sent to another machine.

    Attributes:
        cells: list of (number in the notebook, source) to run.
        elsewhere: {name: number of the cell} of what only cells define that are not run.
        repairs: sentences about what had to be repaired.
    """

    assignment: str
    cells: list
    elsewhere: dict
    repairs: list

    @classmethod
    def of(cls, notebook, assignment):
        """The work in a repaired notebook."""
        cells = runnable.cells_to_run(notebook, assignment)
        elsewhere = runnable.names_not_run(notebook)
        return cls(assignment, cells, elsewhere, notebook.repairs)


def mark(source, assignment=None, *, limits=Limits(), sandbox="bubblewrap"):
    """Return the Verdict on a notebook, however bad it is.

    Args:
        source: the path of the notebook, or of the folder that a student handed in, or the
            notebook's bytes.
        assignment: its name, or None to recognise it by what it contains or by the file's name.

    Raises:
        SandboxUnavailable: student code cannot be sealed on this machine.
    """
    started = time.monotonic()
    work = prepare(source, assignment)
    verdict = work if isinstance(work, Verdict) else examine(work, limits=limits, sandbox=sandbox)
    verdict.seconds = time.monotonic() - started
    return verdict


def prepare(source, assignment=None):
    """Read and repair a notebook: the Work it makes, or at once the Verdict on one that cannot be
    read. Arguments as for `mark`.
    """
    filename = "" if isinstance(source, bytes) else Path(source).name
    try:
        cells, repairs = _cells(source, assignment)
        assignment = assignment or repair.guess_assignment(cells, assignments.NAMES, filename)
        if assignment is None:
            raise Damaged("nothing in it belongs to one of the assignments")
        notebook = repair.repair(cells, assignment)
        notebook.repairs[:0] = repairs
    except Damaged as damage:
        named = (name for name in assignments.NAMES if name in filename)
        assignment = assignment or next(named, None)
        return damaged(assignment, str(damage))
    return Work.of(notebook, assignment)


def _cells(source, assignment):
    """(cells, sentences on repairs) of what was handed in."""
    if not isinstance(source, bytes) and Path(source).is_dir():
        return folder.read_folder(source, assignment)
    repairs = []
    return read(source if isinstance(source, bytes) else load(source), repairs), repairs


def examine(work, *, limits=Limits(), sandbox="bubblewrap"):
    """Return the Verdict on Work.

    Raises:
        SandboxUnavailable: student code cannot be sealed on this machine.
    """
    started = time.monotonic()
    questions = assignments.load(work.assignment)
    options = (limits, sandbox, work.elsewhere)
    with Student(work.cells, questions.functions, *options) as student:
        results = ask.ask_all(questions, student)
    notes = work.repairs + student.notes + ([UNSEALED] if sandbox == "process" else [])
    seconds = time.monotonic() - started
    return Verdict(work.assignment, student.status, results, notes, seconds)


def damaged(assignment, reason):
    """The Verdict on something that could not be read, with a sentence for the student."""
    sentence = f"Your notebook could not be read: {reason}. Please hand in the .ipynb file again."
    return _nothing(assignment, sentence)


def faulty(assignment, error):
    """The Verdict where the grader itself failed: no points, no mark, a sentence for staff."""
    sentence = (
        f"{STAFF}: the grader failed on this submission ({error!r}); its 0 points are no mark"
    )
    return _nothing(assignment, sentence)


def refused(assignment, sentence):
    """The Verdict on a folder that cannot be taken as it is."""
    return _nothing(assignment, sentence)


def _nothing(assignment, sentence):
    results = not_answered(assignments.load(assignment), sentence) if assignment else []
    return Verdict(assignment, "damaged", results, [sentence])

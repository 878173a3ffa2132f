"""One submission, from bytes to verdict."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..answers.verdict import Verdict
from ..assignments import Assignment, load_all
from ..course.notes import DAMAGE, REPAIR, STAFF, UNSEALED, WITHOUT_WALLS, Note
from ..errors import Damaged
from ..notebooks import folder, reader, repair, runnable
from ..sandbox import DEFAULT, Limits, backend
from .ask import ask_all
from .student import Student


@dataclass(frozen=True)
class Work:
    """What of a submission is examined: plain values, which can be sent to another machine.

    Attributes:
        cells: (number in the notebook, source) of each cell to run.
        elsewhere: {name: number of the cell} of what only cells define that are not run.
        repairs: sentences about what had to be repaired.
    """

    assignment: Assignment
    cells: list[tuple[int, str]]
    elsewhere: dict[str, int] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, notebook: repair.Notebook, assignment: Assignment) -> "Work":
        """The work in a repaired notebook."""
        cells = runnable.cells_to_run(notebook, assignment.template)
        return cls(assignment, cells, runnable.names_not_run(notebook), notebook.repairs)


def mark(
    source: str | Path | bytes,
    assignment: Assignment | None = None,
    *,
    limits: Limits = Limits(),
    sandbox: str = DEFAULT,
) -> Verdict:
    """Return the Verdict on a notebook, however bad it is.

    Args:
        source: the path of the notebook, or of the folder that a student handed in, or the
            notebook's bytes.
        assignment: which one it is, or None to recognise it by what it contains or by the file's
            name.

    Raises:
        SandboxUnavailable: student code cannot be sealed on this machine.
    """
    started = time.monotonic()
    work = prepare(source, assignment)
    verdict = work if isinstance(work, Verdict) else examine(work, limits=limits, sandbox=sandbox)
    verdict.seconds = time.monotonic() - started
    return verdict


def prepare(source: str | Path | bytes, assignment: Assignment | None = None) -> Work | Verdict:
    """Read and repair a notebook: the Work it makes, or at once the Verdict on one that cannot be
    read. Arguments as for `mark`.
    """
    filename = "" if isinstance(source, bytes) else Path(source).name
    try:
        cells, repairs = _cells(source, assignment)
        assignment = assignment or recognised(cells, filename)
        if assignment is None:
            raise Damaged("nothing in it belongs to one of the assignments")
        notebook = repair.repair(cells, assignment.template)
        notebook.repairs[:0] = repairs
    except Damaged as damage:
        return damaged(assignment or _named_in(filename), str(damage))
    return Work.of(notebook, assignment)


def recognised(cells: list[dict[str, Any]], filename: str = "") -> Assignment | None:
    """The assignment that cells belong to by what they contain, or by their file's name."""
    known = {assignment.name: assignment for assignment in load_all()}
    template = repair.guess(cells, [a.template for a in known.values()], filename)
    return known[template.name] if template else None


def _named_in(filename: str) -> Assignment | None:
    return next((a for a in load_all() if a.name in filename), None)


def _cells(
    source: str | Path | bytes, assignment: Assignment | None
) -> tuple[list[dict[str, Any]], list[str]]:
    """(cells, sentences on repairs) of what was handed in."""
    repairs: list[str] = []
    if isinstance(source, bytes):
        return reader.read(source, repairs), repairs
    if assignment and Path(source).is_dir():
        return folder.read_folder(source, assignment.template)
    return reader.read(reader.load(source), repairs), repairs


def examine(work: Work, *, limits: Limits = Limits(), sandbox: str = DEFAULT) -> Verdict:
    """Return the Verdict on Work.

    Raises:
        SandboxUnavailable: student code cannot be sealed on this machine.
    """
    started = time.monotonic()
    functions = work.assignment.exam.functions
    with Student(work.cells, functions, limits, sandbox, work.elsewhere) as student:
        results = ask_all(work.assignment, student)
    notes = [Note(REPAIR, repair) for repair in work.repairs] + student.notes
    if not backend(sandbox).sealed:
        notes.append(Note(UNSEALED, WITHOUT_WALLS))
    seconds = time.monotonic() - started
    return Verdict(work.assignment.name, student.status, results, notes, seconds)


def damaged(assignment: Assignment | None, reason: str) -> Verdict:
    """The Verdict on something that could not be read, with a sentence for the student."""
    sentence = f"Your notebook could not be read: {reason}. Please hand in the .ipynb file again."
    return _nothing(assignment, Note(DAMAGE, sentence))


def faulty(assignment: Assignment, error: object) -> Verdict:
    """The Verdict where the grader itself failed: no points, no mark, a sentence for staff."""
    sentence = f"the grader failed on this submission ({error!r}); its 0 points are no mark"
    return _nothing(assignment, Note(STAFF, sentence))


def refused(assignment: Assignment, reason: str) -> Verdict:
    """The Verdict on a folder that cannot be taken as it is."""
    sentence = f"not graded: {reason}. Put that right and run the same command again"
    return _nothing(assignment, Note(STAFF, sentence))


def _nothing(assignment: Assignment | None, note: Note) -> Verdict:
    results = assignment.exam.not_asked(str(note)) if assignment else []
    return Verdict(assignment.name if assignment else None, "damaged", results, [note])

"""One submission, from bytes to verdict."""

import time
from pathlib import Path

from . import checks, intake, submission
from .notebook import Damaged, load, read
from .sandbox.launcher import Limits
from .student import Student
from .verdict import STAFF, Verdict

UNSEALED = (
    "graded without walls (--sandbox process): the student's code could read this machine's files"
)


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
    filename = "" if isinstance(source, bytes) else Path(source).name
    try:
        cells, repairs = _cells(source, assignment)
        assignment = assignment or submission.guess_assignment(cells, checks.NAMES, filename)
        if assignment is None:
            raise Damaged("nothing in it belongs to one of the assignments")
        notebook = submission.repair(cells, assignment)
        notebook.repairs[:0] = repairs
    except Damaged as damage:
        assignment = assignment or next((name for name in checks.NAMES if name in filename), None)
        return damaged(assignment, str(damage), time.monotonic() - started)
    verdict = mark_notebook(notebook, assignment, limits=limits, sandbox=sandbox)
    verdict.seconds = time.monotonic() - started
    return verdict


def _cells(source, assignment):
    """(cells, sentences on repairs) of what was handed in."""
    if not isinstance(source, bytes) and Path(source).is_dir():
        return intake.read_folder(source, assignment)
    repairs = []
    return read(source if isinstance(source, bytes) else load(source), repairs), repairs


def mark_notebook(notebook, assignment, *, limits=Limits(), sandbox="bubblewrap"):
    """Return the Verdict on a repaired notebook."""
    started = time.monotonic()
    questions = checks.load(assignment)
    run = submission.cells_to_run(notebook, assignment)
    elsewhere = submission.names_not_run(notebook)
    with Student(run, questions.functions, limits, sandbox, elsewhere) as student:
        results = checks.ask_all(questions, student)
    notes = notebook.repairs + student.notes + ([UNSEALED] if sandbox == "process" else [])
    return Verdict(assignment, student.status, results, notes, time.monotonic() - started)


def damaged(assignment, reason, seconds=0.0):
    """The Verdict on something that could not be read, with a sentence for the student."""
    sentence = f"Your notebook could not be read: {reason}. Please hand in the .ipynb file again."
    return _nothing(assignment, sentence, seconds)


def faulty(assignment, error):
    """The Verdict where the grader itself failed: no points, no mark, a sentence for staff."""
    sentence = (
        f"{STAFF}: the grader failed on this submission ({error!r}); its 0 points are no mark"
    )
    return _nothing(assignment, sentence)


def refused(assignment, sentence):
    """The Verdict on a folder that cannot be taken as it is."""
    return _nothing(assignment, sentence)


def _nothing(assignment, sentence, seconds=0.0):
    results = checks.not_answered(checks.load(assignment), sentence) if assignment else []
    return Verdict(assignment, "damaged", results, [sentence], seconds)

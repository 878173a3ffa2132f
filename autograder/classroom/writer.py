"""The gradebook's writer, in a process of its own: nbgrader's conversions and the marking do not
wait for one interpreter, and only this process ever imports nbgrader.
"""

import atexit
import functools
import multiprocessing
import os
import pickle
import threading
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait

from ..course import Course
from ..errors import GradebookError, OtherTerm
from ..gradebook.lean import lighten
from ..sandbox.child import can_copy
from .footprint import state

PATIENCE = 60  # seconds to wait for a gradebook that another process has locked
LOCKED = ("database is locked",)  # SQLite
# PostgreSQL and SQLite, when two write the same row, or make the same table.
COLLISION = (
    "duplicate key",
    "UNIQUE constraint",
    "already exists",
    "deadlock detected",
    "could not serialize",
)
COLLISIONS = 5


_begun = None  # an executor whose process is on its way


def begin():
    """Let the process of the next `start` load nbgrader already, which takes it a second."""
    global _begun
    _begun = _executor("fork" if can_copy() else "spawn")
    _begun.submit(_warm)


def start():
    """Return an executor of one process, for `write`; calls are carried out one after the other."""
    global _begun
    begun, _begun = _begun, None
    return begun or _executor("spawn")


def _executor(how):
    return ProcessPoolExecutor(1, multiprocessing.get_context(how), initializer=_load)


def prepare(assignment, course, any_term=True):
    """Open the gradebook and see to it that it knows the assignment.

    Raises:
        GradebookError: that cannot be done.
        OtherTerm: it remembers another term word, and not `any_term` will do.
    """
    try:
        recorder = patiently(_recorder, assignment.name, str(course.grading))
        if not any_term:
            patiently(recorder.require_term)
    except (GradebookError, OtherTerm):
        raise
    except Exception as error:
        raise GradebookError(
            f"the gradebook under {course.grading} cannot be used: {error}"
        ) from error


def recorded(assignment, course):
    """{student: automatic points} of what the gradebook has.

    Raises:
        GradebookError: it cannot be used.
    """
    prepare(assignment, course)
    return patiently(_recorder(assignment.name, str(course.grading)).recorded)


def remember_term(assignment, course):
    """Let the gradebook remember the term word of this run."""
    patiently(_recorder(assignment.name, str(course.grading)).remember_term)


def write(assignment, course, student, verdict, feedback=True, same_work=False, notebook=b""):
    """Record a verdict in the gradebook and, if asked, write its feedback page.

    Args:
        same_work: it is a verdict on what was graded before: marks that were given by hand need no
            second look where the automatic ones stay.
        notebook: its repaired cells, pickled, where they need not be read again.

    Raises:
        GradebookError: another process keeps the gradebook locked.
    """
    recorder = _recorder(assignment.name, str(course.grading))
    cells = pickle.loads(notebook) if notebook else None
    patiently(recorder.record, student, verdict, same_work, cells)
    if feedback:
        patiently(recorder.give_feedback, student)


def remarks(assignment, course):
    """Sentences for staff on the class as a whole, as of `gradebook.remarks`."""
    from ..gradebook.remarks import of_class

    return patiently(of_class, assignment.name, course)


def bring_up_to_date(assignment, course):
    """Take times and late penalties as they are now.

    Returns (students whose penalty changed, (the gradebook's file, its state then) or None where it
    is no file).
    """
    recorder = _recorder(assignment.name, str(course.grading))
    changed, file = patiently(recorder.bring_up_to_date), recorder.file
    return changed, (file, state(file)) if file else None


def renew_page(assignment, course, student):
    """Write a feedback page again, with what is in the gradebook now."""
    patiently(_recorder(assignment.name, str(course.grading)).give_feedback, student)


def patiently(action, *arguments):
    """Do something with the gradebook, waiting while another process has locked it, and again where
    another one did the same at the same moment. Everything here may be done twice.
    """
    started, collisions = time.monotonic(), 0
    while True:
        try:
            return action(*arguments)
        except SystemExit as error:  # nbgrader's way to give up
            raise RuntimeError("nbgrader gave up; its log says why") from error
        except Exception as error:
            if _says(error, COLLISION) and collisions < COLLISIONS:
                collisions += 1
            elif not _says(error, LOCKED):
                raise
            elif time.monotonic() - started > PATIENCE:
                raise GradebookError(
                    f"another process has kept the gradebook locked for {PATIENCE} seconds "
                    "(formgrader, nbgrader, a database browser?). Close it and run the same "
                    "command again: what was finished stays finished"
                ) from error
            time.sleep(0.2)


def _says(error, words):
    """Did a database say one of these words, perhaps behind one of nbgrader's exceptions?"""
    while error is not None:
        if any(word in str(error) for word in words):
            return True
        error = error.__cause__ or error.__context__
    return False


@functools.cache
def _recorder(assignment, grading):
    from ..assignments import load
    from ..gradebook.recorder import Recorder

    recorder = Recorder(load(assignment), Course(grading))
    recorder.register()
    return recorder


def _warm():
    from ..gradebook import recorder  # noqa: F401


def _load():
    atexit.register(os._exit, 0)  # all is on disk; Python would take apart each module first
    lighten()
    warnings.simplefilter("ignore")  # SQLAlchemy has opinions on nbgrader's sessions
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent():
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)

"""The gradebook's writer, in a process of its own: nbgrader's conversions and the marking do not
wait for one interpreter, and only this process ever imports nbgrader.
"""

import functools
import multiprocessing
import os
import sys
import threading
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait


def start():
    """Return an executor of one process, for `write`; calls are carried out one after the other."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_load)


class GradebookError(RuntimeError):
    """The gradebook cannot be used; the message says why."""


def prepare(assignment, grading):
    """Open the gradebook and see to it that it knows the assignment.

    Raises:
        GradebookError: that cannot be done.
    """
    try:
        _recorder(assignment, str(grading))
    except Exception as error:
        raise GradebookError(f"the gradebook under {grading} cannot be used: {error}") from error


def write(assignment, grading, student, verdict, feedback=True):
    """Record a verdict in the gradebook under `grading` and, if asked, write its feedback page."""
    recorder = _recorder(assignment, str(grading))
    recorder.record(student, verdict)
    if feedback:
        recorder.give_feedback(student)


@functools.cache
def _recorder(assignment, grading):
    from .gradebook import Recorder

    recorder = Recorder(assignment, grading)
    recorder.register()
    return recorder


def _load():
    # jsonschema would build a grammar of IRIs, which no notebook has any use for: half of
    # nbgrader's import time.
    sys.modules.setdefault("rfc3987_syntax", None)
    warnings.simplefilter("ignore")  # SQLAlchemy has opinions on nbgrader's sessions
    threading.Thread(target=_die_with_parent, daemon=True).start()
    from . import gradebook  # noqa: F401 (loads nbgrader while the first submissions are being marked)


def _die_with_parent():
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)

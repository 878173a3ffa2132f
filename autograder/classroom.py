"""A whole class: sealed processes side by side, one writer for the gradebook, a result file that
survives.

The order for each submission is: verdict, gradebook, feedback, then its result file. A run that was
killed finds the finished ones by their result files and grades the rest.
"""

import hashlib
import json
import logging
import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from . import checks, marking, writer
from .files import class_file, result_file, write_json
from .sandbox.launcher import Limits
from .sandbox.walls import SandboxUnavailable
from .verdict import STAFF

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Submission:
    """One student's file; an old result holds while the digest of file and term stays."""

    student: str
    path: Path
    digest: str

    @classmethod
    def at(cls, student, path):
        content = path.read_bytes() if path.is_file() else b""
        return cls(
            student, path, hashlib.sha256(checks.term().encode() + b"\0" + content).hexdigest()
        )


def find(assignment, grading, students=()):
    """The submissions of an assignment, by student; those of `students` only, where any are named.

    Raises:
        FileNotFoundError: there are none, or a named student has none.
    """
    submitted = Path(grading, "submitted")
    folders = sorted(submitted.glob(f"*/{assignment}"))
    found = {
        f.parent.name: Submission.at(f.parent.name, f / f"{assignment}.ipynb") for f in folders
    }
    missing = [name for name in students if name not in found]
    if missing or not found:
        who = f" of {', '.join(missing)}" if missing else ""
        raise FileNotFoundError(
            f"no submissions{who} were found: expected "
            f"{submitted}/<student>/{assignment}/{assignment}.ipynb"
        )
    return [found[name] for name in (students or found)]


def grade(
    assignment,
    grading="grading",
    *,
    students=(),
    workers=None,
    force=False,
    feedback=True,
    sandbox="bubblewrap",
    limits=Limits(),
    on_progress=lambda done, total, entry: None,
):
    """Grade a class and return {student: entry}, an entry being the JSON verdict of one submission.

    Args:
        grading: the folder that holds submitted/; gradebook, feedback and results go beside it.
        workers: how many sealed processes at a time (default: the number of cores).
        force: grade again what has a result already.
        on_progress: called with (done, total, entry) after each submission, in this thread.

    Raises:
        FileNotFoundError: there is nothing to grade.
        SandboxUnavailable: student code cannot be sealed on this machine.
        writer.GradebookError: the gradebook cannot be used.
    """
    todo, entries = [], {}
    for item in find(assignment, grading, students):
        old = None if force else _finished(assignment, grading, item)
        if old:
            entries[item.student] = old
        else:
            todo.append(item)
    total = len(todo) + len(entries)
    on_progress(len(entries), total, None)
    checks.compute_key(assignment)
    with writer.start() as scribe, ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        running = {pool.submit(_mark, item, assignment, limits, sandbox): item for item in todo}
        opened = scribe.submit(writer.prepare, assignment, grading)
        writing = deque()  # the writer works in this order

        def finish():
            opened.result()
            item, verdict, written = writing.popleft()
            entries[item.student] = entry = _keep(item, verdict, written, assignment, grading)
            on_progress(len(entries), total, entry)

        try:
            for future in as_completed(running):
                item, verdict = running[future], future.result()
                job = (assignment, grading, item.student, verdict, feedback)
                writing.append((item, verdict, scribe.submit(writer.write, *job)))
                while writing and writing[0][2].done():
                    finish()
            while writing:
                finish()
        except BaseException:
            for executor in (pool, scribe):
                executor.shutdown(cancel_futures=True)
            raise
    entries = dict(sorted(entries.items()))
    write_json(class_file(assignment, grading), {"assignment": assignment, "submissions": entries})
    return entries


def _finished(assignment, grading, item):
    """The entry of a submission that was graded before and has not changed since, or None."""
    path = result_file(assignment, grading, item.student)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        faults = [note for note in kept["entry"]["notes"] if note.startswith(STAFF)]
        return kept["entry"] if kept["digest"] == item.digest and not faults else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _mark(item, assignment, limits, sandbox):
    """The verdict on one submission; whatever happens to it, there is one."""
    try:
        return marking.mark(item.path, assignment, limits=limits, sandbox=sandbox)
    except SandboxUnavailable:
        raise
    except Exception as error:
        log.exception("Grading %s failed", item.student)
        return marking.faulty(assignment, error)


def _keep(item, verdict, written, assignment, grading):
    """Wait until one verdict is in the gradebook, make it durable, and return its entry."""
    entry = {"student": item.student, **verdict.to_json(), "recorded": True}
    try:
        written.result()
    except Exception as error:
        log.exception("Recording %s failed", item.student)
        fault = f"{STAFF}: not written to the gradebook ({error!r})"
        entry |= {"recorded": False, "notes": [*entry["notes"], fault]}
    kept = {"digest": item.digest, "entry": entry}
    write_json(result_file(assignment, grading, item.student), kept)
    return entry

"""What a finished run came from. Where all of it is as it was, the next run has nothing to do, and
need not load nbgrader to find that out.

That is all that decides on marks, pages and remarks: what was handed in and when, the secret and
the term, this program, its settings, nbgrader_config.py, the rosters, the gradebook as a file; and
what the run wrote. A gradebook on a server may change unseen: there is no footprint then.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..course import Course, settings
from ..course.course import PACKAGE, model_notebook
from ..course.secret import drawn_from
from ..course.storage import write_json
from .submissions import Submission


def keep(
    assignment: str, course: Course, items: Iterable[Submission], gradebook: Path | None
) -> None:
    """Remember what a run over everybody came from, now that it is finished.

    Args:
        gradebook: its file, or None where it is none.
    """
    if gradebook is not None:
        said = {
            "gradebook": str(gradebook),
            "digest": _digest(assignment, course, items, gradebook),
        }
        write_json(course.footprint(assignment), said)


def is_there(assignment: str, course: Course) -> bool:
    """Was there a run that may have left nothing to do?"""
    return course.footprint(assignment).is_file()


def holds(assignment: str, course: Course, items: Iterable[Submission]) -> bool:
    """Is everything as it was at the end of a finished run?"""
    try:
        said = json.loads(course.footprint(assignment).read_text(encoding="utf-8"))
        gradebook = Path(said["gradebook"])
        return bool(said["digest"] == _digest(assignment, course, items, gradebook))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def forget(assignment: str, course: Course) -> None:
    """What is remembered holds no more."""
    course.footprint(assignment).unlink(missing_ok=True)


def _digest(assignment: str, course: Course, items: Iterable[Submission], gradebook: Path) -> str:
    people = os.listdir(course.submitted) if course.submitted.is_dir() else []
    here = Path("nbgrader_config.py").absolute()
    files = [gradebook, Path(f"{gradebook}-journal"), Path(f"{gradebook}-wal"), here]
    files += [course.roster, course.collected, course.class_file(assignment)]
    files += [model_notebook(assignment), *sorted(PACKAGE.rglob("*.py"))]
    each = [
        (item.student, item.refused, item.digest, item.time, item.fault)
        + tuple(map(_state, _written(assignment, course, item.student)))
        for item in items
    ]
    about: list[Any] = [drawn_from(), sorted(settings.everything().items()), sorted(people), each]
    about += [[str(path), _state(path)] for path in files]
    return hashlib.sha256(ascii(about).encode()).hexdigest()


def _written(assignment: str, course: Course, student: str) -> tuple[Path, Path]:
    return course.result(assignment, student), course.feedback_page(assignment, student)


def _state(path: Path) -> tuple[int, ...]:
    """What changes when a file does; () without one."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_size, found.st_ino)

"""What a finished run came from. Where all of it is as it was, the next run has nothing to do, and
need not load nbgrader to find that out.

That is all that decides on marks, pages and remarks: what was handed in and when, the secret and
the term, this program, its settings, nbgrader_config.py, the rosters, the gradebook as a file; and
what the run wrote. There is no footprint where something may change unseen: a gradebook on a
server, a configuration that looks elsewhere, a change in the midst of the run.
"""

import ast
import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..course import Course, settings
from ..course.course import PACKAGE, model_notebook
from ..course.secret import drawn_from
from ..course.storage import write_json
from .submissions import Submission

CONFIG = "nbgrader_config.py"  # of the folder that we are in
CALLS = frozenset("get_config configure dict list set tuple".split())  # that look nowhere
IMPORTED = re.compile(r"(?!autograder\.|nbgrader\.)[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")

State = tuple[int, ...]


def basis(assignment: str, course: Course) -> str:
    """A digest of what a run is based on beside what was handed in and the gradebook; "" where not
    all of that is known.
    """
    if not _stands_alone(Path(CONFIG)):
        return ""
    people = os.listdir(course.submitted) if course.submitted.is_dir() else []
    files = [Path(CONFIG).absolute(), course.roster, course.collected, model_notebook(assignment)]
    files += sorted(PACKAGE.rglob("*.py"))
    about = [drawn_from(), sorted(settings.everything().items()), sorted(people)]
    return _digest([about, [[str(path), state(path)] for path in files]])


def keep(
    assignment: str,
    course: Course,
    items: Iterable[Submission],
    before: str,
    gradebook: tuple[Path, State] | None,
) -> None:
    """Remember what a run over everybody came from, now that it is finished.

    Args:
        before: its basis when it began.
        gradebook: its file, and its state when it was last looked at; or None where it is no file.
    """
    if not before or before != basis(assignment, course) or gradebook is None:
        return
    path, seen = gradebook
    if seen == state(path):
        said = {"gradebook": str(path), "digest": _all(assignment, course, items, before, path)}
        write_json(course.footprint(assignment), said)


def is_there(assignment: str, course: Course) -> bool:
    """Was there a run that may have left nothing to do?"""
    return course.footprint(assignment).is_file()


def holds(assignment: str, course: Course, items: Iterable[Submission]) -> bool:
    """Is everything as it was at the end of a finished run?"""
    try:
        said = json.loads(course.footprint(assignment).read_text(encoding="utf-8"))
        now, gradebook = basis(assignment, course), Path(said["gradebook"])
        return bool(now and said["digest"] == _all(assignment, course, items, now, gradebook))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def forget(assignment: str, course: Course) -> None:
    """What is remembered holds no more."""
    course.footprint(assignment).unlink(missing_ok=True)


def state(path: Path) -> State:
    """What changes when a file does, whatever its dates say; () without one."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def _all(
    assignment: str, course: Course, items: Iterable[Submission], basis: str, gradebook: Path
) -> str:
    beside = [Path(f"{gradebook}{end}") for end in ("", "-journal", "-wal")]
    files = [*beside, course.class_file(assignment)]
    each = []
    for item in items:
        written = (
            course.result(assignment, item.student),
            course.feedback_page(assignment, item.student),
        )
        about = (item.student, item.refused, item.digest, item.time, item.fault)
        each.append((about, *map(state, written)))
    return _digest([basis, each, [[str(path), state(path)] for path in files]])


def _digest(value: Any) -> str:
    return hashlib.sha256(ascii(value).encode()).hexdigest()


def _stands_alone(config: Path) -> bool:
    """Does a configuration say everything itself? One that imports, opens, or names somebody's
    module may change its mind without a change of its text.
    """
    if not config.is_file():
        return True
    try:
        nodes = [*ast.walk(ast.parse(config.read_bytes()))]
    except (SyntaxError, ValueError, OSError):
        return False
    for node in nodes:
        if isinstance(node, ast.Import):
            return False
        if isinstance(node, ast.ImportFrom) and node.module != "autograder":
            return False
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") not in CALLS:
            return False
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if IMPORTED.fullmatch(node.value):
                return False
    return True

"""What lies in a student's folder, and what of it must not be touched.

The folder comes from outside, out of an archive perhaps. A link in it could lead to the gradebook
or to somebody else's work, a pipe would keep its reader for ever, a giant would fill the disk when
nbgrader copies it. Such things are moved to grading/set_aside/; nothing is deleted.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from ..course import times, write_text
from ..course.course import Course

MAX_FILES = 200  # beside the notebook
MAX_BYTES = 50 << 20  # of all files but notebooks together
MAX_DEPTH = 3  # folders within folders in which a notebook is looked for
MAX_RECORD = 10_000  # bytes of RECORD, and
MAX_TIME = 100  # of timestamp.txt, that are read: what a student put there may be of any size
MAX_NESTED = 20  # folders within folders that are taken at all
SKIPPED = ("__MACOSX", "__pycache__")
# What a browser would run, were it copied to where feedback is published.
ACTIVE = frozenset(".htm .html .js .mht .mhtml .mjs .shtml .svg .svgz .xht .xhtml .xml".split())
RECORD = ".set_aside.txt"  # in a student's folder: what was moved out of it
OFFSET = re.compile(r" [+-]\d\d:?\d\d$")
TIME = "timestamp.txt, which is no time: "
TIME_FAULT = (
    "timestamp.txt: expected a time with its zone, as 2026-12-01T23:59:00+01:00 or "
    "2026-12-01 23:59:00 UTC. Received: {}. Write it again, then grade"
)


def is_file(path: str | Path) -> bool:
    """Is it a plain file, and no link to one?"""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def set_aside(folder: str | Path) -> list[str]:
    """Names of what was moved out of a student's folder, as it is now."""
    record = Path(folder) / RECORD
    if not is_file(record):
        return []
    return beginning_of(record, MAX_RECORD).splitlines()


def tidy(folder: str | Path) -> None:
    """Move what could do harm out of a student's folder (`…/submitted/<student>/<assignment>`).

    That is links, pipes, devices, web pages, files that are too many, too large together or too
    deep, and a timestamp.txt that holds no time (at which nbgrader would end). It may be done again
    at any time.

    Raises:
        OSError: something may not be moved or read.
    """
    folder = Path(folder)
    if folder.is_symlink() or not folder.is_dir():
        _set_aside(folder, folder, "the folder itself")
        folder.mkdir()
        (folder / RECORD).write_text("the folder itself\n", encoding="utf-8")
    if os.path.lexists(folder / RECORD) and not is_file(folder / RECORD):
        _set_aside(folder / RECORD, folder, RECORD)
    number = size = 0
    for path, is_plain in list(walk(folder, MAX_NESTED)):
        if not is_plain or path.suffix.lower() in ACTIVE:
            _set_aside(path, folder)
        elif not _is_time(path, folder):
            _set_aside(path, folder, record=TIME + _beginning(path))
        elif path.suffix != ".ipynb":  # those are not copied
            number, size = number + 1, size + path.stat().st_size
            if number > MAX_FILES or size > MAX_BYTES:
                number, size = number - 1, size - path.stat().st_size
                _set_aside(path, folder)


def walk(folder: str | Path, depth: int = MAX_DEPTH) -> Iterator[tuple[Path, bool]]:
    """(path, whether it is a plain file) of all that is no folder, in the order of names; of a
    folder that is too deep, or has a file's name, itself. Links are not followed; hidden folders
    are looked into only where everything is.
    """
    everything, waiting = depth == MAX_NESTED, [(Path(folder), depth)]
    while waiting:
        place, depth = waiting.pop()
        for entry in sorted(os.scandir(place), key=lambda entry: entry.name):
            path = Path(entry.path)
            if not entry.is_dir(follow_symlinks=False):
                if entry.name != RECORD:
                    yield path, entry.is_file(follow_symlinks=False)
            elif everything and (not depth or _has_name_of_file(entry.name)):
                yield path, False
            elif depth and (everything or not entry.name.startswith((".", *SKIPPED))):
                waiting.append((path, depth - 1))


def is_litter(name: str) -> bool:
    """Is it a file that systems and editors leave there?"""
    return name.startswith(".") or name.endswith("~") or name in ("Thumbs.db", "desktop.ini")


def _has_name_of_file(name):
    """Would a folder of this name stand where a file must be?"""
    return Path(name).suffix.lower() in ACTIVE | {".ipynb"} or name in ("timestamp.txt", RECORD)


def beginning_of(path: str | Path, size: int) -> str:
    """What the first bytes of a file say."""
    with open(path, "rb") as file:
        return file.read(size).decode("utf-8", "replace")


def _beginning(path):
    """The first characters of a file, as they can be shown."""
    return ascii(beginning_of(path, 80).strip())


def _set_aside(path, folder, name=None, record=None):
    """Move one thing. All lie side by side there, under a name that leads nowhere: a link that was
    set aside earlier must never be part of the way.
    """
    shown = ascii(name or str(path.relative_to(folder)))[1:-1]
    if name is None:
        with open(folder / RECORD, "a", encoding="utf-8") as file:  # first: it may be the last
            file.write((record or shown) + "\n")
    aside = Course.of_submission(folder).set_aside(folder.name, folder.parent.name)
    aside.mkdir(parents=True, exist_ok=True)
    plain = shown.replace("/", "__")[:150]
    place, number = aside / plain, 1
    while os.path.lexists(place):
        number += 1
        place = aside / f"{plain} #{number}"
    os.rename(path, place)


def _is_time(path, folder):
    """Is it another file than timestamp.txt, or a time?

    One with an offset behind a blank is rewritten in UTC: nbgrader takes `+0100` for 100 seconds,
    and passes `+01:00` over (0.9.5).
    """
    if path != folder / "timestamp.txt":
        return True
    try:
        if path.stat().st_size > MAX_TIME:  # nbgrader would read all of it
            return False
        text = _time_in(path)
        if not text:
            return True
        time = times.parse(text)
        if OFFSET.search(text):
            write_text(path, f"{time.isoformat()}\n")
        return True
    except (OSError, ValueError):
        return False


def time_of(folder: str | Path) -> str:
    """What the timestamp.txt in a folder says, or ""; it was looked at by `tidy`."""
    path = Path(folder) / "timestamp.txt"
    return _time_in(path) if is_file(path) else ""


def _time_in(path):
    """What a timestamp.txt says; more than its first bytes are read of none."""
    return beginning_of(path, MAX_TIME + 1).strip()


def time_fault(folder: str | Path) -> str:
    """A sentence for staff on a timestamp.txt that is no time, also one that was set aside and in
    whose place none has come since; or "".
    """
    path = Path(folder) / "timestamp.txt"
    if is_file(path):
        received = "" if _is_time(path, Path(folder)) else _beginning(path)
    else:
        lines = [line for line in set_aside(folder) if line.startswith(TIME)]
        received = lines[-1].removeprefix(TIME) if lines else ""
    return TIME_FAULT.format(received) if received else ""

"""What lies in a student's folder: which file is the notebook, and what must not be touched.

The folder comes from outside, out of an archive perhaps. A link in it could lead to the gradebook
or to somebody else's work, a pipe would keep its reader for ever, a giant would fill the disk when
nbgrader copies it. Such things are moved to grading/set_aside/; nothing is deleted.
"""

import os
import re
import stat
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from ..course.course import Course
from ..errors import Damaged
from .cells import Template
from .reader import load, read
from .repair import guess

MAX_FILES = 200  # beside the notebook
MAX_BYTES = 50 << 20  # of all files but notebooks together
MAX_FOUND = 20  # notebooks that are looked at, where none has the right name
MAX_DEPTH = 3  # folders within folders in which a notebook is looked for
MAX_NESTED = 20  # folders within folders that are taken at all
SKIPPED = ("__MACOSX", "__pycache__")
# What a browser would run, were it copied to where feedback is published.
ACTIVE = frozenset(".htm .html .js .mht .mhtml .mjs .shtml .svg .svgz .xht .xhtml .xml".split())
RECORD = ".set_aside.txt"  # in a student's folder: what was moved out of it
ZONE = re.compile(r"[A-Za-z0-9+-][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
FORBIDDEN = set('<>"&\\/')


def is_student_id(name: str) -> bool:
    """May a folder's name go into a gradebook, a file's name and a web page as it is?"""
    if not name.isprintable() or name.startswith(("-", ".")) or FORBIDDEN & set(name):
        return False
    return len(name) <= 128 and len(os.fsencode(name)) <= 200  # a column's, a file name's length


def read_folder(folder: str | Path, template: Template) -> tuple[list[dict[str, Any]], list[str]]:
    """Return (cells, sentences on repairs) of the notebook in a student's folder.

    `<template.name>.ipynb` is the notebook; without one, a single notebook of another name, or one
    inside a zip archive.

    Raises:
        Damaged: there is no notebook, or none that can be read.
    """
    folder = Path(folder)
    repairs: list[str] = []
    if aside := set_aside(folder):
        repairs.append(
            f"set aside: {_list(aside)} (beside the notebook only plain files are taken, no web "
            f"pages, at most {MAX_FILES} and {MAX_BYTES >> 20} MiB; a timestamp.txt with a time)"
        )
    try:
        name, data = find_notebook(folder, template)
        if name != f"{template.name}.ipynb":
            repairs.append(f"handed in as {_list([name])}, not as {template.name}.ipynb")
        elif others := [n for n in _relative(_notebooks(folder), folder) if n != name]:
            repairs.append(f"not looked at, because there is {name}: {_list(others)}")
        return read(data, repairs), repairs
    except Damaged as damage:
        raise Damaged("; ".join([str(damage), *repairs])) from None


def fingerprint(folder: str | Path, template: Template) -> bytes:
    """Bytes that change when what counts in a student's folder does."""
    aside = ascii(set_aside(folder)).encode()
    try:
        name, data = find_notebook(folder, template)
        return b"\0".join([aside, ascii(name).encode(), data])
    except Damaged as damage:
        return b"\0".join([aside, str(damage).encode()])


def find_notebook(folder: str | Path, template: Template) -> tuple[str, bytes]:
    """(name, bytes) of the notebook in a student's folder.

    Raises:
        Damaged: there is none, or there are several of other names.
        OSError: it may not be read.
    """
    folder = Path(folder)
    if is_file(expected := folder / f"{template.name}.ipynb"):
        return expected.name, load(expected)
    candidates = _notebooks(folder)[:MAX_FOUND]
    if sum(path.stat().st_size for path in candidates) > 2 * MAX_BYTES:
        raise Damaged(f"the notebooks {_list(_relative(candidates, folder))} are far too large")
    notebooks = {str(path.relative_to(folder)): load(path) for path in candidates}
    files = [path for path, is_plain in walk(folder, MAX_DEPTH) if is_plain]
    if not notebooks:
        notebooks = _notebooks_in_zips([path for path in files if path.suffix.lower() == ".zip"])
    names = list(notebooks)
    if len(set(notebooks.values())) > 1:  # those that have to do with the assignment
        notebooks = {name: data for name, data in notebooks.items() if _belongs(data, template)}
    if len(set(notebooks.values())) == 1:
        return next(iter(notebooks.items()))
    if names:
        raise Damaged(
            f"there are {len(names)} notebooks, {_list(names)}, and none of them is named "
            f"{template.name}.ipynb"
        )
    others = f"; received: {_list(_relative(files, folder))}" if files else ""
    raise Damaged(f"there is no notebook in the folder{others}")


def _belongs(data, template):
    """Is it a notebook, and has it to do with the assignment?"""
    try:
        return guess(read(data), [template]) is not None
    except Damaged:
        return False


def _notebooks(folder):
    """The plain files in a folder that are notebooks by their names."""
    return [path for path, is_plain in walk(folder) if is_plain and is_notebook(path.name)]


def is_notebook(name: str) -> bool:
    """Also `x.ipynb.txt` and `x.ipynb.json`, as browsers save it."""
    return ".ipynb" in name.lower() and not name.startswith(".")


def _notebooks_in_zips(paths):
    """{name: bytes} of the notebooks in archives. Nothing is unpacked: the names in them, whatever
    they say, lead nowhere.

    Raises:
        Damaged: one cannot be read, or there is far too much in them.
    """
    notebooks, left = {}, MAX_BYTES
    for path in paths[:MAX_FOUND]:
        try:
            with zipfile.ZipFile(path) as archive:
                for entry in filter(_is_work, archive.infolist()[:MAX_FILES]):
                    with archive.open(entry) as file:  # an entry may lie about its size
                        data = file.read(left + 1)
                    notebooks[f"{path.name}: {entry.filename}"] = data
                    left -= len(data)
                    if left < 0 or len(notebooks) > MAX_FOUND:
                        raise Damaged(f"what is in {_list([path.name])} is far too large")
        except Damaged:
            raise
        except Exception:  # zipfile raises what its decompressors do
            raise Damaged(f"{_list([path.name])} is no zip archive that can be read") from None
    return notebooks


def _is_work(entry):
    """Is an archive's entry a notebook, and none of those that systems leave there?"""
    name = entry.filename
    hidden = name.startswith(SKIPPED) or ".ipynb_checkpoints" in name
    return is_notebook(PurePosixPath(name).name) and not hidden


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
    return record.read_text(encoding="utf-8", errors="replace")[:10_000].splitlines()


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
        if not is_plain or path.suffix.lower() in ACTIVE or not _is_time(path, folder):
            _set_aside(path, folder)
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


def _has_name_of_file(name):
    """Would a folder of this name stand where a file must be?"""
    return Path(name).suffix.lower() in ACTIVE | {".ipynb"} or name in ("timestamp.txt", RECORD)


def _set_aside(path, folder, name=None):
    """Move one thing. All lie side by side there, under a name that leads nowhere: a link that was
    set aside earlier must never be part of the way.
    """
    shown = ascii(name or str(path.relative_to(folder)))[1:-1]
    if name is None:
        with open(folder / RECORD, "a", encoding="utf-8") as record:  # first: it may be the last
            record.write(shown + "\n")
    aside = Course.of_submission(folder).set_aside(folder.name, folder.parent.name)
    aside.mkdir(parents=True, exist_ok=True)
    plain = shown.replace("/", "__")[:150]
    place, number = aside / plain, 1
    while os.path.lexists(place):
        number += 1
        place = aside / f"{plain} #{number}"
    os.rename(path, place)


def _is_time(path, folder):
    """Is it another file than timestamp.txt, or a time as nbgrader reads it (`parse_utc`): date,
    time, and perhaps the name or the minutes of a time zone?
    """
    if path != folder / "timestamp.txt":
        return True
    from dateutil import parser, tz

    try:
        text = path.read_text(encoding="utf-8").strip()
        words = text.split(" ")
        zones = {}
        if len(words) == 3:
            zone = words.pop()
            if not ZONE.fullmatch(zone):
                return False
            number = zone.lstrip("+-").isdigit()
            zones, text = {"TZ": int(zone) if number else tz.gettz(zone)}, f"{' '.join(words)} TZ"
        time = parser.parse(text, tzinfos=zones) if text else None
        return time is None or bool(time - (time.utcoffset() or timedelta(0)))
    except Exception:  # whatever goes wrong here would go wrong there
        return False


def _relative(paths, folder):
    return [str(path.relative_to(folder)) for path in paths]


def _list(names, shown=5):
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(ascii(name)[:80] for name in names[:shown]) + more

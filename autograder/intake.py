"""What lies in a student's folder: which file is the notebook, and what must not be touched.

The folder comes from outside, out of an archive perhaps. A link in it could lead to the gradebook
or to somebody else's work, a pipe would keep its reader for ever, a giant would fill the disk when
nbgrader copies it. Such things are moved to grading/set_aside/; nothing is deleted.
"""

import os
import re
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from .notebook import Damaged, load, read

MAX_FILES = 200  # beside the notebook
MAX_BYTES = 50 << 20  # of all files but notebooks together
MAX_DEPTH = 3  # folders within folders in which a notebook is looked for
SKIPPED = ("__MACOSX", "__pycache__")
ZONE = re.compile(r"[A-Za-z0-9+-][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
FORBIDDEN = set('<>"&\\')


def is_student_id(name):
    """May a folder's name go into a gradebook and its web pages as it is?"""
    fits = len(name) <= 128 and not name.startswith("-")  # 128: the gradebook's column
    return fits and name.isprintable() and not FORBIDDEN & set(name)


def read_folder(folder, assignment):
    """Return (cells, sentences on repairs) of the notebook in a student's folder.

    `<assignment>.ipynb` is the notebook; without one, a single notebook of another name, or one
    inside a zip archive.

    Raises:
        Damaged: there is no notebook, or none that can be read.
    """
    folder, repairs = Path(folder), []
    if aside := _names(place_aside(folder)):
        repairs.append(
            f"set aside: {_list(aside)} (only plain files are taken, at most {MAX_FILES} and "
            f"{MAX_BYTES >> 20} MiB beside the notebook, and a timestamp.txt only with a time)"
        )
    try:
        name, data = find_notebook(folder, assignment)
        if name != f"{assignment}.ipynb":
            repairs.append(f"handed in as {_list([name])}, not as {assignment}.ipynb")
        return read(data, repairs), repairs
    except Damaged as damage:
        raise Damaged("; ".join([str(damage), *repairs])) from None


def fingerprint(folder, assignment):
    """Bytes that change when what counts in a student's folder does."""
    aside = ascii(_names(place_aside(folder))).encode()
    try:
        name, data = find_notebook(folder, assignment)
        return b"\0".join([aside, ascii(name).encode(), data])
    except Damaged as damage:
        return b"\0".join([aside, str(damage).encode()])


def find_notebook(folder, assignment):
    """(name, bytes) of the notebook in a student's folder.

    Raises:
        Damaged: there is none, or there are several of other names.
    """
    folder = Path(folder)
    if is_file(expected := folder / f"{assignment}.ipynb"):
        return expected.name, load(expected)
    files = [path for path, is_plain in _walk(folder) if is_plain]
    found = {str(p.relative_to(folder)): load(p) for p in files if _is_notebook(p.name)}
    for path in files if not found else ():
        if path.suffix.lower() == ".zip":
            found |= _notebooks_in_zip(path)
    if len(set(found.values())) == 1:
        return next(iter(found.items()))
    if found:
        raise Damaged(
            f"there are {len(found)} notebooks, {_list(list(found))}, and none of them is named "
            f"{assignment}.ipynb"
        )
    others = f"; received: {_list(_relative(files, folder))}" if files else ""
    raise Damaged(f"there is no notebook in the folder{others}")


def _is_notebook(name):
    """Also `x.ipynb.txt` and `x.ipynb.json`, as browsers save it."""
    return ".ipynb" in name.lower() and not name.startswith(".")


def _notebooks_in_zip(path):
    """{name: bytes} of the notebooks in an archive. Nothing is unpacked: its names, whatever they
    say, lead nowhere.

    Raises:
        Damaged: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [
                entry
                for entry in archive.infolist()[:MAX_FILES]
                if _is_notebook(PurePosixPath(entry.filename).name)
                and not entry.filename.startswith(SKIPPED)
                and ".ipynb_checkpoints" not in entry.filename
            ]
            if sum(entry.file_size for entry in inside) > MAX_BYTES:
                raise Damaged(f"the notebooks in {_list([path.name])} are far too large")
            return {f"{path.name}: {e.filename}": _read(archive, e) for e in inside}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, Damaged):
            raise
        raise Damaged(f"{_list([path.name])} is no zip archive that can be read") from None


def _read(archive, entry):
    """Like archive.read, which would unpack all of a bomb whose entry lies about its size."""
    with archive.open(entry) as file:
        return file.read(MAX_BYTES)


def is_file(path):
    """Is it a plain file, and no link to one?"""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def place_aside(folder):
    """Where things of a student's folder are put that cannot stay in it: beside submitted/."""
    folder = Path(folder).absolute()
    return folder.parents[2] / "set_aside" / folder.parent.name / folder.name


def tidy(folder):
    """Move what could do harm out of a student's folder (`…/submitted/<student>/<assignment>`).

    That is links, pipes, devices, files that are too many or too large together, and a
    timestamp.txt that holds no time (at which nbgrader would end). It may be done again at any
    time.
    """
    folder = Path(folder)
    if folder.is_symlink() or not folder.is_dir():
        _set_aside(folder, folder, "the folder itself")
        folder.mkdir()
    number = size = 0
    for path, is_plain in _walk(folder, depth=None):
        if not is_plain or (path == folder / "timestamp.txt" and not _is_time(path)):
            _set_aside(path, folder)
        elif path.suffix != ".ipynb":  # those are not copied
            number, size = number + 1, size + path.stat().st_size
            if number > MAX_FILES or size > MAX_BYTES:
                number, size = number - 1, size - path.stat().st_size
                _set_aside(path, folder)


def _walk(folder, depth=MAX_DEPTH):
    """(path, whether it is a plain file) of all that is no folder, in the order of names. Links are
    not followed; hidden folders are looked into only with depth None.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        path = Path(entry.path)
        if not entry.is_dir(follow_symlinks=False):
            yield path, entry.is_file(follow_symlinks=False)
        elif depth is None:
            yield from _walk(path, None)
        elif depth and not entry.name.startswith(".") and entry.name not in SKIPPED:
            yield from _walk(path, depth - 1)


def _set_aside(path, folder, name=None):
    place = place_aside(folder) / (name or path.relative_to(folder))
    place.parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while os.path.lexists(place):
        number += 1
        place = place.with_name(f"{place.name.partition(' #')[0]} #{number}")
    shutil.move(path, place)


def _is_time(path):
    """Is it a time as nbgrader reads it: date, time, and perhaps the name of a time zone?"""
    from dateutil import parser

    try:
        words = path.read_text(encoding="utf-8")[:100].split()
        parser.parse(" ".join(words[:2]) or "0:00")
    except (OSError, ValueError, OverflowError):
        return False
    return len(words) <= 3 and all(ZONE.fullmatch(name) for name in words[2:])


def _names(folder):
    return _relative([path for path, _ in _walk(folder, None)], folder)


def _relative(paths, folder):
    return [str(path.relative_to(folder)) for path in paths]


def _list(names, shown=5):
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(ascii(name)[:80] for name in names[:shown]) + more

"""What an LMS hands out as one download, put where submissions are looked for.

Names in an archive come from outside: they say whose work it is and how the file is called, and
never where anything is written. Nothing that was collected before is overwritten.
"""

import os
import re
import shutil
import stat
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timezone
from pathlib import Path, PurePosixPath

from . import checks, intake, submission
from .notebook import Damaged, read

MAX_FILE = intake.MAX_BYTES
MAX_ENTRIES = 200_000
HANDED_IN = "Last modified (submission)"  # in Moodle's worksheet
JUNK = ("__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini")
# `content_zipper.rb`: name, LATE, the user's number, the file's number, the file's name.
CANVAS = re.compile(r"(?P<name>.*?)(?:_(?P<late>LATE))?_(?P<number>\d+)_\d+_(?P<file>[^/]+)$")
CANVAS_ANONYMOUS = re.compile(
    r"(?:(?P<late>LATE)_)?(?P<name>anon_[0-9A-Za-z]+)_\d+_(?P<file>[^/]+)$"
)
CANVAS_COPY = re.compile(r"-\d+(?=\.ipynb$)")  # how Canvas names what is handed in again
# `mod/assign/classes/downloader.php`: with a folder for each participant, or without.
MOODLE = re.compile(
    r"(?P<name>[^_/]+)_(?P<number>\d+)_assignsubmission_file_?[/_](?:.*/)?(?P<file>[^/]+)$"
)


@dataclass
class Found:
    """One file of a download.

    Attributes:
        source: its name there.
        owner: what the LMS calls whoever handed it in.
        number: the LMS' number for them, or "".
        assignment: where the download says it.
    """

    source: str
    owner: str
    number: str
    file: str
    late: bool = False
    assignment: str = ""
    data: bytes = b""


@dataclass(frozen=True)
class Collected:
    """What became of one student's files: `new`, `same as before`, `replaced`, or `not taken`."""

    student: str
    assignment: str
    source: str
    what: str
    remark: str = ""


def collect(source, form, grading="grading", assignment=None, roster=None):
    """Write what is in a download under `grading`/submitted; return [Collected].

    Args:
        source: a zip archive or a folder.
        form: `canvas`, `moodle`, or `plain`: a folder, or a file, named for each student.
        assignment: which one it is; by default each notebook tells.
        roster: rows of a table of the LMS that says which id belongs to which number.

    Raises:
        ValueError: it is neither, or the form, assignment or roster is unknown.
    """
    if assignment is not None:
        checks.load(assignment)
    names, times = _roster(roster, form) if roster else ({}, {})
    groups, collected = {}, []
    with _entries(Path(source)) as entries:
        for name, size, get in entries:
            if any(part in JUNK or part.startswith("._") for part in PurePosixPath(name).parts):
                continue
            found = PARSERS[form](name)
            if found is None:
                collected.append(_not_taken(name, f"is not named as {form} names submissions"))
                continue
            try:
                found.data = _read(size, get)
            except Exception as error:  # zipfile raises what its decompressors do
                collected.append(_not_taken(name, str(error) or repr(error), found.owner))
                continue
            groups.setdefault((found.owner, found.number), []).append(found)
    for (owner, digits), files in groups.items():
        student = names.get(digits) or (f"{_plain(owner)}--{digits}" if digits else owner)
        collected += _take(student, files, Path(grading), assignment, times.get(digits))
    return collected


@contextmanager
def _entries(source):
    """(name, size, function that returns an open file) of all plain files in an archive or folder.

    Raises:
        ValueError: it is neither.
    """
    if source.is_dir():
        yield [
            (
                str(PurePosixPath(path.relative_to(source))),
                path.stat().st_size,
                lambda p=path: p.open("rb"),
            )
            for path, is_plain in intake.walk(source, intake.MAX_NESTED)
            if is_plain
        ]
        return
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"expected a folder or a zip archive. Received: {source} ({error})"
        ) from None
    with archive:
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(files) > MAX_ENTRIES:
            raise ValueError(f"expected at most {MAX_ENTRIES:,} files. Received: {len(files):,}")
        yield [
            (entry.filename.replace("\\", "/"), entry.file_size, lambda e=entry: archive.open(e))
            for entry in files
            if not stat.S_ISLNK(entry.external_attr >> 16)
        ]


def _read(size, get):
    """The bytes of an entry, which may lie about its size."""
    with get() as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise ValueError(f"is larger than {MAX_FILE >> 20} MiB (it says {size:,} bytes)")
    return data


def _canvas(name):
    base = PurePosixPath(name).name
    if found := CANVAS_ANONYMOUS.match(base):
        return Found(name, found["name"], "", _again(found["file"]), bool(found["late"]))
    if found := CANVAS.match(base):
        late, file = bool(found["late"]), _again(found["file"])
        return Found(name, found["name"] or "student", found["number"], file, late)
    return None


def _again(file):
    return CANVAS_COPY.sub("", file)


def _moodle(name):
    found = MOODLE.search(name)
    return found and Found(name, found["name"], found["number"], found["file"])


def _plain_layout(name):
    """`<student>.ipynb`, `<student>/file`, or nbgrader's `<student>/<assignment>/file`, perhaps all
    of it in one folder.
    """
    parts = [part for part in PurePosixPath(name).parts if part not in ("/", "..", ".")]
    if not parts:
        return None
    if len(parts) == 1:
        return Found(name, PurePosixPath(parts[0]).stem, "", parts[0])
    known = next((i for i in range(1, len(parts) - 1) if parts[i] in checks.NAMES), None)
    if known is not None:
        return Found(name, parts[known - 1], "", parts[-1], assignment=parts[known])
    return Found(name, parts[-2], "", parts[-1])


PARSERS = {"canvas": _canvas, "moodle": _moodle, "plain": _plain_layout}


def _take(student, files, grading, assignment, time):
    """Write one student's files: one folder for each assignment."""
    sources = ", ".join(sorted(found.source for found in files))[:300]
    if not intake.is_student_id(student):
        return [_not_taken(sources, f"{ascii(student)} cannot be an id", student)]
    belonging = {}
    for found in files:
        name = assignment or found.assignment or _told_by(found)
        belonging.setdefault(name, []).append(found)
    strangers = belonging.pop(None, [])
    if len(belonging) == 1:  # what lies beside the notebook
        next(iter(belonging.values())).extend(strangers)
        strangers = []
    remark = "nothing tells which assignment it is; name it with --assignment"
    lost = [_not_taken(found.source, remark, student) for found in strangers]
    return lost + [_put(student, name, files, grading, time) for name, files in belonging.items()]


def _told_by(found):
    """The assignment that a notebook belongs to by what is in it, or None."""
    if not intake.is_notebook(found.file):
        return None
    try:
        return submission.guess_assignment(read(found.data), checks.NAMES, found.file)
    except Damaged:
        return next((name for name in checks.NAMES if name in found.file), None)


def _put(student, assignment, files, grading, time):
    """Write a folder beside its place, then move it there; what was there before is kept."""
    sources = ", ".join(found.source for found in files)[:300]
    remarks = ["late, says the LMS"] if any(found.late for found in files) else []
    place = grading / "submitted" / student / assignment
    (grading / "submitted").mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".collect-", dir=grading / "submitted"))
    try:
        _write(new, assignment, files, time)
        new.chmod(0o755)
        what = "new"
        if os.path.lexists(place):
            if _same(new, place):
                return Collected(student, assignment, sources, "same as before", "; ".join(remarks))
            old = _free(grading / "replaced" / student / assignment)
            old.parent.mkdir(parents=True, exist_ok=True)
            os.rename(place, old)
            what, remarks = "replaced", [*remarks, f"the earlier one is in {old}"]
        place.parent.mkdir(parents=True, exist_ok=True)
        os.rename(new, place)
        return Collected(student, assignment, sources, what, "; ".join(remarks))
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _write(folder, assignment, files, time):
    notebooks = [found for found in files if intake.is_notebook(found.file)]
    for found in files:
        name = f"{assignment}.ipynb" if notebooks == [found] else _plain(found.file)
        if name == "timestamp.txt" and time:
            continue
        _free(folder / name).write_bytes(found.data)
    if time:
        (folder / "timestamp.txt").write_text(time, encoding="utf-8")


def _plain(name):
    """A name as a file may have it."""
    kept = "".join(c if c.isprintable() and c not in '/\\<>:"|?*&' else "_" for c in name)
    return kept.strip(". ")[:120] or "file"


def _free(path):
    """The path, or the first of its kind that is not taken."""
    count, free = 1, path
    while os.path.lexists(free):
        count += 1
        free = path.with_name(f"{path.stem} ({count}){path.suffix}")
    return free


def _same(new, old):
    """Do two folders hold the same files? What `intake` moved out or recorded does not count."""
    if not old.is_dir() or old.is_symlink():
        return False
    ours = {p.name: p.read_bytes() for p in new.iterdir()}
    theirs = {p.name: p.read_bytes() for p in old.iterdir() if intake.is_file(p) and p.name in ours}
    return ours == theirs


def _not_taken(source, remark, student=""):
    return Collected(student, "", source[:300], "not taken", remark)


def _roster(rows, form):
    """({number: id}, {number: timestamp}) of a table that the LMS gave.

    Raises:
        ValueError: it has none of the columns that say so.
    """
    header = [name.lstrip("\ufeff") for name in rows[0]]
    wanted = {"canvas": ("ID",), "moodle": ("Identifier",)}.get(form)
    if wanted is None:
        raise ValueError("a roster says which number is whose; plain folders have ids already")
    ids = ("SIS Login ID", "SIS User ID", "Username", "ID number", "Email address")
    columns = [header.index(name) for name in ids if name in header]
    if wanted[0] not in header or not columns:
        raise ValueError(
            f"expected a roster with the column {wanted[0]!r} and one of {', '.join(ids)}. "
            f"Received the columns: {', '.join(header)[:300]}"
        )
    at = header.index(wanted[0])
    times_at = header.index(HANDED_IN) if HANDED_IN in header else None
    names, times = {}, {}
    for row in rows[1:]:
        if len(row) != len(header):
            continue
        digits = row[at].rpartition(" ")[2]
        found = next((row[i].strip() for i in columns if row[i].strip()), "")
        if digits and found:
            names[digits] = found
        if times_at is not None and (time := _time(row[times_at])):
            times[digits] = time
    return names, times


def _time(text):
    """A time as Moodle writes it, in this machine's zone, as nbgrader reads it; None if none."""
    from dateutil import parser

    try:
        time = parser.parse(text)
    except (ValueError, OverflowError):
        return None
    return time.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")

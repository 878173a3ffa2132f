"""What an LMS hands out as one download, put where submissions are looked for.

Names in an archive come from outside: they say whose work it is and how the file is called, and
never where anything is written. Nothing that was collected before is overwritten.
"""

import errno
import functools
import os
import re
import shutil
import stat
import tempfile
import unicodedata
import zipfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timezone
from pathlib import Path, PurePosixPath

from . import checks, intake, submission
from .exports.matching import simple
from .notebook import read

MAX_FILE = intake.MAX_BYTES
MAX_ENTRIES = 200_000
HANDED_IN = "Last modified (submission)"  # in Moodle's worksheet
JUNK = ("__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini")
# `content_zipper.rb`: name, LATE, the user's number, the file's number, the file's name.
CANVAS = re.compile(r"(?P<name>.*?)(?:_(?P<late>LATE))?_(?P<number>\d+)_\d+_(?P<file>[^/]+)$")
CANVAS_ANONYMOUS = re.compile(r"(?:(?P<late>LATE)_)?(?P<name>anon_\w{5})_\d+_(?P<file>[^/]+)$")
CANVAS_COPY = re.compile(r"-\d+(?=\.ipynb$)")  # how Canvas names what is handed in again
# `mod/assign/classes/downloader.php`: with a folder for each participant, or without.
MOODLE = re.compile(
    r"(?:^|/)(?P<name>[^_/]+)_(?P<number>\d+)_assignsubmission_file_?[/_](?P<path>.+)$", re.DOTALL
)
MONTH = re.compile(
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
YEAR = re.compile(r"\b20\d\d\b")


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
    read: object = None  # a function that returns the bytes


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
    people = _roster(roster, form) if roster else {}
    groups, collected = {}, []
    with _entries(Path(source)) as entries:
        entries = [entry for entry in entries if not _is_junk(entry[0])]
        top = _top([name for name, *_ in entries]) if form == "plain" else ""
        for name, size, get in entries:
            found = PARSERS[form](name.removeprefix(top))
            if found is None:
                collected.append(_not_taken(name, f"is not named as {form} names submissions"))
                continue
            found.source, found.read = name, functools.partial(_read, size, get)
            found.owner = unicodedata.normalize("NFC", found.owner)
            student, remark = _student(found, people)
            groups.setdefault(student, {}).setdefault((found.owner, found.number), []).append(found)
            if student is None:
                collected.append(_not_taken(name, remark, found.owner))
        groups.pop(None, None)
        if assignment is None and form != "plain":  # a download is of one assignment
            files = [f for owners in groups.values() for group in owners.values() for f in group]
            assignment = _most_told(files)
        for student, owners in groups.items():
            collected += _take(student, owners, Path(grading), assignment, people, form)
    return collected


def _is_junk(name):
    return any(part in JUNK or part.startswith("._") for part in PurePosixPath(name).parts)


def _top(names):
    """The one folder in which everything of a plain download is, with a slash, or ""."""
    parts = [PurePosixPath(name).parts for name in names]
    tops = {part[0] for part in parts if len(part) > 1}
    if len(tops) != 1 or any(len(part) == 1 for part in parts):
        return ""
    inside = {part[1] for part in parts if len(part) == 2}
    folders = {part[1] for part in parts if len(part) > 2}
    if folders & set(checks.NAMES) or any(PurePosixPath(n).stem in checks.NAMES for n in inside):
        return ""  # it is a student's own
    return f"{tops.pop()}/" if folders or all(map(intake.is_notebook, inside)) else ""


def _student(found, people):
    """(whose a file is, "") by the roster, or by the LMS' own name and number; (None, why not)."""
    if found.file is None:
        return None, "can be read in two ways: whose is it?"
    if not found.number:
        return found.owner, ""
    person = people.get(found.number)
    if person is None:
        return f"{_plain(found.owner)}--{found.number}", ""
    last, comma, first = person.name.partition(",")
    if person.name and simple(found.owner) not in (simple(last + first), simple(first + last)):
        return (
            None,
            f"the roster calls {found.number} {person.name!r}: a group? another assignment's?",
        )
    return person.id, ""


def _most_told(files):
    """The assignment that most of the notebooks belong to, or None."""
    told = Counter(filter(None, map(_told_by, files)))
    return told.most_common(1)[0][0] if told else None


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
    if found := CANVAS.match(base):
        late, file = bool(found["late"]), _again(found["file"])
        # Digits may end a name, or begin a file's: then nobody can tell which number is whose.
        file = None if re.match(r"\d+_", file) else file
        return Found(name, found["name"] or "student", found["number"], file, late)
    if found := CANVAS_ANONYMOUS.match(base):
        return Found(name, found["name"], "", _again(found["file"]), bool(found["late"]))
    return None


def _again(file):
    return CANVAS_COPY.sub("", file)


def _moodle(name):
    found = MOODLE.search(name)
    return found and Found(
        name, found["name"], found["number"], PurePosixPath(found["path"]).name or "file"
    )


def _plain_layout(name):
    """`<student>.ipynb`, `<student>/…/file`, or nbgrader's `<student>/<assignment>/file`."""
    parts = [part for part in PurePosixPath(name).parts if part not in ("/", "..", ".")]
    if not parts:
        return None
    if len(parts) == 1:
        return Found(name, PurePosixPath(parts[0]).stem, "", parts[0])
    told = parts[1] if len(parts) > 2 and parts[1] in checks.NAMES else ""
    return Found(name, parts[0], "", parts[-1], assignment=told)


PARSERS = {"canvas": _canvas, "moodle": _moodle, "plain": _plain_layout}


def _take(student, owners, grading, assignment, people, form):
    """Write one student's files: one folder for each assignment."""
    files = [found for group in owners.values() for found in group]
    sources = ", ".join(sorted(found.source for found in files))[:300]
    if len(owners) > 1:
        who = ", ".join(sorted(f"{owner} {digits}" for owner, digits in owners))
        return [_not_taken(sources, f"several have this id: {who}", student)]
    if not intake.is_student_id(student):
        return [_not_taken(sources, f"{ascii(student)} cannot be an id", student)]
    remarks, lost, belonging, room = [], [], {}, intake.MAX_BYTES
    person = people.get(files[0].number)
    if people and person is None:
        remarks.append("is not in the roster, and keeps the LMS' number")
    if person and person.trouble:
        remarks.append(person.trouble)
    for found in files:
        if form != "plain" and found.file == "timestamp.txt":
            lost.append(_not_taken(found.source, "when it was handed in, the LMS says", student))
            continue
        try:
            data = found.read()
        except Exception as error:  # zipfile raises what its decompressors do
            lost.append(_not_taken(found.source, str(error) or repr(error), student))
            continue
        told = found.assignment or _told_by(found, data)
        if assignment and told and form != "plain" and told != assignment:
            lost.append(
                _not_taken(found.source, f"belongs to {told}: name it with --assignment", student)
            )
            continue
        room -= len(data)
        if room < 0:
            lost.append(_not_taken(found.source, "is too much together with the others", student))
            continue
        belonging.setdefault(assignment or told, []).append((found, data))
    strangers = belonging.pop(None, [])
    if len(belonging) == 1:  # what lies beside the notebook
        next(iter(belonging.values())).extend(strangers)
        strangers = []
    remark = "nothing tells which assignment it is; name it with --assignment"
    lost += [_not_taken(found.source, remark, student) for found, _ in strangers]
    time = person.time if person else ""
    for name, pairs in belonging.items():
        try:
            lost.append(_put(student, name, pairs, grading, time, remarks))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                raise
            lost.append(_not_taken(sources, f"could not be written ({error})", student))
    return lost


def _told_by(found, data=None):
    """The assignment that a notebook belongs to by what is in it, or None."""
    if not intake.is_notebook(found.file):
        return None
    try:
        data = found.read() if data is None else data
        return submission.guess_assignment(read(data), checks.NAMES, found.file)
    except Exception:  # of what cannot be read, only its name can tell
        return next((name for name in checks.NAMES if name in found.file), None)


def _put(student, assignment, pairs, grading, time, remarks):
    """Write a folder beside its place, then move it there; what was there before is kept."""
    sources = ", ".join(found.source for found, _ in pairs)[:300]
    remarks = [*remarks, *(["late, says the LMS"] if any(f.late for f, _ in pairs) else [])]
    place = grading / "submitted" / student / assignment
    (grading / "submitted").mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".collect-", dir=grading / "submitted"))
    try:
        _write(new, assignment, pairs, time)
        new.chmod(0o755)
        what = "new"
        if os.path.lexists(place):
            if _same(new, place):
                return Collected(student, assignment, sources, "same as before", "; ".join(remarks))
            if not time and (place / "timestamp.txt").exists():
                remarks.append("when the new one was handed in is not known")
            old = _free(grading / "replaced" / student / assignment)
            old.parent.mkdir(parents=True, exist_ok=True)
            os.rename(place, old)
            what, remarks = "replaced", [*remarks, f"the earlier one is in {old}"]
        place.parent.mkdir(parents=True, exist_ok=True)
        os.rename(new, place)
        return Collected(student, assignment, sources, what, "; ".join(remarks))
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _write(folder, assignment, pairs, time):
    notebooks = [found for found, _ in pairs if intake.is_notebook(found.file)]
    for found, data in pairs:
        name = f"{assignment}.ipynb" if notebooks == [found] else _plain(found.file)
        if name != "timestamp.txt" or not time:
            _free(folder / name).write_bytes(data)
    if time:
        (folder / "timestamp.txt").write_text(time, encoding="utf-8")


def _plain(name):
    """A name as a file may have it."""
    kept = "".join(c if c.isprintable() and c not in '/\\<>:"|?*&' else "_" for c in name)
    stem, dot, suffix = kept.strip(". ").rpartition(".")
    suffix = dot + suffix if dot and len(suffix) <= 10 else ""
    stem = kept.strip(". ").removesuffix(suffix).encode()[:150].decode(errors="ignore")
    return f"{stem}{suffix}" or "file"  # a file's name has at most 255 bytes


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


@dataclass(frozen=True)
class Listed:
    """Somebody in a roster: the id to use, a name to compare, when it was handed in, if known."""

    id: str
    name: str
    time: str = ""
    trouble: str = ""


def _roster(rows, form):
    """{number: Listed} of a table that the LMS gave.

    Raises:
        ValueError: it has none of the columns that say so.
    """
    header = [name.lstrip("\ufeff") for name in rows[0]]
    number, name = {"canvas": ("ID", "Student"), "moodle": ("Identifier", "Full name")}.get(
        form, ("", "")
    )
    if not number:
        raise ValueError("a roster says which number is whose; plain folders have ids already")
    ids = ("SIS Login ID", "SIS User ID", "Username", "ID number", "Email address")
    columns = [header.index(column) for column in ids if column in header]
    if number not in header or not columns:
        raise ValueError(
            f"expected a roster with the column {number!r} and one of {', '.join(ids)}. "
            f"Received the columns: {', '.join(header)[:300]}"
        )
    people = {}
    for row in rows[1:]:
        cells = dict(zip(header, row))
        digits = cells.get(number, "").rpartition(" ")[2].strip()
        found = next((row[i].strip() for i in columns if i < len(row) and row[i].strip()), "")
        if digits and found:
            found = unicodedata.normalize("NFC", found).replace("/", "-")
            time, trouble = _time(cells.get(HANDED_IN, ""))
            people[digits] = Listed(found, cells.get(name, "").strip(), time, trouble)
    return people


def _time(text):
    """(a time as Moodle writes it in English, in this machine's zone, as nbgrader reads it; "" or
    what is wrong with it).
    """
    from dateutil import parser

    if text.strip() in ("", "-"):
        return "", ""
    try:
        if not MONTH.search(text) or not YEAR.search(text):
            raise ValueError("no month in English, or no year")
        time = parser.parse(text).astimezone(timezone.utc)
        return time.strftime("%Y-%m-%d %H:%M:%S UTC"), ""
    except (ValueError, OverflowError):
        return "", f"when it was handed in is not understood: {text.strip()[:60]!r}"

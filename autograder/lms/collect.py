"""What an LMS hands out as one download, put where submissions are looked for.

Names in an archive come from outside: they say whose work it is and how the file is called, and
never where anything is written. Nothing that was collected before is overwritten.
"""

import errno
import functools
import os
import shutil
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ..assignments import NAMES
from ..errors import UnknownName
from ..grading import recognised
from ..notebooks import read
from ..notebooks.choice import is_notebook
from ..notebooks.folder import MAX_BYTES, is_file, is_student_id
from . import plain
from .archive import is_junk, opened, read_entry
from .matching import is_name
from .roster import listed
from .systems import SYSTEMS

SOURCES = {system.FROM: system for system in SYSTEMS}


@dataclass(frozen=True)
class Collected:
    """What became of one student's files: `new`, `same as before`, `replaced`, or `not taken`."""

    student: str
    assignment: str
    source: str
    what: str
    remark: str = ""


def collect(source, form, course, assignment=None, roster=None):
    """Write what is in a download into the course; return [Collected].

    Args:
        source: a zip archive or a folder.
        form: a key of SOURCES; `plain` is a folder, or a file, named for each student.
        course: the `course.Course`.
        assignment: the `assignments.Assignment`; by default each notebook tells.
        roster: rows of a table of the LMS that says which id belongs to which number.

    Raises:
        UnreadableFile: it is neither, or the roster is not one of that system.
        UnknownName: there is no such form.
    """
    if form not in SOURCES:
        raise UnknownName(f"expected one of {', '.join(SOURCES)}. Received: {form!r}")
    system, name_of = SOURCES[form], assignment and assignment.name
    people = listed(roster, system) if roster else {}
    groups, collected = {}, []
    with opened(Path(source)) as entries:
        entries = [entry for entry in entries if not is_junk(entry[0])]
        top = plain.top_folder([name for name, *_ in entries]) if system is plain else ""
        for name, size, get in entries:
            file = system.parse(name.removeprefix(top))
            if file is None:
                collected.append(_not_taken(name, f"is not named as {form} names submissions"))
                continue
            file.source, file.read = name, functools.partial(read_entry, size, get)
            file.owner = unicodedata.normalize("NFC", file.owner)
            student, remark = _student(file, people)
            groups.setdefault(student, {}).setdefault((file.owner, file.number), []).append(file)
            if student is None:
                collected.append(_not_taken(name, remark, file.owner))
        groups.pop(None, None)
        if name_of is None and system is not plain:  # a download is of one assignment
            files = [f for owners in groups.values() for group in owners.values() for f in group]
            name_of = _most_told(files)
        for student, owners in groups.items():
            collected += _take(student, owners, course, name_of, people, system)
    return collected


def _student(file, people):
    """(whose a file is, "") by the roster, or by the LMS' own name and number; (None, why not)."""
    if file.file is None:
        return None, "can be read in two ways: whose is it?"
    if not file.number:
        return file.owner, ""
    person = people.get(file.number)
    if person is None:
        return f"{_plain(file.owner)}--{file.number}", ""
    if not is_name(file.owner, person.name):
        theirs = f"the roster calls {file.number} {person.name!r}"
        return None, f"{theirs}: a group? another assignment's?"
    return person.id, ""


def _most_told(files):
    """The assignment that most of the notebooks belong to, or None."""
    for file in files:
        file.assignment = _told_by(file) or ""  # read once, for good
    told = Counter(file.assignment for file in files if file.assignment)
    return told.most_common(1)[0][0] if told else None


def _take(student, owners, course, assignment, people, system):
    """Write one student's files: one folder for each assignment."""
    files = [file for group in owners.values() for file in group]
    sources = ", ".join(sorted(file.source for file in files))[:300]
    if len(owners) > 1:
        who = ", ".join(sorted(f"{owner} {digits}" for owner, digits in owners))
        return [_not_taken(sources, f"several have this id: {who}", student)]
    if not is_student_id(student):
        return [_not_taken(sources, f"{ascii(student)} cannot be an id", student)]
    person, remarks = people.get(files[0].number), []
    if people and person is None:
        remarks.append("is not in the roster, and keeps the LMS' number")
    if person and person.trouble:
        remarks.append(person.trouble)
    lost, belonging, room = [], {}, MAX_BYTES
    for file in files:
        data, told, why_not = _look_at(file, assignment, system)
        room -= len(data)
        if why_not or room < 0:
            why_not = why_not or "is too much together with the others"
            lost.append(_not_taken(file.source, why_not, student))
        else:
            belonging.setdefault(assignment or told, []).append((file, data))
    strangers = belonging.pop(None, [])
    if len(belonging) == 1:  # what lies beside the notebook
        next(iter(belonging.values())).extend(strangers)
        strangers = []
    remark = "nothing tells which assignment it is; name it with --assignment"
    lost += [_not_taken(file.source, remark, student) for file, _ in strangers]
    time = person.time if person else ""
    for name, pairs in belonging.items():
        try:
            lost.append(_put(student, name, pairs, course, time, remarks))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                raise
            lost.append(_not_taken(sources, f"could not be written ({error})", student))
    return lost


def _look_at(file, assignment, system):
    """(its bytes, the assignment that it belongs to or None, why it is not taken or "")."""
    if system is not plain and file.file == "timestamp.txt":
        return b"", None, "when it was handed in, the LMS says"
    try:
        data = file.read()
    except Exception as error:  # zipfile raises what its decompressors do
        return b"", None, str(error) or repr(error)
    told = file.assignment or _told_by(file, data)
    if assignment and told and system is not plain and told != assignment:
        return b"", told, f"belongs to {told}: name it with --assignment"
    return data, told, ""


def _told_by(file, data=None):
    """The assignment that a notebook belongs to by what is in it, or None."""
    if not is_notebook(file.file):
        return None
    try:
        data = file.read() if data is None else data
        assignment = recognised(read(data), file.file)
        return assignment and assignment.name
    except Exception:  # of what cannot be read, only its name can tell
        return next((name for name in NAMES if name in file.file), None)


def _put(student, assignment, pairs, course, time, remarks):
    """Write a folder beside its place, then move it there; what was there before is kept."""
    sources = ", ".join(file.source for file, _ in pairs)[:300]
    remarks = [*remarks, *(["late, says the LMS"] if any(f.late for f, _ in pairs) else [])]
    place = course.submission(assignment, student)
    course.submitted.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".collect-", dir=course.submitted))
    try:
        _write(new, assignment, pairs, time)
        new.chmod(0o755)
        what = "new"
        if os.path.lexists(place):
            if _same(new, place):
                return Collected(student, assignment, sources, "same as before", "; ".join(remarks))
            if not time and (place / "timestamp.txt").exists():
                remarks.append("when the new one was handed in is not known")
            old = _free(course.replaced(assignment, student))
            old.parent.mkdir(parents=True, exist_ok=True)
            os.rename(place, old)
            what, remarks = "replaced", [*remarks, f"the earlier one is in {old}"]
        place.parent.mkdir(parents=True, exist_ok=True)
        os.rename(new, place)
        return Collected(student, assignment, sources, what, "; ".join(remarks))
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _write(folder, assignment, pairs, time):
    notebooks = [file for file, _ in pairs if is_notebook(file.file)]
    for file, data in pairs:
        name = f"{assignment}.ipynb" if notebooks == [file] else _plain(file.file)
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
    theirs = {p.name: p.read_bytes() for p in old.iterdir() if is_file(p) and p.name in ours}
    return ours == theirs


def _not_taken(source, remark, student=""):
    return Collected(student, "", source[:300], "not taken", remark)

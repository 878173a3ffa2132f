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

from .. import assignments
from ..notebooks import repair
from ..notebooks.folder import MAX_BYTES, is_file, is_notebook, is_student_id
from ..notebooks.reader import read
from .archive import PARSERS, is_junk, opened, read_entry, top_folder
from .matching import is_name
from .roster import listed


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
        assignments.load(assignment)
    people = listed(roster, form) if roster else {}
    groups, collected = {}, []
    with opened(Path(source)) as entries:
        entries = [entry for entry in entries if not is_junk(entry[0])]
        top = top_folder([name for name, *_ in entries]) if form == "plain" else ""
        for name, size, get in entries:
            found = PARSERS[form](name.removeprefix(top))
            if found is None:
                collected.append(_not_taken(name, f"is not named as {form} names submissions"))
                continue
            found.source, found.read = name, functools.partial(read_entry, size, get)
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


def _student(found, people):
    """(whose a file is, "") by the roster, or by the LMS' own name and number; (None, why not)."""
    if found.file is None:
        return None, "can be read in two ways: whose is it?"
    if not found.number:
        return found.owner, ""
    person = people.get(found.number)
    if person is None:
        return f"{_plain(found.owner)}--{found.number}", ""
    if not is_name(found.owner, person.name):
        theirs = f"the roster calls {found.number} {person.name!r}"
        return None, f"{theirs}: a group? another assignment's?"
    return person.id, ""


def _most_told(files):
    """The assignment that most of the notebooks belong to, or None."""
    for found in files:
        found.assignment = _told_by(found) or ""  # read once, for good
    told = Counter(found.assignment for found in files if found.assignment)
    return told.most_common(1)[0][0] if told else None


def _take(student, owners, grading, assignment, people, form):
    """Write one student's files: one folder for each assignment."""
    files = [found for group in owners.values() for found in group]
    sources = ", ".join(sorted(found.source for found in files))[:300]
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
    for found in files:
        data, told, why_not = _look_at(found, assignment, form)
        room -= len(data)
        if why_not or room < 0:
            why_not = why_not or "is too much together with the others"
            lost.append(_not_taken(found.source, why_not, student))
        else:
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


def _look_at(found, assignment, form):
    """(its bytes, the assignment that it belongs to or None, why it is not taken or "")."""
    if form != "plain" and found.file == "timestamp.txt":
        return b"", None, "when it was handed in, the LMS says"
    try:
        data = found.read()
    except Exception as error:  # zipfile raises what its decompressors do
        return b"", None, str(error) or repr(error)
    told = found.assignment or _told_by(found, data)
    if assignment and told and form != "plain" and told != assignment:
        return b"", told, f"belongs to {told}: name it with --assignment"
    return data, told, ""


def _told_by(found, data=None):
    """The assignment that a notebook belongs to by what is in it, or None."""
    if not is_notebook(found.file):
        return None
    try:
        data = found.read() if data is None else data
        return repair.guess_assignment(read(data), assignments.NAMES, found.file)
    except Exception:  # of what cannot be read, only its name can tell
        return next((name for name in assignments.NAMES if name in found.file), None)


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
    notebooks = [found for found, _ in pairs if is_notebook(found.file)]
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
    theirs = {p.name: p.read_bytes() for p in old.iterdir() if is_file(p) and p.name in ours}
    return ours == theirs


def _not_taken(source, remark, student=""):
    return Collected(student, "", source[:300], "not taken", remark)

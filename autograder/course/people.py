"""Who is in the course: what rosters said, and what was collected from whom, all term.

`grading/roster.csv` has everybody whom a roster named, `grading/reports/collected.csv` every file
that was collected, or not taken and why. Both only grow.
"""

import csv
import functools
import io
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from ..errors import NothingToDo, UnreadableFile
from .course import Course
from .ids import is_name, plain_id
from .results import Entry, load_class, save_class
from .storage import exclusively, write_json, write_text


@dataclass(frozen=True)
class Listed:
    """Somebody whom a roster of an LMS names.

    Attributes:
        id: the student's id here.
        number: the LMS' own for them; Moodle has another one for each assignment.
    """

    id: str
    name: str = ""
    email: str = ""
    system: str = ""
    number: str = ""


@dataclass(frozen=True)
class Collected:
    """What became of one student's files: `new`, `same as before`, `replaced`, or `not taken`; or
    that they were `kept`, although their group does not name the student any more.

    Attributes:
        system: of which LMS, and `number`: what it calls the student.
        late: "late" where the LMS says so.
        when: it was collected, in UTC.
        digest: of the files and the time, as they were collected.
        unread: what the LMS gives as the time of handing in, where that cannot be read.
    """

    student: str
    assignment: str
    what: str
    source: str
    remark: str = ""
    system: str = ""
    number: str = ""
    late: str = ""
    when: str = ""
    unread: str = ""
    digest: str = ""


SYSTEMS = ("canvas", "moodle")  # that give numbers
TAKEN = ("new", "replaced", "same as before")  # what becomes of files that are taken
APART = " | "  # between the names of several files
Row = TypeVar("Row", Listed, Collected)


def roster(course: Course) -> list[Listed]:
    """Everybody whom a roster named so far."""
    return _read(course.roster, Listed)


def add_to_roster(course: Course, people: Iterable[Listed]) -> None:
    """Remember whom a roster names; what it says of a number counts from now on."""
    if people := list(people):
        people = [replace(person, id=plain_id(person.id)) for person in people]
        known = {(p.system, p.number or p.id): p for p in [*roster(course), *people]}
        _write(course.roster, known.values(), Listed)


def collected(course: Course) -> list[Collected]:
    """Everything that was collected so far, in that order."""
    return _read(course.collected, Collected)


def add_collected(course: Course, rows: Iterable[Collected]) -> Path:
    """Remember what was collected."""
    return _write(course.collected, [*collected(course), *rows], Collected)


def taken(course: Course, assignment: str) -> dict[str, Collected]:
    """{student: the last row of the work on an assignment that was taken}."""
    rows = [row for row in collected(course) if row.assignment == assignment]
    return {row.student: row for row in rows if row.what in TAKEN}


def ids_by_number(course: Course, system: str) -> dict[str, str]:
    """{number of an LMS: id that its work has here}, of what was collected."""
    rows = [row for row in collected(course) if row.system == system and row.student]
    known = {row.number: row.student for row in rows if row.number and row.what in TAKEN}
    return {n: who for n, who in known.items() if (course.submitted / who).is_dir()}


def is_graded(course: Course, student: str) -> bool:
    """Is there a result of a student's?"""
    return any((course.grading / "results").glob(f"*/{_pattern(student)}.json"))


def require(course: Course, student: str) -> None:
    """See to it that there is something of a student's.

    Raises:
        NothingToDo: there is not.
    """
    if not is_name(student) or not any((f / student).is_dir() for f in _folders(course)):
        if not is_name(student) or not is_graded(course, student):
            raise NothingToDo(f"expected a student with work here. Received: {student!r}")


def require_apart(course: Course, old: str, new: str) -> None:
    """See to it that a student's files can be given to another id.

    Raises:
        NothingToDo: there are none, or both have work on one assignment.
    """
    require(course, old)
    folders = [folder for folder in _folders(course) if (folder / old).is_dir()]
    both = {p.name for f in folders for p in (f / old).iterdir() if (f / new / p.name).exists()}
    graded = (course.grading / "results").glob(f"*/{_pattern(old)}.json")
    both |= {path.parent.name for path in graded if path.with_name(f"{new}.json").exists()}
    if both:
        raise NothingToDo(
            f"{old!r} and {new!r} both have work on {', '.join(sorted(both))}. Expected one of "
            "them: drop the other (`student drop`), or move its folder away first"
        )


@contextmanager
def at_rest(course: Course) -> Iterator[None]:
    """See to it that meanwhile nothing of the course is graded.

    Raises:
        Busy: something is.
    """
    with ExitStack() as locks:
        for folder in (course.grading / "results").glob("*/"):
            locks.enter_context(exclusively(folder))
        yield


def rename(course: Course, old: str, new: str) -> None:
    """Give everything of a student's that is a file to another id.

    Raises:
        NothingToDo: there is nothing of the one, or both have work on one assignment.
    """
    require_apart(course, old, new)
    folders = [folder for folder in _folders(course) if (folder / old).is_dir()]
    results = list((course.grading / "results").glob(f"*/{_pattern(old)}.json"))
    for folder in folders:
        (folder / new).mkdir(parents=True, exist_ok=True)
        for path in list((folder / old).iterdir()):
            shutil.move(path, folder / new / path.name)
        (folder / old).rmdir()
    for path in results:
        if entry := Entry.load(path):
            replace(entry, student=new).save(path.with_name(f"{new}.json"))
        path.unlink()
    _in_class_files(course, old, new)
    _write(course.collected, [_renamed(row, old, new) for row in collected(course)], Collected)


def drop(course: Course, student: str, marks: list[dict[str, Any]]) -> Path:
    """Move everything of a student's that is a file to `grading/dropped/`; return where.

    Args:
        marks: that the gradebook has, which are kept there as well.

    Raises:
        NothingToDo: there is nothing.
    """
    if not is_name(student) or not marks and student not in names(course):
        require(course, student)
    place, number = course.grading / "dropped" / student, 1
    while place.exists():
        number += 1
        place = course.grading / "dropped" / f"{student} ({number})"
    folders = [folder for folder in _folders(course) if (folder / student).is_dir()]
    results = list((course.grading / "results").glob(f"*/{_pattern(student)}.json"))
    for folder in folders:
        (place / folder.name).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / student, place / folder.name)
    for path in results:
        (place / "results").mkdir(parents=True, exist_ok=True)
        shutil.move(path, place / "results" / f"{path.parent.name}.json")
    write_json(place / "marks.json", marks)
    _in_class_files(course, student, None)
    _write(course.roster, [one for one in roster(course) if one.id != student], Listed)
    return place


def was_dropped(course: Course, student: str) -> bool:
    """Was somebody of this id dropped?"""
    return (course.grading / "dropped" / student).is_dir()


def _folders(course: Course) -> list[Path]:
    """The folders that have one for each student."""
    names = ("submitted", "autograded", "feedback", "replaced", "set_aside")
    return [course.grading / name for name in names]


def _in_class_files(course: Course, old: str, new: str | None) -> None:
    """Rename somebody in the class files, or leave them out."""
    for path in course.reports.glob("*.json"):
        try:
            entries = load_class(path)
        except Exception:  # another file of somebody's
            continue
        if old in entries:
            entry = entries.pop(old)
            if new:
                entries[new] = replace(entry, student=new)
            name = path.name.removesuffix(".json").removesuffix(".previous")
            save_class(path, name, dict(sorted(entries.items())))


def _renamed(row: Collected, old: str, new: str) -> Collected:
    return replace(row, student=new) if row.student == old else row


def _pattern(student: str) -> str:
    """A student's id, none of whose characters a pattern takes for its own."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in student)


def _read(path: Path, kind: type[Row]) -> list[Row]:
    """The rows of a table of ours; columns that it does not have yet are empty."""
    if not path.exists():
        return []
    about = path.stat()  # one command asks for a term's rows a dozen times
    version = (about.st_ino, about.st_mtime_ns, about.st_size)
    return list(_parsed(path, kind, version))  # type: ignore[arg-type]  # a class can be hashed


@functools.lru_cache(8)
def _parsed(path: Path, kind: type[Any], version: tuple[int, ...]) -> tuple[Any, ...]:
    """The rows of a version of a table."""
    text = path.read_text(encoding="utf-8-sig")
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    names = [field.name for field in fields(kind)]
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    if names[0] not in (rows.fieldnames or ()):
        raise UnreadableFile(
            f"expected the table that was written here, with the columns {', '.join(names)}. "
            f"Received {path} with: {first[:200]}"
        )
    return tuple(kind(**{name: _plain(row.get(name)) for name in names}) for row in rows)


def _write(path: Path, rows: Iterable[Row], kind: type[Row]) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(kind)], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: harmless(_shown(v)) for name, v in asdict(row).items()} for row in rows)
    path = write_text(path, "\ufeff" + text.getvalue())  # a spreadsheet takes it for UTF-8 so
    path.chmod(0o600)  # who did what is nobody else's business
    _parsed.cache_clear()  # two versions of one moment may look alike
    return path


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _shown(text: str) -> str:
    """A text that can be written and shown in one line, whatever a download's names say."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _plain(text: str | None) -> str:
    """A text as it was before it was made harmless."""
    text = text or ""
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def names(course: Course) -> dict[str, Listed]:
    """{id that the work has here: somebody whom a roster named}. A roster's id that is another
    number's here is told apart by the number.
    """
    numbers = {system: ids_by_number(course, system) for system in SYSTEMS}
    found = [(numbers.get(p.system, {}).get(p.number), p) for p in roster(course)]
    known = {here: replace(person, id=here) for here, person in found if here}
    for here, person in found:
        if not here:
            other = known.get(person.id, person)
            is_same = other.system != person.system or other.number == person.number
            is_taken = not is_same and person.system != "moodle"  # which numbers people anew
            own = f"{person.id} ({person.number})" if is_taken else person.id
            known.setdefault(own, replace(person, id=own))
    return known

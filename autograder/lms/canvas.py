"""Canvas: its download of submissions, and a CSV file for Grades, Import.

The header is checked by position (`lib/gradebook_importer.rb`), a thousands separator is read as a
decimal point, and an empty cell removes the mark that is there: who has no mark has no row.
"""

import re
from pathlib import PurePosixPath

from ..course.people import harmless
from ..errors import UnreadableFile
from ..feedback import points
from .archive import FoundFile
from .matching import (
    Person,
    decimal,
    match,
    number,
    number_in,
    scaling,
    simple,
    unheard,
    with_marks,
)

FROM = TO = "canvas"
ROSTER = ("ID", "Student")  # number and name in the file that Canvas exports
TEST_STUDENT = "Student, Test"  # nobody, and in every table
HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]

# `content_zipper.rb`: name, LATE, the user's number, the file's number, the file's name.
SUBMISSION = re.compile(
    r"(?P<name>.*?)(?:_(?P<late>LATE))?_(?P<number>\d+)_(?P<upload>\d+)_(?P<file>[^/]+)$"
)
ANONYMOUS = re.compile(r"(?:(?P<late>LATE)_)?(?P<name>anon_\w{5})_\d+_(?P<file>[^/]+)$")
# What was typed into a field, and not handed in as a file.
TYPED = re.compile(
    r"(?P<name>.*?)(?:_(?P<late>LATE))?_(?P<number>\d+)_(?P<kind>text|link)\.html?$|"
    r"(?:(?P<anonymous_late>LATE)_)?(?P<anonymous>anon_\w{5})_(?P<anonymous_kind>text|link)\.html?$"
)
ROUNDED = re.compile(r"\d[.,]?\d*E\+?\d+$", re.IGNORECASE)
HIDDEN = re.compile(r"anon_\w{5}$")
COPY = re.compile(r"-\d+(?=\.(?:ipynb|py)$)")  # how Canvas names what is handed in again


def parse(name):
    """The FoundFile that an entry of Canvas' download is by its name, or None."""
    base = PurePosixPath(name).name
    if match := TYPED.match(base):
        who = match["name"] or match["anonymous"] or "student"
        late = bool(match["late"] or match["anonymous_late"])
        typed = f"a {match['kind'] or match['anonymous_kind']}"
        return FoundFile(name, who, match["number"] or "", base, late, typed=typed)
    if readings := _readings(name, base):
        readings[0].others = tuple(readings[1:])
        return readings[0]
    if match := ANONYMOUS.match(base):
        return FoundFile(name, match["name"], "", _again(match["file"]), bool(match["late"]))
    return None


def _readings(name, base):
    """The FoundFiles that a name can be: digits may end a person's name, or begin a file's."""
    readings, start = [], 0
    while match := SUBMISSION.match(base, start):
        who = (base[:start] + match["name"]) or "student"
        late, file = bool(match["late"]), _again(match["file"])
        found = FoundFile(name, who, match["number"], file, late, upload=int(match["upload"]))
        readings.append(found)
        if not re.match(r"\d+_", match["file"]):
            break
        start = match.end("number")
    return readings


def _again(file):
    return COPY.sub("", file)


def table(standings, assignment, roster=None, column=None, scale=False):
    """(rows, [(student, why left out)], remarks)."""
    if roster is None:
        taken, left_out = with_marks(standings)
        alone, twice = _alone(taken)
        return [*_own(alone, assignment, column)], left_out + twice, []
    header = roster[0] if roster else []
    if len(header) < 4 or "Student" not in header[0] or "ID" not in header[1]:
        raise UnreadableFile(
            "expected a file that Canvas exported (Grades, Export), whose columns begin with "
            f"Student, ID. Received the columns: {', '.join(header)[:300]}"
        )
    if rounded := [row[1] for row in roster[1:] if len(row) > 1 and ROUNDED.match(row[1])]:
        raise UnreadableFile(
            "expected Canvas' ids. Received numbers that a spreadsheet has rounded "
            f"({rounded[0]}): export it again, and do not save it from there"
        )
    if "Section" not in header:
        raise UnreadableFile("expected a file that Canvas exported, with a column 'Section'")
    end = header.index("Section") + 1
    name = _column(header[end:], column or assignment)
    people = [row for row in roster[1:] if _is_person(row)]
    persons = [Person(row[1].strip(), tuple(row[2 : end - 1]), row[0]) for row in people]
    marks, left_out = match(standings, persons, FROM)
    factor, remarks = scaling(standings, _maximum(roster, header, name), f"column {name!r}", scale)
    rows = [[*header[:end], name]]
    for index, row in enumerate(people):
        mark = marks.get(index)
        if mark is not None and mark.score is not None:
            rows.append([*row[:end], points(mark.score * factor)])
    return rows, left_out + unheard(marks, persons), remarks


def _maximum(roster, header, name):
    """The points of a column, as Canvas wrote them above the students, as a set of one or none."""
    if name not in header:
        return set()
    place = header.index(name)
    rows = [row for row in roster[1:] if row and "Points Possible" in row[0] and len(row) > place]
    found = [decimal(row[place]) for row in rows]
    return {most for most in found if most is not None}


def _alone(marks):
    """(those whom Canvas can know by a number or login that nobody else has, [(student, why)] of
    the others).
    """
    hidden = [mark for mark in marks if HIDDEN.match(mark.student)]
    lost = [(mark.student, "is anonymous in Canvas' download: whose is it?") for mark in hidden]
    strange = [m for m in marks if number(m.student) and not number_in(FROM, m)]
    lost += [(mark.student, "has no number of Canvas: export with --roster") for mark in strange]
    marks = [mark for mark in marks if mark not in hidden + strange]
    numbers = [number_in(FROM, mark) or mark.student for mark in marks]
    twice = [m for m, digits in zip(marks, numbers) if numbers.count(digits) > 1]
    why = "another student here has the same number in Canvas"
    return [m for m in marks if m not in twice], lost + [(m.student, why) for m in twice]


def _own(marks, assignment, column):
    """Without a file from Canvas: its numbers where `collect` found them, else the login."""
    yield [*HEADER, column or assignment]
    if marks:
        yield ["    Points Possible", "", "", "", "", points(marks[0].max_score)]
    for mark in marks:
        names = [name for name in (mark.last_name, mark.first_name) if name]
        shown = ", ".join(names) or mark.student
        digits = number_in(FROM, mark)
        login = "" if digits else harmless(mark.student)
        yield [harmless(shown), digits, "", login, "", points(mark.score)]


def _is_person(row):
    is_none = len(row) < 2 or "Points Possible" in row[0] or row[0].strip() == TEST_STUDENT
    return bool(not is_none and row[1].strip())


def _column(names, wanted):
    """The assignment's column as Canvas has it, `Title (12345)`; a new one if it has none."""
    same = [name for name in names if name == wanted or simple(_title(name)) == simple(wanted)]
    if len(same) > 1:
        raise UnreadableFile(f"expected one column {wanted!r}. Received several: {', '.join(same)}")
    return same[0] if same else wanted


def _title(name):
    title, bracket, rest = name.rpartition(" (")
    return title if bracket and rest.rstrip(")").isdigit() else name

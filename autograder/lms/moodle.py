"""Moodle: its download of submissions, and its offline grading worksheet, filled in.

Moodle reads (`mod/assign/feedback/offline/importgradeslib.php`) the columns Identifier, Grade and
Last modified (grade), makes 0 of any word in Grade, and empties feedback comments where the cell is
empty: who has no mark has no row, and all other cells stay as Moodle wrote them.
"""

import re
from pathlib import PurePosixPath

from ..course.people import harmless
from ..errors import OtherMaximum
from ..feedback import points
from .archive import FoundFile
from .matching import Person, decimal, match, number_in, position, scaling, unheard, with_marks

FROM = TO = "moodle"
IDENTIFIER, GRADE, MODIFIED = "Identifier", "Grade", "Last modified (grade)"
OWN = [IDENTIFIER, "Full name", GRADE, "Maximum Grade", MODIFIED]
IDS = ("Email address", "Username", "ID number")
NAME, SCALE = "Full name", "Scale"
ROSTER = (IDENTIFIER, NAME)  # number and name in the worksheet
UNCHECKED = (
    "rows go by the numbers in the download's names alone, which nobody has checked. Where that "
    "was group work, they are the groups': export with Moodle's worksheet, --roster"
)
FILE = "Moodle's offline grading worksheet (in English)"

# `mod/assign/classes/downloader.php`: with a folder for each participant, or without.
SUBMISSION = re.compile(
    r"(?:^|/)(?P<name>[^_/]+)_(?P<number>\d+)_assignsubmission_file_?[/_](?P<path>.+)$", re.DOTALL
)


TYPED = re.compile(r"(?:^|/)(?P<name>[^_/]+)_(?P<number>\d+)_assignsubmission_onlinetext")
# A group that has no number: then all of the download is group work.
OF_GROUP = re.compile(
    r"(?:^|/)(?P<name>[^_/]+)_assignsubmission_(?:file|onlinetext)_?[/_](?P<path>.+)$"
)


def parse(name):
    """The FoundFile that an entry of Moodle's download is by its name, or None."""
    if match := TYPED.search(name):
        return FoundFile(name, match["name"], match["number"], "online text", typed="a text")
    if match := SUBMISSION.search(name) or OF_GROUP.search(name):
        number = match["number"] if match.re is SUBMISSION else ""
        return FoundFile(name, match["name"], number, PurePosixPath(match["path"]).name or "file")
    return None


def is_group_work(names):
    """Is a download of group work, as far as its names tell?"""
    return any(not SUBMISSION.search(name) and OF_GROUP.search(name) for name in names)


def table(standings, assignment, roster=None, column=None, scale=False):
    """(rows, [(student, why left out)], remarks)."""
    if roster is None:
        taken, left_out = with_marks(standings)
        known = [mark for mark in taken if number_in(FROM, mark)]
        unknown = "has no participant number: export with Moodle's worksheet, --roster"
        left_out += [(mark.student, unknown) for mark in taken if mark not in known]
        return [OWN, *map(_row, known)], left_out, [UNCHECKED] if known else []
    header = [name.lstrip("\ufeff") for name in roster[0]] if roster else []
    if SCALE in header:
        raise OtherMaximum(
            f"marks here are points. Received {FILE} with a column {SCALE!r}: the assignment is "
            "graded by a scale there. Give it points"
        )
    who, grade = position(header, IDENTIFIER, FILE), position(header, column or GRADE, FILE)
    position(header, MODIFIED, FILE)
    people = [row for row in roster[1:] if len(row) == len(header)]
    columns = [header.index(name) for name in IDS if name in header]
    named = header.index(NAME) if NAME in header else None
    persons = [
        Person(
            row[who].rpartition(" ")[2],
            tuple(row[i].replace("/", "-") for i in columns),  # as `collect` writes them
            "" if named is None else row[named],
        )
        for row in people
    ]
    marks, left_out = match(standings, persons, FROM)
    maxima = {_maximum(header, people[i]) for i, mark in marks.items() if mark.score is not None}
    factor, remarks = scaling(standings, maxima - {None}, "a maximum grade", scale)
    rows = [header]
    for index, row in enumerate(people):
        mark, most = marks.get(index), _maximum(header, row)
        if mark is None or mark.score is None:
            continue
        score = round(mark.score * factor, 2)
        if most is not None and score > most:
            why = f"has {points(score)} points; Moodle takes at most {most:g}"
            left_out.append((mark.student, why))
            continue
        rows.append([*row[:grade], points(score), *row[grade + 1 :]])
    return rows, left_out + unheard(marks, persons), remarks


def _row(mark):
    name = f"{mark.first_name} {mark.last_name}".strip() or mark.student
    participant = f"Participant {number_in(FROM, mark)}"
    return [participant, harmless(name), points(mark.score), points(mark.max_score), "-"]


def _maximum(header, row):
    """What Moodle takes at most: what is more, it passes over in silence."""
    place = next((i for i, name in enumerate(header) if name.casefold() == "maximum grade"), None)
    return None if place is None else decimal(row[place])

"""Moodle: its download of submissions, and its offline grading worksheet, filled in.

Moodle reads (`mod/assign/feedback/offline/importgradeslib.php`) the columns Identifier, Grade and
Last modified (grade), makes 0 of any word in Grade, and empties feedback comments where the cell is
empty: who has no mark has no row, and all other cells stay as Moodle wrote them.
"""

import re
from pathlib import PurePosixPath

from ..feedback import points
from .archive import FoundFile
from .matching import Person, match, number, position, with_marks

FROM = TO = "moodle"
IDENTIFIER, GRADE, MODIFIED = "Identifier", "Grade", "Last modified (grade)"
OWN = [IDENTIFIER, "Full name", GRADE, "Maximum Grade", MODIFIED]
IDS = ("Email address", "Username", "ID number")
NAME = "Full name"
ROSTER = (IDENTIFIER, NAME)  # number and name in the worksheet
FILE = "Moodle's offline grading worksheet (in English)"

# `mod/assign/classes/downloader.php`: with a folder for each participant, or without.
SUBMISSION = re.compile(
    r"(?:^|/)(?P<name>[^_/]+)_(?P<number>\d+)_assignsubmission_file_?[/_](?P<path>.+)$", re.DOTALL
)


def parse(name):
    """The FoundFile that an entry of Moodle's download is by its name, or None."""
    match = SUBMISSION.search(name)
    return match and FoundFile(
        name, match["name"], match["number"], PurePosixPath(match["path"]).name or "file"
    )


def table(standings, assignment, roster=None, column=None):
    """(rows, [(student, why left out)])."""
    taken, left_out = with_marks(standings)
    if roster is None:
        known = [mark for mark in taken if number(mark.student)]
        unknown = "has no participant number: export with Moodle's worksheet, --roster"
        left_out += [(mark.student, unknown) for mark in taken if not number(mark.student)]
        return [OWN, *map(_row, known)], left_out
    header = [name.lstrip("\ufeff") for name in roster[0]] if roster else []
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
    marks, lost = match(taken, persons)
    rows = [header]
    for index, row in enumerate(people):
        if index not in marks:
            continue
        mark, most = marks[index], _maximum(header, row)
        if most is not None and mark.score > most:
            lost.append((mark.student, f"has {mark.score} points; Moodle takes at most {most:g}"))
            continue
        rows.append([*row[:grade], points(mark.score), *row[grade + 1 :]])
    return rows, left_out + lost


def _row(mark):
    name = f"{mark.first_name} {mark.last_name}".strip() or mark.student
    participant = f"Participant {number(mark.student)}"
    return [participant, name, points(mark.score), points(mark.max_score), "-"]


def _maximum(header, row):
    """What Moodle takes at most: what is more, it passes over in silence."""
    try:
        return float(row[header.index("Maximum Grade")].replace(",", "."))
    except ValueError:
        return None

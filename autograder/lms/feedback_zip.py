"""Feedback pages packed as the LMS takes them back, each under the name that it knows its student's
work by.

Moodle: *Upload multiple feedback files in a zip*, which reads `name_number_plugin_kind_/file`
(`mod/assign/feedback/file/importziplib.php`). Canvas: *Upload Submissions*, which reads the numbers
of the user and of the file that was handed in (`app/models/assignment.rb`).
"""

import re
import zipfile
from pathlib import PurePosixPath

from ..course import people
from ..course.storage import add_to_zip
from ..errors import NothingToDo
from . import canvas, moodle

CANVAS = re.compile(r"^(.*?(?:_LATE)?_\d+_\d+_|(?:LATE_)?anon_\w{5}_\d+_)")


def pack(assignment, course, system, path):
    """Write the archive; return [(student, why not)] of those whose page is not in it.

    Args:
        assignment: its name.
        system: `canvas` or `moodle`.
        path: of the archive.

    Raises:
        NothingToDo: there is no page that the LMS could take.
    """
    pages = sorted(course.feedback.glob(f"*/{assignment}/{assignment}.html"))
    if not pages:
        raise NothingToDo(f"expected feedback pages of {assignment}. Received none: grade first")
    taken = {
        row.student: row
        for row in people.collected(course)
        if row.system == system and row.assignment == assignment and row.what != "not taken"
    }
    listed = people.names(course)
    names, left_out = {}, []
    for page in pages:
        student = page.parents[1].name
        row = taken.get(student)
        name = row and _name(row, listed.get(student), system, assignment)
        if not name:
            left_out.append((student, f"was not collected from {system}: whose is it there?"))
        elif name in names:
            left_out.append((student, f"has the page of {names[name][0]}, with whom it was made"))
        else:
            names[name] = (student, page)
    if not names:
        raise NothingToDo(
            f"expected work on {assignment} that was collected from {system}, whose names for it "
            "the archive needs. Received none"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (_, page) in sorted(names.items()):
            add_to_zip(archive, name, page.read_bytes())
    path.chmod(0o600)  # marks are nobody else's business
    return left_out


def _name(row, person, system, assignment):
    """What the LMS calls a page, or None."""
    source = row.source.partition(", ")[0]
    if system == canvas.FROM:
        known = CANVAS.match(PurePosixPath(source).name)
        return known and f"{known[1]}{assignment}.html"
    known = moodle.SUBMISSION.search(source)
    who, number = (known["name"], known["number"]) if known else ("", "")
    if "as a member of" in row.remark:  # the number is the group's
        who, number = (person.name, person.number) if person else ("", "")
    who = re.sub(r"[_/]", " ", who)
    return number and f"{who}_{number}_assignfeedback_file_/{assignment}.html"

"""Feedback pages packed as the LMS takes them back, each under the name that it knows its student's
work by.

Moodle: *Upload multiple feedback files in a zip*, which reads `name_number_assignfeedback_file_…`
(`mod/assign/feedback/file/importziplib.php`). Its versions differ on whether a number is a group's
or a participant's: group work is left out. Canvas: *Upload Submissions*, which reads the numbers of
the user and of the file that was handed in (`generate_comments_from_files` in
`app/models/abstract_assignment.rb`), and shows the page under that file's name.
"""

import re
import zipfile
from pathlib import PurePosixPath
from types import MappingProxyType

from ..course import attendance, people
from ..course.storage import add_to_zip
from ..errors import NothingToDo
from . import canvas, moodle
from .owners import MEMBER

GROUP = MEMBER.partition("{")[0]
OF_GROUP = "was made in a group: give the pages to its members yourself"
CANVAS = re.compile(r"^(.*?(?:_LATE)?_\d+_\d+_|(?:LATE_)?anon_\w{5}_\d+_)")


def pack(assignment, course, system, path, old=MappingProxyType({})):
    """Write the archive; return [(student, why not)] of those whose page is not in it.

    Args:
        assignment: its name.
        system: `canvas` or `moodle`.
        path: of the archive.
        old: {student: why} of those whose page is not on what they handed in last.

    Raises:
        NothingToDo: there is no page that the LMS could take.
    """
    pages = sorted(course.feedback.glob(f"*/{assignment}/{assignment}.html"))
    if not pages:
        raise NothingToDo(f"expected feedback pages of {assignment}. Received none: grade first")
    rows = people.taken(course, assignment).items()
    taken = {student: row for student, row in rows if row.system == system}
    names, left_out = {}, []
    for page in pages:
        student = page.parents[1].name
        row = taken.get(student)
        name = row and _name(row, system, assignment)
        if student in old:
            left_out.append((student, old[student]))
        elif name:
            names.setdefault(name, []).append((student, page.read_bytes()))
        elif row and GROUP in row.remark:
            left_out.append((student, OF_GROUP))
        elif row:
            left_out.append((student, f"handed in no file that {system} gives a page for"))
        else:
            left_out.append((student, f"was not collected from {system}: whose is it there?"))
    for name, found in list(names.items()):  # of a group, which Canvas gives one page
        if len({page for _, page in found}) > 1:
            left_out += [(student, f"{OF_GROUP}, they differ") for student, _ in names.pop(name)]
        else:
            left_out += [
                (who, f"has the page of {found[0][0]}, their group's") for who, _ in found[1:]
            ]
    with_page = {page.parents[1].name for page in pages}
    numbers = {row.number for student, row in taken.items() if student in with_page} - {""}
    left_out += [
        (row.student or row.source, f"has no page: {row.remark}")
        for row in attendance.refused(course, assignment)
        if row.student not in with_page and row.number not in numbers
    ]
    if not names and left_out:
        told = "; ".join(f"{who} {reason}" for who, reason in left_out)
        raise NothingToDo(f"expected a page that {system} can take. Received none: {told[:1000]}")
    if not names:
        raise NothingToDo(
            f"expected work on {assignment} that was collected from {system}, whose names for it "
            "the archive needs. Received none"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, found in sorted(names.items()):
            add_to_zip(archive, name, found[0][1])
    path.chmod(0o600)  # marks are nobody else's business
    return left_out


def _name(row, system, assignment):
    """What the LMS calls a page, or None."""
    source = row.source.partition(people.APART)[0]
    if system == canvas.FROM:
        known = CANVAS.match(PurePosixPath(source).name)
        return known and f"{known[1]}{assignment}.html"
    known = moodle.SUBMISSION.search(source)
    if known is None or GROUP in row.remark:
        return None
    return f"{known['name']}_{known['number']}_assignfeedback_file_{assignment}.html"

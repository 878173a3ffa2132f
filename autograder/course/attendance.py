"""Whose work on an assignment is not here, or not all of it: sentences for staff.

They come from what the rosters and the downloads of the term said, as `people` remembers it.
"""

from . import people
from .course import Course
from .notes import some
from .people import Collected


def absent(course: Course, assignment: str) -> list[str]:
    """A sentence on those whom a roster names and of whom there is no work, or none."""
    missing = [who for who in people.names(course) if not _is_here(course, assignment, who)]
    why = {row.student: row.remark for row in refused(course, assignment)}
    told = [f"{who} ({why[who]})" if why.get(who) else who for who in sorted(missing)]
    return [f"on the roster, without work here ({len(told)}): {some(told, '; ')}"] if told else []


def strangers(course: Course, assignment: str) -> list[str]:
    """A sentence on those whose work is here and whom no roster names, where there is one."""
    listed = people.names(course)
    there = course.submitted.glob(f"*/{assignment}") if listed else ()
    found = sorted({path.parent.name for path in there} - listed.keys())
    return [f"here, and on no roster ({len(found)}): {some(found, '; ')}"] if found else []


def passed_over(course: Course, assignment: str) -> list[str]:
    """Sentences on what was collected and not taken, beside the work that is here: files of those
    who have other work, and files of which nobody knows whose they are.
    """
    rows, listed = refused(course, assignment), people.names(course)
    last = {row.student: row for row in people.collected(course) if row.assignment == assignment}
    kept = [row for row in last.values() if row.what == "kept"]
    beside = [row for row in rows if row.student and _is_here(course, assignment, row.student)]
    nobodys = [row for row in rows if row not in beside and row.student not in listed]
    return [
        f"{what} ({len(found)}): {some([_told(row) for row in found], '; ')}"
        for what, found in (
            ("not taken, beside the work that is here", beside),
            ("not taken", nobodys),
            ("with the work of a group that does not name them", kept),
        )
        if found
    ]


def refused(course: Course, assignment: str) -> list[Collected]:
    """What was not taken, of an assignment or of nobody knows which, and has not been settled by
    what was collected later.
    """
    everything = people.collected(course)
    rows = [row for row in everything if row.assignment in ("", assignment)]
    last = {row.student or row.source: row.when for row in rows}  # in the order of time
    lost = [row for row in rows if row.what == "not taken"]
    lost = [row for row in lost if row.when == last[row.student or row.source]]
    return [row for row in lost if not any(_settles(other, row) for other in everything)]


def _settles(other: Collected, row: Collected) -> bool:
    """Was this file taken after all, or for another assignment; was other work of the same number
    taken afterwards; or is it not in a later download any more, of which nobody is known?
    """
    is_later = other.when > row.when
    if other.what not in people.TAKEN:
        return False
    if row.source in other.source and (is_later or other.assignment != row.assignment):
        return True
    is_same_system = is_later and other.system == row.system
    if not row.student:
        return is_same_system and other.assignment == row.assignment
    return is_same_system and bool(row.number) and row.number == other.number


def _told(row: Collected) -> str:
    who = f"{row.student}, " if row.student else ""
    return f"{who}{row.source} ({row.remark})"


def _is_here(course: Course, assignment: str, student: str) -> bool:
    return course.submission(assignment, student).exists()

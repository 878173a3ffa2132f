"""Whose work on an assignment is not here, or not all of it: sentences for staff.

They come from what the rosters and the downloads of the term said, as `people` remembers it.
"""

from . import people
from .course import Course
from .people import Collected

SHOWN = 50  # of one kind


def absent(course: Course, assignment: str) -> list[str]:
    """A sentence on those whom a roster names and of whom there is no work, or none."""
    missing = [who for who in people.names(course) if not _is_here(course, assignment, who)]
    why = {row.student: row.remark for row in refused(course, assignment)}
    told = [f"{who} ({why[who]})" if why.get(who) else who for who in sorted(missing)]
    return [f"on the roster, without work here ({len(told)}): {_listed(told)}"] if told else []


def passed_over(course: Course, assignment: str) -> list[str]:
    """Sentences on what was collected and not taken, beside the work that is here: files of those
    who have other work, and files of which nobody knows whose they are.
    """
    rows, listed = refused(course, assignment), people.names(course)
    beside = [row for row in rows if row.student and _is_here(course, assignment, row.student)]
    nobodys = [row for row in rows if row not in beside and row.student not in listed]
    return [
        f"{what} ({len(found)}): {_listed([_told(row) for row in found])}"
        for what, found in (
            ("not taken, beside the work that is here", beside),
            ("not taken", nobodys),
        )
        if found
    ]


def refused(course: Course, assignment: str) -> list[Collected]:
    """What was not taken, of an assignment or of nobody knows which, and has not been settled by
    what was collected later.
    """
    rows = [row for row in people.collected(course) if row.assignment in ("", assignment)]
    last = {row.student or row.source: row.when for row in rows}  # in the order of time
    lost = [row for row in rows if row.what == "not taken"]
    lost = [row for row in lost if row.when == last[row.student or row.source]]
    taken = [row for row in rows if row.what != "not taken"]
    return [row for row in lost if not any(_settles(later, row) for later in taken)]


def _settles(later: Collected, row: Collected) -> bool:
    """Was this file, or other work of the same number, taken afterwards?"""
    who = (row.system, row.number)
    same = bool(row.number) and who == (later.system, later.number)
    return later.when > row.when and (same or row.source in later.source)


def _told(row: Collected) -> str:
    who = f"{row.student}, " if row.student else ""
    return f"{who}{row.source} ({row.remark})"


def _is_here(course: Course, assignment: str, student: str) -> bool:
    return course.submission(assignment, student).exists()


def _listed(told: list[str]) -> str:
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return "; ".join(told[:SHOWN]) + more

"""The staff report: what a class can and cannot do, as pages that need no script and no network.

In: an `Assignment`, a `Course` and what was graded in it. Out: an HTML page.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from ..assignments import Assignment, load_all
from ..course import Course, Entry, load_class, write_text
from ..errors import NothingToDo, UnreadableFile
from ..gradebook import remarks, standings
from . import figures, similarity
from .page import render
from .statistics import Comparison, Statistics

OTHERS_SHOWN = 200  # students in one table


def class_report(
    assignment: Assignment, course: Course, previous: Path | None = None, similar: bool = True
) -> Path:
    """Write the report of an assignment; return its path.

    Args:
        previous: the class file to compare with (default: the last one with other results).
        similar: also look for submissions that look alike.

    Raises:
        NothingToDo: nobody was graded.
        UnreadableFile: `previous` is not a class file.
    """
    entries = standings.entries(assignment, course)
    if not entries:
        raise NothingToDo(
            f"expected results in {course.class_file(assignment.name)}. Received none: run "
            f"`grade {assignment.name}` first"
        )
    now = Statistics(assignment, entries)
    before = _previous(assignment, course, previous)
    pairs = similarity.pairs(assignment, course, entries) if similar else None
    html = render(
        "class.html.j2",
        title=assignment.name,
        now=now,
        standing=_standings(assignment, course),
        remarks=remarks.of_class(assignment.name, course),
        comparison=before and Comparison(Statistics(assignment, before), now),
        pairs=pairs,
        figures=figures,
        feedback=lambda student: _page(assignment.name, course, student),
        shown=OTHERS_SHOWN,
    )
    return write_text(course.report(assignment.name), html)


def course_report(course: Course) -> Path:
    """Write the report on all assignments graded so far; return its path.

    Raises:
        NothingToDo: none was.
    """
    graded = {a: entries for a in load_all() if (entries := standings.entries(a, course))}
    if not graded:
        raise NothingToDo(f"expected results under {course.reports}. Received none: grade first")
    marks = {a.name: {s.student: s for s in _standings(a, course)} for a in graded}
    students = sorted({s for one in graded for s in (*graded[one], *marks[one.name])})
    html = render(
        "course.html.j2",
        title="The course",
        classes=[Statistics(assignment, entries) for assignment, entries in graded.items()],
        students=students,
        standings=marks,
        figures=figures,
        linked=lambda name: f"{quote(name)}.html",
        feedback=lambda name, student: _page(name, course, student),
    )
    return write_text(course.course_report, html)


def _standings(assignment: Assignment, course: Course) -> list[standings.Standing]:
    """How the class stands in the gradebook, [] where it does not know the assignment."""
    try:
        return standings.of_class(assignment, course)
    except NothingToDo:
        return []


def _page(assignment: str, course: Course, student: str) -> str:
    """The way from a report to a student's feedback page, or "" without one."""
    page = course.feedback_page(assignment, student)
    place = page.relative_to(course.grading).as_posix()
    return quote(f"../{place}") if page.is_file() else ""


def _previous(
    assignment: Assignment, course: Course, path: Path | None
) -> Mapping[str, Entry] | None:
    """The entries of an earlier run, or None."""
    kept = course.previous_class_file(assignment.name)
    if path is None and not kept.exists():
        return None
    try:
        return load_class(path or kept)
    except FileNotFoundError:
        raise UnreadableFile(
            f"expected a class file. Received: {path}, which is not there"
        ) from None

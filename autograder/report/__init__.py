"""The staff report: what a class can and cannot do, as pages that need no script and no network."""

import json
from pathlib import Path
from urllib.parse import quote

from .. import assignments
from ..course.course import class_file
from ..course.storage import write_text
from ..gradebook.standings import entries as graded_entries
from ..gradebook.standings import of_class
from . import figures, similarity
from .page import render
from .statistics import Comparison, Statistics

OTHERS_SHOWN = 200  # students in one table


def class_report(assignment, grading="grading", previous=None, similar=True):
    """Write `grading`/reports/<assignment>.html; return its path.

    Args:
        previous: the class file to compare with (default: the last one with other results).
        similar: also look for submissions that look alike.

    Raises:
        ValueError: nobody was graded, or `previous` is no class file.
    """
    assignments.load(assignment)
    grading = Path(grading)
    entries = graded_entries(assignment, grading)
    if not entries:
        raise ValueError(
            f"expected results in {class_file(assignment, grading)}. Received none: run "
            f"`grade {assignment}` first"
        )
    now = Statistics(assignment, entries)
    before = _previous(assignment, grading, previous)
    pairs = similarity.pairs(assignment, grading, entries) if similar else None
    html = render(
        "class.html.j2",
        title=assignment,
        now=now,
        standing=_standing(assignment, grading),
        comparison=before and Comparison(Statistics(assignment, before), now),
        pairs=pairs,
        figures=figures,
        feedback=lambda student: _page(assignment, grading, student),
        shown=OTHERS_SHOWN,
    )
    return write_text(grading / "reports" / f"{assignment}.html", html)


def course_report(grading="grading"):
    """Write `grading`/reports/course.html on all assignments graded so far; return its path.

    Raises:
        ValueError: none was.
    """
    grading = Path(grading)
    graded = {name: found for name in assignments.NAMES if (found := graded_entries(name, grading))}
    if not graded:
        raise ValueError(f"expected results under {grading}/reports. Received none: grade first")
    standings = {name: _standing(name, grading) for name in graded}
    students = sorted({student for entries in graded.values() for student in entries})
    html = render(
        "course.html.j2",
        title="The course",
        classes=[Statistics(name, entries) for name, entries in graded.items()],
        standings=standings,
        students=students,
        marks={name: {mark.student: mark for mark in found} for name, found in standings.items()},
        figures=figures,
        linked=lambda name: f"{quote(name)}.html",
        feedback=lambda name, student: _page(name, grading, student),
    )
    return write_text(grading / "reports" / "course.html", html)


def _standing(assignment, grading):
    """The marks as they are in the gradebook, [] where it cannot be read."""
    try:
        return of_class(assignment, grading)
    except ValueError:
        return []


def _page(assignment, grading, student):
    """The way from a report to a student's feedback page, or "" without one."""
    place = Path("feedback", student, assignment, f"{assignment}.html")
    return quote(f"../{place.as_posix()}") if (grading / place).is_file() else ""


def _previous(assignment, grading, path):
    """The entries of an earlier run, or None."""
    kept = class_file(assignment, grading).with_suffix(".previous.json")
    if path is None and not kept.exists():
        return None
    try:
        entries = json.loads(Path(path or kept).read_text(encoding="utf-8"))["submissions"]
        Statistics(assignment, entries)
        return entries
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"expected a class file, as in grading/reports. Received: {path or kept} ({error!r})"
        ) from None

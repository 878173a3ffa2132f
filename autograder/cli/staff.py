"""The commands around grading: collect, due, report, feedback, export, student."""

import sys
from pathlib import Path

import click

from ..course import Course
from ..errors import BadSetting
from ..lms import canvas, moodle
from ..lms.systems import SYSTEMS
from .options import ASSIGNMENT, DB, plain_errors

PAGES = {f"{system.TO}-feedback": system.TO for system in (canvas, moodle)}
TARGETS = [*(system.TO for system in SYSTEMS), *PAGES, "gradescope"]
HERE = "this machine's time zone (--timezone names another)"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--from",
    "form",
    type=click.Choice([system.FROM for system in SYSTEMS]),
    required=True,
    help="Where it was downloaded; plain: a folder or a file named for each student.",
)
@click.option(
    "--assignment", type=ASSIGNMENT, help="Which one it is; by default each notebook tells."
)
@click.option(
    "--roster",
    "rosters",
    type=FILE,
    multiple=True,
    help="A CSV file of the LMS with its numbers and the ids to use; one for each section.",
)
@click.option(
    "--groups",
    type=FILE,
    help="A CSV file with the columns group, member: the work of a group is that of its members.",
)
@click.option(
    "--timezone",
    help="Of the times in Moodle's worksheet, as Europe/Berlin [default: PointsPerDay.timezone of "
    "nbgrader_config.py, else this machine's].",
)
def collect(source, form, assignment, rosters, groups, timezone):
    """Put an LMS' download (a zip archive or a folder) where submissions are graded from.

    What was collected before is kept: an other version is moved to grading/replaced/.
    """
    from .. import lms
    from ..course import times
    from ..lms.csv_files import read_rows
    from . import console

    course = Course.here()
    with plain_errors():
        try:
            has_times, named = rosters and form == moodle.FROM, "--timezone"
            if has_times and not timezone:
                timezone, named = _timezone_of(course), "PointsPerDay.timezone"
            zone = times.zone_of(timezone) if timezone else None
        except ValueError as error:
            raise BadSetting(f"{named}: {error}") from None
        rows = [row for roster in rosters for row in read_rows(roster)]
        members = read_rows(groups) if groups else None
        told = lms.collect(source, form, course, assignment, rows, members, zone)
        console.show_collected(told)
        if has_times:
            click.echo(f"the worksheet's times are of {timezone or HERE}")
        click.echo(course.collected)


def _timezone_of(course):
    """The time zone that nbgrader_config.py gives the course, or None."""
    from ..gradebook.config import course_config

    return course_config(course).PointsPerDay.get("timezone")


@click.command()
@click.argument("assignment", type=ASSIGNMENT, required=False)
@click.option(
    "--previous",
    type=FILE,
    help="Compare with this class file (grading/reports/ASSIGNMENT.json of another run or term).",
)
@click.option("--no-similarity", is_flag=True, help="Do not look for submissions that look alike.")
@DB
def report(assignment, previous, no_similarity):
    """Write the staff report of an assignment, or of every one and of the course."""
    from .. import report as reports
    from ..assignments import load_all
    from ..gradebook import standings

    course = Course.here()
    with plain_errors():
        graded = (
            [assignment]
            if assignment
            else [one for one in load_all() if standings.entries(one, course)]
        )
        for one in graded:
            click.echo(reports.class_report(one, course, previous, not no_similarity))
        if not assignment:
            click.echo(reports.course_report(course))


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
@click.option(
    "--to",
    type=click.Choice(TARGETS),
    required=True,
    help="What reads it.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
@click.option(
    "--roster",
    type=FILE,
    help="The file that Canvas or Moodle exported: who of it is meant, in its own columns.",
)
@click.option(
    "--scale", is_flag=True, help="Multiply marks where the LMS' column has other points."
)
@click.option("--column", help="The assignment's column there, if it has another name.")
@click.option(
    "--visibility",
    default="visible",
    show_default=True,
    help="Of the results on Gradescope: visible, after_due_date, after_published, hidden.",
)
@DB
def export(assignment, to, out, roster, scale, column, visibility):
    """Write marks for an LMS, feedback pages as it takes them back, or the package that grades on
    Gradescope.

    Who has no mark (damaged, not graded by hand yet, nothing handed in) gets none: a row with a
    reason in the plain CSV, no row in what an LMS reads.
    """
    from .. import classroom
    from ..gradebook import standings
    from ..lms import feedback_zip, gradescope
    from ..lms.matching import why
    from . import console

    course = Course.here()
    path = out or course.export(assignment.name, to)
    with plain_errors():
        if to == "gradescope":
            click.echo(gradescope.build(assignment, path, visibility))
            return
        if to in PAGES:
            with console.progress("writing pages") as on_progress:  # with all that was said since
                failed = classroom.renew_pages(assignment, course, on_progress=on_progress)
            old = {
                mark.student: why(mark)
                for mark in standings.of_class(assignment, course)
                if mark.state == standings.NOT_GRADED or mark.student in dict(failed)
            }
            left_out = feedback_zip.pack(assignment.name, course, PAGES[to], path, old)
            click.echo(path)
            console.show_left_out([*left_out, *failed], [])
            return
        _export_marks(assignment, course, to, path, roster, column, scale)


def _export_marks(assignment, course, to, path, roster, column, scale):
    from nbgrader.api import Gradebook

    from .. import lms
    from ..gradebook import lateness, remarks, standings
    from ..gradebook.config import course_config
    from ..lms.csv_files import read_rows, write_rows
    from ..lms.matching import why
    from . import console

    config = course_config(course)
    url = config.CourseDirectory.db_url
    if not standings.is_new(url):
        with Gradebook(url) as gradebook:
            lateness.bring_up_to_date(gradebook, assignment.name, config, course)
    everybody = standings.of_class(assignment, course)
    rows = read_rows(roster) if roster else None
    table = lms.export(to, everybody, assignment.name, rows, column, scale)
    said = [*table.remarks, *remarks.passed_over(assignment.name, course)]
    click.echo(write_rows(path, table.rows, for_spreadsheet=to == "csv"))
    if roster and to == "canvas" and table.rows[0][-1] not in rows[0]:
        click.echo(
            f"Canvas has no column {table.rows[0][-1]!r} and will offer to make one. "
            f"--column names another of: {', '.join(rows[0])}",
            err=True,
        )
    for remark in said:
        click.echo(remark, err=True)
    without = [(mark.student, why(mark)) for mark in everybody if mark.score is None]
    console.show_left_out(table.left_out, without)


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
@click.option("--student", "students", multiple=True, help="Only this one; may be given again.")
@DB
def feedback(assignment, students):
    """Write the feedback pages again, with the points and comments given by hand since."""
    from .. import classroom
    from . import console

    course = Course.here()
    with plain_errors():
        with console.progress("writing pages") as on_progress:
            failed = classroom.renew_pages(assignment, course, students, on_progress)
        click.echo(course.feedback)
        console.show_left_out(failed, [])


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
@click.argument("time")
@DB
def due(assignment, time):
    """Set when an assignment is due: TIME as 2026-12-01T23:59:00+01:00."""
    from nbgrader.api import Gradebook

    from ..course import times
    from ..gradebook import lateness
    from ..gradebook.config import course_config

    with plain_errors():
        try:
            when = times.parse(time)
        except ValueError as error:
            raise BadSetting(f"due: {error}") from None
        course = course_config(Course.here()).CourseDirectory
        with Gradebook(course.db_url, course.course_id) as gradebook:
            lateness.set_due(gradebook, assignment.name, when)
    click.echo(f"{assignment.name} is due at {when:%Y-%m-%d %H:%M:%S} UTC")


@click.group()
def student():
    """One person under one id, in folders, gradebook, pages and results."""


@student.command()
@click.argument("old")
@click.argument("new")
@DB
def rename(old, new):
    """Give everything of the student OLD to the id NEW."""
    from ..course import people
    from ..course.ids import RULE, is_student_id, plain_id
    from ..gradebook import students

    course = Course.here()
    new = plain_id(new)
    with plain_errors():
        if not is_student_id(new):
            raise BadSetting(f"expected an id: {RULE}. Received: {new!r}")
        if old == new:
            raise BadSetting(f"expected another id. Received: {new!r} twice")
        with people.at_rest(course):
            people.require_apart(course, old, new)  # before anything is moved
            students.rename(course, old, new)
            people.rename(course, old, new)
    click.echo(f"{old} is {new} now")


@student.command()
@click.argument("name", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@DB
def drop(name, yes):
    """Take a student out of the course: files, marks and comments go to grading/dropped/."""
    from ..course import people
    from ..course.ids import is_name
    from ..gradebook import students

    course = Course.here()
    with plain_errors():
        marks = students.marks(course, name)
        if not is_name(name) or not marks and name not in people.names(course):
            people.require(course, name)
        if not yes:
            if not sys.stdin.isatty():
                raise BadSetting("expected --yes, where nobody can be asked. Received nothing")
            click.confirm(f"Remove the marks and comments of {name}?", abort=True, err=True)
        with people.at_rest(course):
            place = people.drop(course, name, marks)
            students.drop(course, name)
    click.echo(place)

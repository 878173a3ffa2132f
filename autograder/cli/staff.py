"""The commands around grading: collect, report, export."""

from pathlib import Path

import click

from ..course import Course
from ..lms.systems import SYSTEMS
from .options import ASSIGNMENT, DB, plain_errors

TARGETS = [*(system.TO for system in SYSTEMS), "gradescope"]
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
    type=FILE,
    help="A CSV file of the LMS that has both its numbers and the ids to use.",
)
def collect(source, form, assignment, roster):
    """Put an LMS' download (a zip archive or a folder) where submissions are graded from.

    What was collected before is kept: an other version is moved to grading/replaced/.
    """
    from .. import lms
    from ..lms.csv_files import read_rows, write_rows
    from ..lms.plain import harmless
    from ..sandbox.wire import clean
    from . import console

    with plain_errors():
        rows = read_rows(roster) if roster else None
        collected = lms.collect(source, form, Course.here(), assignment, rows)
        console.show_collected(collected)
        table = [["student", "assignment", "what", "source", "remark"]]
        table += [[c.student, c.assignment, c.what, c.source, c.remark] for c in collected]
        rows = [[harmless(clean(cell)) for cell in row] for row in table]
        click.echo(write_rows(Course.here().reports / "collected.csv", rows))


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
    type=click.Choice([*(system.TO for system in SYSTEMS), "gradescope"]),
    required=True,
    help="What reads it.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
@click.option(
    "--roster",
    type=FILE,
    help="The file that Canvas or Moodle exported: its rows and columns are kept.",
)
@click.option("--column", help="The assignment's column there, if it has another name.")
@click.option(
    "--visibility",
    default="visible",
    show_default=True,
    help="Of the results on Gradescope: visible, after_due_date, after_published, hidden.",
)
@DB
def export(assignment, to, out, roster, column, visibility):
    """Write marks for an LMS, or the package that grades on Gradescope.

    Who has no mark (damaged, not graded by hand yet, nothing handed in) gets none: a row with a
    reason in the plain CSV, no row in what an LMS reads.
    """
    from ..lms import gradescope

    course = Course.here()
    path = out or course.export(assignment.name, to)
    with plain_errors():
        if to == "gradescope":
            click.echo(gradescope.build(assignment, path, visibility))
            return
        _export_marks(assignment, course, to, path, roster, column)


def _export_marks(assignment, course, to, path, roster, column):
    from nbgrader.api import Gradebook

    from .. import lms
    from ..gradebook import late, standings
    from ..gradebook.config import course_config
    from ..lms.csv_files import read_rows, write_rows
    from . import console

    config = course_config(course)
    with Gradebook(config.CourseDirectory.db_url) as gradebook:
        late.bring_up_to_date(gradebook, assignment.name, config)
    everybody = standings.of_class(assignment, course)
    rows = read_rows(roster) if roster else None
    table = lms.export(to, everybody, assignment.name, rows, column)
    click.echo(write_rows(path, table.rows))
    if roster and to == "canvas" and table.rows[0][-1] not in rows[0]:
        click.echo(
            f"Canvas has no column {table.rows[0][-1]!r} and will offer to make one. "
            f"--column names another of: {', '.join(rows[0])}",
            err=True,
        )
    console.show_left_out(table.left_out, [one for one in everybody if one.score is None])

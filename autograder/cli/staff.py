"""The commands around grading: collect, report, export."""

from pathlib import Path

import click

from .options import DB, plain_errors

FORMS = ("csv", "canvas", "moodle", "gradescope")


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--from",
    "form",
    type=click.Choice(["canvas", "moodle", "plain"]),
    required=True,
    help="Where it was downloaded; plain: a folder or a file named for each student.",
)
@click.option("--assignment", help="Which one it is; by default each notebook tells.")
@click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file of the LMS that has both its numbers and the ids to use.",
)
def collect(source, form, assignment, roster):
    """Put an LMS' download (a zip archive or a folder) where submissions are graded from.

    What was collected before is kept: an other version is moved to grading/replaced/.
    """
    from ..lms import collect as collecting
    from ..lms.csv_files import read_rows, write_rows
    from ..lms.plain import harmless
    from ..sandbox.wire import clean
    from . import console

    grading = Path.cwd() / "grading"
    with plain_errors():
        rows = read_rows(roster) if roster else None
        found = collecting.collect(source, form, grading, assignment, rows)
        console.show_collected(found)
        table = [["student", "assignment", "what", "source", "remark"]]
        table += [[c.student, c.assignment, c.what, c.source, c.remark] for c in found]
        rows = [[harmless(clean(cell)) for cell in row] for row in table]
        click.echo(write_rows(grading / "reports" / "collected.csv", rows))


@click.command()
@click.argument("assignment", required=False)
@click.option(
    "--previous",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with this class file (grading/reports/ASSIGNMENT.json of another run or term).",
)
@click.option("--no-similarity", is_flag=True, help="Do not look for submissions that look alike.")
@DB
def report(assignment, previous, no_similarity):
    """Write the staff report of an assignment, or of every one and of the course."""
    from .. import assignments
    from .. import report as reports
    from ..gradebook import standings

    grading = Path.cwd() / "grading"
    with plain_errors():
        names = (
            [assignment]
            if assignment
            else [n for n in assignments.NAMES if standings.entries(n, grading)]
        )
        for name in names:
            click.echo(reports.class_report(name, grading, previous, not no_similarity))
        if not assignment:
            click.echo(reports.course_report(grading))


@click.command()
@click.argument("assignment")
@click.option("--to", type=click.Choice(FORMS), required=True, help="What reads it.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
@click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
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
    from .. import assignments

    with plain_errors():
        assignments.load(assignment)
        reports = Path.cwd() / "grading" / "reports"
        if to == "gradescope":
            from ..lms import gradescope

            path = out or reports / f"{assignment}-gradescope.zip"
            click.echo(gradescope.build(assignment, path, visibility))
            return
        from nbgrader.api import Gradebook

        from ..gradebook import late, standings
        from ..gradebook.config import course_config
        from ..lms.csv_files import read_rows, write_rows
        from ..lms.export import export
        from . import console

        grading = Path.cwd() / "grading"
        config = course_config(grading)
        with Gradebook(config.CourseDirectory.db_url) as gradebook:
            late.bring_up_to_date(gradebook, assignment, config)
        found = standings.of_class(assignment, grading)
        rows = read_rows(roster) if roster else None
        table = export(to, found, assignment, rows, column)
        click.echo(write_rows(out or reports / f"{assignment}-{to}.csv", table.rows))
        if roster and to == "canvas" and table.rows[0][-1] not in rows[0]:
            click.echo(
                f"Canvas has no column {table.rows[0][-1]!r} and will offer to make one. "
                f"--column names another of: {', '.join(rows[0])}",
                err=True,
            )
    console.show_left_out(table.left_out, [mark for mark in found if mark.score is None])

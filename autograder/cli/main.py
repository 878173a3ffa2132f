"""`python -m autograder …`: the commands. What they need is imported when they run, so that they
start quickly.
"""

import json
import logging
import shutil
import sys
from pathlib import Path

import click

from ..course import Course
from ..course.course import checkout
from .options import ASSIGNMENT, DB, SANDBOX, plain_errors

AROUND = ("collect", "due", "export", "feedback", "report", "student")  # commands in `staff`

INSTALLED = """This is an installed package without the project's folder: it grades, audits and
reports. To release or publish, use a checkout, which has solutions/ and assignments/."""


class Commands(click.Group):
    """The commands here, and those around grading, whose imports grading does not wait for."""

    def list_commands(self, ctx):
        return sorted([*super().list_commands(ctx), *AROUND])

    def get_command(self, ctx, name):
        if name not in AROUND:
            return super().get_command(ctx, name)
        from . import staff

        return getattr(staff, name)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=None if checkout() else INSTALLED,
)
@click.version_option(package_name="autograder")
def main():
    """Grade deep-learning notebooks against Keras, in sealed processes."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )


@main.command()
@click.argument("notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as one JSON object.")
@click.option(
    "--assignment", type=ASSIGNMENT, help="Which one it is; by default the notebook tells."
)
@SANDBOX
def check(notebook, as_json, assignment, sandbox):
    """Say what one notebook would get; touches no gradebook."""
    from ..sandbox import backend

    with plain_errors():
        backend(sandbox).prepare()  # while the rest is imported
        from ..grading import mark

        verdict = mark(notebook, assignment, sandbox=sandbox)
    if as_json:
        click.echo(json.dumps(verdict.to_json(), indent=1))
    else:
        from . import console

        console.show_verdict(verdict)


@main.command()
@click.argument("assignment", type=ASSIGNMENT)
@click.option("--student", "students", multiple=True, help="Only this student; may be given again.")
@click.option(
    "--workers", type=click.IntRange(1), help="Sealed processes at a time [default: all cores]."
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Grade on a Dask cluster: tcp://HOST:PORT of its scheduler.",
)
@DB
@click.option("--force", is_flag=True, help="Grade again what has a result already.")
@click.option(
    "--question",
    "questions",
    multiple=True,
    help="Grade this question again; other scores stay. May be given again.",
)
@click.option("--yes", is_flag=True, help="Do not ask before marks given earlier are replaced.")
@click.option("--dry-run", is_flag=True, help="Show whose marks would change, and change none.")
@click.option("--no-feedback", is_flag=True, help="Write no feedback pages.")
@click.option("-v", "--verbose", is_flag=True, help="Say also how sealed processes were started.")
@SANDBOX
def grade(
    assignment,
    students,
    workers,
    scheduler,
    force,
    questions,
    yes,
    dry_run,
    no_feedback,
    verbose,
    sandbox,
):
    """Grade everything under grading/submitted/*/ASSIGNMENT/ into the gradebook.

    What was graded before is left alone, unless the submission changed, or --force or --question
    says otherwise: then whose marks would change is shown first. Marks and comments given by hand
    stay.
    """
    from ..sandbox import backend

    _grade(
        assignment,
        Course.here(),
        students=students,
        workers=workers,
        scheduler=scheduler,
        force=force or (dry_run and not questions),
        questions=questions,
        feedback=not no_feedback,
        sandbox=sandbox,
        confirm=_show_and_ask(ask=not (yes or dry_run)),
        dry_run=dry_run,
    )
    if verbose:
        here = backend(sandbox).how()
        click.echo(f"{here}; the cluster's workers say nothing of theirs" if scheduler else here)


def _show_and_ask(ask):
    """What shows the changes of a regrading and, if asked to, lets whoever sits there decide."""
    from . import console

    def confirm(changes):
        console.show_changes(changes)
        if not (ask and changes and sys.stdin.isatty()):
            return True
        return click.confirm("Replace these marks?", default=True, err=True)

    return confirm


@main.command()
@click.argument("assignment", type=ASSIGNMENT, required=False)
def key(assignment):
    """Ask Keras for the answer key, for one assignment or all of them; grading does without it."""
    from ..answers.key import folder
    from ..assignments import load_all
    from ..assignments.draws import Draws
    from ..diagnosis.search import keep
    from ..grading import compute_key

    with plain_errors():
        for one in [assignment] if assignment else load_all():
            compute_key(one)
            keep(one, Draws.of_course())
            click.echo(f"{one.name}: the key is complete, and agrees with NumPy, in {folder()}")


@main.command()
@click.argument("assignment", type=ASSIGNMENT, required=False)
@click.option(
    "--pairs", default="150", show_default=True, help="How many pairs of mistakes, or 'all'."
)
@click.option(
    "--docs", type=click.Path(path_type=Path), help="Also write figures and examples, as Markdown."
)
@click.option(
    "--draws", default=0, help="Also see whether all get the same marks in so many further draws."
)
@click.option(
    "--mutants", is_flag=True, help="Also try mutants of the model solutions (takes minutes)."
)
@SANDBOX
def audit(assignment, pairs, docs, draws, mutants, sandbox):
    """The grader's own exam: every known correct solution and every known mistake against every
    question. Fails where one is not judged as it should be.
    """
    from .. import audit as examination
    from ..assignments import load_all
    from ..audit import examples, fairness, matrix
    from ..audit.mutants import try_all
    from ..course import write_text
    from . import console

    if not (pairs == "all" or pairs.isdigit()):
        raise click.ClickException(f"--pairs: expected a number or 'all'. Received: {pairs!r}")
    audits, unfair = [], []
    options = {"pairs": None if pairs == "all" else int(pairs), "sandbox": sandbox}
    with plain_errors(), console.progress("examining") as on_progress:
        for one in [assignment] if assignment else load_all():
            options["progress"] = lambda done, total: on_progress(done, total, None)
            audits.append(examination.examine(one, **options))
            if mutants:
                audits[-1].mutants = try_all(one, sandbox, options["progress"])
            if draws:
                about = (one, draws, sandbox, options["progress"])
                unfair += [f"{one.name}: {said}" for said in fairness.unfair(*about)]
    matrix.show(audits)
    if draws:
        click.echo("\n".join(unfair) or f"in {draws} further draws everybody gets the same marks")
    reports = Course.here().reports
    for path, text in [
        (reports / "audit.md", matrix.markdown(audits)),
        (reports / "audit.html", matrix.html(audits)),
    ]:
        click.echo(write_text(path, text))
    if docs:
        text = examples.page(audits, sandbox)
        if mutants:
            text += examples.of_mutants(audits)
        write_text(docs, text).chmod(0o644)
        click.echo(docs)
    if unfair or not all(map(matrix.passed, audits)):
        raise SystemExit(1)


@main.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("dist/students.zip"),
    show_default=True,
)
def publish(out):
    """Pack what students get, and fail if anything else is in it: a model answer, a mark scheme."""
    from .. import publish as publishing

    with plain_errors():
        for name in publishing.bundle(out):
            click.echo(f"  {name}")
    click.echo(out)


@main.command()
@click.argument("assignment", type=ASSIGNMENT, required=False)
def demo(assignment):
    """Grade a demonstration class of one assignment, or of each, in grading/demo: from the answer
    key to the feedback pages and the report.
    """
    from .. import demo as demonstration
    from .. import report as reports
    from ..assignments import load_all
    from ..sandbox import available, backend

    course = Course(Course.here().grading / "demo")
    shutil.rmtree(course.grading, ignore_errors=True)  # of an earlier demonstration
    with plain_errors():
        sandbox, why_not = available()
        if not backend(sandbox).sealed:  # the demonstration's own submissions can be trusted so far
            click.secho(f"NOT SEALED: {why_not}", fg="red", err=True)
        chosen = [assignment] if assignment else load_all()
        for one in chosen:
            students = demonstration.make_class(course, one)
            made = f"{len(students)} submissions were made in {course.submitted}"
            click.echo(f"{one.name}: {made}")
        for one in chosen:
            click.secho(f"\n{one.name}", bold=True)
            _grade(one, course, force=True, sandbox=sandbox)
            click.echo(f"report: {reports.class_report(one, course)}")
        click.echo(f"\nall of them: {reports.course_report(course)}")


def _grade(assignment, course, **options):
    from ..classroom import footprint, grade, writer
    from ..sandbox import child
    from . import console

    if not footprint.is_there(assignment.name, course):  # copies of this process, where that can be
        child.begin()
        writer.begin()

    remarks = []
    with plain_errors():
        with console.progress() as on_progress:
            if "confirm" in options:
                options["confirm"] = on_progress.paused(options["confirm"])
            options |= {"on_progress": on_progress, "on_remark": remarks.append}
            entries = grade(assignment, course, **options)
    if options.get("dry_run"):
        return
    console.show_class(entries, course, assignment)
    console.show_remarks([*remarks, _ran_on(entries)])
    if missing := [entry for entry in entries.values() if not entry.recorded]:
        console.show_missing(missing)
        sys.exit(
            f"{len(missing)} submissions are not in the gradebook. Run the same command again."
        )


def _ran_on(entries):
    """A sentence on what students' code ran."""
    from ..sandbox import interpreter

    ran_on = interpreter.chosen()
    own = interpreter.numbers(ran_on.version)
    newer = sum(interpreter.numbers(entry.python) > own for entry in entries.values())
    written = f"; {newer} notebooks say they were written on a newer one" if newer else ""
    return f"students' code ran on {ran_on}{written}"

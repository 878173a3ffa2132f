"""What the commands print: a verdict, a class, a progress bar."""

from collections import Counter
from contextlib import contextmanager
from itertools import islice

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from ..feedback import STATUS, points, reasons_text
from ..feedback.text import counted
from ..sandbox.wire import clean

HEAD = ("student", "score", "status", "seconds")
BETWEEN = 11  # characters around its columns
AT_A_TIME = 100  # rows of a table


def show_verdict(verdict):
    """One notebook: the questions, and under each what went wrong."""
    console = Console(emoji=False)
    title = f"{verdict.assignment or 'unknown assignment'} · {verdict.status}"
    table = Table(title=title, caption=STATUS[verdict.status] or None, show_lines=False)
    table.add_column("question", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("what was seen", overflow="fold")
    told = set()
    for result in verdict.results:
        share = f"{points(result.score)} / {points(result.max_score)}"
        table.add_row(result.question, share, escape("\n".join(reasons_text(result, told))))
    total = f"{points(verdict.score)} / {points(verdict.max_score)}"
    table.add_section()
    table.add_row("together", total, f"{verdict.seconds:.2f} s")
    console.print(table)
    for note in verdict.notes:
        console.print(f"• {escape(str(note))}")


def show_class(entries, course, assignment):
    """A class: a line per student, then where everything was put."""
    console = Console(emoji=False)
    console.print(f"{assignment.name}: {counted(len(entries), 'submission')}", style="italic")
    widths = [max(map(cell_len, column)) for column in zip(HEAD, *map(_row, entries.items()))]
    room = console.width - sum(widths[1:]) - BETWEEN  # for ids; where there is none, rich decides
    widths[0] = max(min(widths[0], room), len(HEAD[0]))
    rows = iter(entries.items())
    first = True
    while some := [_row(item) for item in islice(rows, AT_A_TIME)]:  # a class is long to hold
        table = Table(box=SIMPLE_HEAD, show_edge=False, show_header=first)
        for name, width, justify in zip(HEAD, widths, ("left", "right", "left", "right")):
            fitting = width if room >= len(HEAD[0]) else None
            table.add_column(name, min_width=fitting, justify=justify, overflow="fold")
        for row in some:
            table.add_row(*map(escape, row))
        console.print(table)
        first = False
    show_to_see(entries, console)
    places = {
        "gradebook": without_password(course.gradebook_url).removeprefix("sqlite:///"),
        "feedback pages": course.feedback,
        "class results": course.class_file(assignment.name),
    }
    for what, path in places.items():
        console.print(f"{what}: {path}", highlight=False, soft_wrap=True, markup=False)


def _row(item):
    """What the table of a class says of a student."""
    student, entry = item
    has_score = entry.is_usable and not entry.faults
    score = f"{points(entry.score) if has_score else 'none'} / {points(entry.max_score)}"
    status = entry.status if entry.recorded else f"{entry.status}, NOT RECORDED"
    return clean(student), score, status, f"{entry.seconds:.2f}"


def show_to_see(entries, console):
    """The submissions that somebody has to look at, each with a reason."""
    table = Table()
    table.add_column("to look at")
    table.add_column("why", overflow="fold")
    for student, entry in entries.items():
        if reason := entry.to_see:
            table.add_row(escape(clean(student)), escape(clean(reason)))
    if table.row_count:
        console.print(table)


def show_remarks(remarks):
    """Sentences for staff about the class as a whole."""
    console = Console(emoji=False)
    for remark in remarks:
        console.print(f"• {escape(clean(remark))}", highlight=False)


def without_password(url):
    """A gradebook's URL as anybody may see it."""
    if "@" not in url:
        return url
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)


def show_changes(changes):
    """Whose marks a regrading changes, by how much, and where."""
    console = Console(emoji=False)
    if not changes:
        console.print("Regrading changes nobody's marks.")
        return
    table = Table(title=f"Regrading changes the marks of {len(changes)}")
    table.add_column("student")
    for name in ("before", "after", "change"):
        table.add_column(name, justify="right")
    table.add_column("where", overflow="fold")
    for change in changes:
        where = [
            f"{name} {_or_none(a)} → {_or_none(b)}" for name, (a, b) in change.questions.items()
        ]
        if change.status != change.was_status:
            where.append(f"{change.was_status} → {change.status}")
        difference = f"{change.new - change.old:+.2f}"
        cells = (points(change.old), points(change.new), difference, escape(", ".join(where)))
        table.add_row(escape(change.student), *cells)
    console.print(table)


def _or_none(score):
    return "none" if score is None else points(score)


def show_missing(entries):
    """What is not in the gradebook, and why."""
    console = Console(emoji=False, stderr=True)
    for entry in entries:
        text = f"{clean(entry.student)}: {'; '.join(entry.faults)}"
        console.print(escape(text), style="red")


def show_collected(collected):
    """What of a download became whose submission, and what was not taken."""
    console = Console(emoji=False)
    counts = Counter(item.what for item in collected)
    told = ", ".join(f"{number} {what}" for what, number in counts.items()) or "nothing in it"
    table = Table(title=f"collected: {told}")
    for name in ("student", "assignment", "what", "from", "remark"):
        table.add_column(name, overflow="fold")
    for item in collected:
        if item.what != "same as before" or item.remark:
            cells = (item.student, item.assignment, item.what, item.source, item.remark)
            table.add_row(*(escape(clean(cell)) for cell in cells))
    console.print(table)


def show_left_out(left_out, without_mark):
    """Who is not in an export, or in it without a mark, as (who, why)."""
    told = dict(left_out) or dict(without_mark)
    if not told:
        return
    console = Console(emoji=False, stderr=True)
    verb = "is" if len(told) == 1 else "are"
    what = "not in it" if left_out else "in it without a mark"
    console.print(f"{len(told)} {verb} {what}:", style="red")
    for student, why in told.items():
        console.print(escape(f"  {clean(student)}: {clean(why)}"), highlight=False)


@contextmanager
def progress(what="grading"):
    """A progress bar with an estimate of the time left, from the first step on; yields what
    `classroom.grade` calls, whose `paused` lets something else have the terminal for a while.
    """
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("elapsed"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}", markup=False),
    )
    bar = Progress(*columns, console=Console(stderr=True, emoji=False))
    task = bar.add_task(what, total=None, last="")

    def on_progress(done, total, entry):
        bar.start()  # only now: what fails before shows none
        last = f"{clean(entry.student)}: {points(entry.score)}" if entry else ""
        bar.update(task, completed=done, total=total, last=last)

    def paused(function):
        def paused(*arguments):
            bar.stop()
            return function(*arguments)

        return paused

    on_progress.paused = paused
    try:
        yield on_progress
    finally:
        bar.stop()

"""Feedback pages written again, after somebody has graded by hand."""

from ..course import Entry
from ..errors import NothingToDo
from ..notebooks.folder import time_fault
from . import writer


def renew_pages(assignment, course, students=(), on_progress=lambda done, total, entry: None):
    """Write the feedback page of everybody who was graded, or of `students`; return [(student, why
    not)] of those that could not be written.

    Raises:
        NothingToDo: nobody was graded, or one of `students` was not.
        GradebookError: the gradebook cannot be used.
    """
    name = assignment.name
    graded = sorted(path.stem for path in course.results(name).glob("*.json"))
    there = [who for who in graded if course.autograded(name, who).is_file()]
    if missing := [who for who in students if who not in there]:
        raise NothingToDo(f"expected students who were graded. Received: {', '.join(missing)}")
    if not there:
        raise NothingToDo(f"expected graded work on {name}. Received none: `grade` first")
    chosen = list(dict.fromkeys(students or there))
    faults = {who: time_fault(course.submission(name, who)) for who in chosen}
    failed = [(who, f"its page is as it was: {why}") for who, why in faults.items() if why]
    chosen = [who for who in chosen if not faults[who]]
    with writer.start() as scribe:
        scribe.submit(writer.bring_up_to_date, assignment, course).result()
        pages = [scribe.submit(writer.renew_page, assignment, course, who) for who in chosen]
        for done, (who, page) in enumerate(zip(chosen, pages), 1):
            try:
                page.result()
            except Exception as error:  # one page stops no other
                failed.append((who, f"its page could not be written ({error!r})"))
            on_progress(done, len(chosen), Entry.load(course.result(name, who)))
    return failed

"""A whole class: sealed processes side by side, one writer for the gradebook, a result file that
survives.

The order for each submission is: verdict, gradebook, feedback, then its result file. A run that was
killed finds the finished ones by their result files and grades the rest.
"""

import json
import logging
from collections import deque
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from ..answers.verdict import STAFF, staff_notes
from ..assignments.assignment import fingerprint, known_questions
from ..course.course import class_file, result_file, results_folder
from ..course.results import kept_result
from ..course.storage import exclusively, write_json, write_text
from ..grading import ask
from ..grading.grade import refused
from ..sandbox.launcher import Limits
from . import writer
from .changes import changes, only
from .submissions import find
from .workers import AHEAD, Workers

log = logging.getLogger(__name__)


def grade(
    assignment,
    grading="grading",
    *,
    students=(),
    workers=None,
    force=False,
    questions=(),
    feedback=True,
    sandbox="bubblewrap",
    scheduler=None,
    limits=Limits(),
    confirm=lambda changes: True,
    dry_run=False,
    on_progress=lambda done, total, entry: None,
):
    """Grade a class and return {student: entry}, an entry being the JSON verdict of one submission.

    Args:
        grading: the folder that holds submitted/; gradebook, feedback and results go beside it.
        workers: how many sealed processes at a time (default: the number of cores).
        scheduler: the address of a Dask scheduler whose workers do the sealed grading instead.
        force: grade again what has a result already.
        questions: grade these questions again, and leave the scores of the others as they are.
        confirm: called with the list of `Change`, where marks were given before, ahead of
            overwriting any; False leaves everything as it is.
        dry_run: with `force` or `questions`: write nothing, whatever `confirm` says.
        on_progress: called with (done, total, entry) after each submission, in this thread.

    Raises:
        FileNotFoundError: there is nothing to grade.
        SandboxUnavailable: student code cannot be sealed on this machine.
        writer.GradebookError: the gradebook cannot be used.
        files.Busy: another run is grading this assignment.
        cluster.ClusterError: the scheduler or its workers cannot be used.
    """
    known_questions(assignment, questions)
    with exclusively(results_folder(assignment, grading)):
        how = {"limits": limits, "sandbox": sandbox}
        markers = Workers(assignment, how, workers, scheduler)
        run = _Run(assignment, Path(grading), feedback, markers, on_progress)
        items = find(assignment, grading, students)
        return run.grade(items, force or questions, questions, confirm, dry_run)


class _Run:
    """One run of `grade`."""

    def __init__(self, assignment, grading, feedback, workers, on_progress):
        self.assignment, self.grading, self.feedback = assignment, grading, feedback
        self.workers, self.on_progress = workers, on_progress
        self.checks = fingerprint(assignment)
        self.entries, self.total = {}, 0
        self.writing = deque()  # (item, verdict, future): the writer works in this order

    def grade(self, items, again, questions, confirm, dry_run):
        self.total = len(items)
        taken = [item for item in items if not item.refused]
        self.entries = {item.student: self._refused(item) for item in items if item.refused}
        with writer.start() as scribe:
            try:
                prepare = (writer.prepare, self.assignment, self.grading)
                opened = None if dry_run else scribe.submit(*prepare)
                ask.compute_key(self.assignment)
                todo = taken if again else self._unfinished(taken, scribe)
                self.on_progress(len(self.entries), self.total, None)
                with self.workers.marked(todo) as finished:
                    if again and (dry_run or any(item.old for item in todo)):
                        finished = self._all(finished, questions)
                        if not confirm(changes(finished)) or dry_run:
                            return {item.student: item.old for item in taken if item.old}
                    opened.result()
                    for item, verdict in finished:
                        self._write(scribe, item, verdict)
                self._keep(0)
            except BaseException as error:
                scribe.shutdown(cancel_futures=True)
                if isinstance(error, BrokenProcessPool):
                    raise writer.GradebookError(
                        "the process that writes the gradebook died; run the same command again: "
                        "what was finished stays finished"
                    ) from error
                raise
        self.entries = dict(sorted(self.entries.items()))
        self._write_class_file()
        return self.entries

    def _write_class_file(self):
        """Write down the whole class; what stood there stays beside it, if it said other things."""
        path = class_file(self.assignment, self.grading)
        submissions = self._of_the_class()
        try:
            earlier = path.read_text(encoding="utf-8")
            changed = _judged(json.loads(earlier)["submissions"]) != _judged(submissions)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            changed = False
        if changed:
            write_text(path.with_suffix(".previous.json"), earlier)
        write_json(path, {"assignment": self.assignment, "submissions": submissions})

    def _of_the_class(self):
        """The entries of everybody: also of those who were not asked for in this run."""
        submitted = self.grading / "submitted"
        earlier = {
            path.stem: entry
            for path in results_folder(self.assignment, self.grading).glob("*.json")
            if path.stem not in self.entries
            and (submitted / path.stem / self.assignment).is_dir()
            and (entry := kept_result(path)[0])
        }
        return dict(sorted((earlier | self.entries).items()))

    def _unfinished(self, items, scribe):
        """The submissions that are not finished; the entries of the others are kept."""
        if any(item.is_same_work() for item in items):
            recorded = scribe.submit(writer.recorded, self.assignment, self.grading).result()
        else:
            recorded = {}
        todo, earlier = [], 0
        for item in items:
            if item.is_same_work() and self._is_finished(item, recorded):
                self.entries[item.student] = item.old
                earlier += item.old_checks != self.checks
            else:
                todo.append(item)
        if earlier:
            log.warning(
                "%d results of %s were given by other checks than today's; --force regrades them "
                "and shows first what changes",
                earlier,
                self.assignment,
            )
        return todo

    def _is_finished(self, item, recorded):
        """Is what the result file says also in the gradebook and on a page?"""
        if staff_notes(item.old["notes"]):
            return False
        if abs(recorded.get(item.student, -1) - item.old["score"]) > 0.005:
            return False
        page = self.grading / "feedback" / item.student / self.assignment
        page /= f"{self.assignment}.html"
        return not self.feedback or (page.is_file() and page.stat().st_size > 0)

    def _all(self, finished, questions):
        """[(item, verdict)] of everything, where marks that were given before are to be compared;
        the old scores of what is not among `questions`, where there are any.
        """
        verdicts = []
        for item, verdict in finished:
            if questions and item.is_same_work():
                verdict = only(verdict, item.old, questions)
            verdicts.append((item, verdict))
        return sorted(verdicts, key=lambda pair: pair[0].student)

    def _write(self, scribe, item, verdict):
        """Hand a verdict to the writer, and keep those that it is done with."""
        job = (self.assignment, self.grading, item.student, verdict, self.feedback)
        written = scribe.submit(writer.write, *job, same_work=item.is_same_work())
        self.writing.append((item, verdict, written))
        self._keep(AHEAD)

    def _keep(self, left):
        """Make durable what is in the gradebook, waiting until at most `left` are not."""
        while self.writing and (len(self.writing) > left or self.writing[0][2].done()):
            self._keep_next()

    def _keep_next(self):
        """Wait until the next verdict is in the gradebook, and make it durable."""
        item, verdict, written = self.writing.popleft()
        entry = {"student": item.student, **verdict.to_json(), "recorded": True}
        try:
            written.result()
        except (writer.GradebookError, BrokenProcessPool):
            raise
        except Exception as error:
            log.exception("Recording %s failed", ascii(item.student))
            fault = f"{STAFF}: not written to the gradebook ({error!r})"
            entry |= {"recorded": False, "notes": [*entry["notes"], fault]}
        kept = {"digest": item.digest, "checks": self.checks, "entry": entry}
        write_json(result_file(self.assignment, self.grading, item.student), kept)
        self.entries[item.student] = entry
        self.on_progress(len(self.entries), self.total, entry)

    def _refused(self, item):
        """The entry of a folder that is not taken: nothing goes into the gradebook."""
        note = f"{STAFF}: not graded: {item.refused}. Put that right and run the same command again"
        verdict = refused(self.assignment, note)
        return {"student": item.student, **verdict.to_json(), "recorded": False}


def _judged(entries):
    """Entries without what differs from run to run."""
    return {student: entry | {"seconds": 0} for student, entry in entries.items()}

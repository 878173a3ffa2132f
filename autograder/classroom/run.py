"""A whole class: sealed processes side by side, one writer for the gradebook, a result file that
survives.

The order for each submission is: verdict, gradebook, feedback, then its result file. A run that was
killed finds the finished ones by their result files and grades the rest.
"""

import json
import logging
from collections import deque
from concurrent.futures.process import BrokenProcessPool

from .. import grading
from ..course import Entry, load_class, save_class
from ..course.secret import drawn_from, require_drawn_from
from ..course.storage import exclusively, write_text
from ..errors import GradebookError, UnreadableFile
from ..sandbox import DEFAULT, Limits
from . import changes, footprint, writer
from .submissions import find
from .workers import AHEAD, Elsewhere, Here, Marker, marked

log = logging.getLogger(__name__)


def grade(
    assignment,
    course,
    *,
    students=(),
    workers=None,
    force=False,
    questions=(),
    feedback=True,
    sandbox=DEFAULT,
    scheduler=None,
    limits=Limits(),
    confirm=lambda changes: True,
    dry_run=False,
    on_progress=lambda done, total, entry: None,
    on_remark=lambda sentence: None,
):
    """Grade a class and return {student: Entry}.

    Args:
        assignment: the `assignments.Assignment`.
        course: the `course.Course` that it was handed in to.
        workers: how many sealed processes at a time (default: the number of cores).
        scheduler: the address of a Dask scheduler whose workers do the sealed grading instead.
        force: grade again what has a result already.
        questions: grade these questions again, and leave the scores of the others as they are.
        confirm: called with the list of `changes.Change`, where marks were given before, ahead of
            overwriting any; False leaves everything as it is.
        dry_run: with `force` or `questions`: write nothing, whatever `confirm` says.
        on_progress: called with (done, total, entry) after each submission, in this thread.
        on_remark: called with each sentence for staff about the class as a whole.

    Raises:
        NothingToDo: there is nothing to grade.
        UnknownName: there is no such question.
        SandboxUnavailable: student code cannot be sealed on this machine.
        GradebookError: the gradebook cannot be used.
        Busy: another run is grading this assignment.
        ClusterError: the scheduler or its workers cannot be used.
        OtherTerm: earlier results are of another term word, and `force` was not asked for.
    """
    assignment.exam.require(questions)
    with exclusively(course.results(assignment.name)):
        marker = Marker(assignment, {"limits": limits, "sandbox": sandbox})
        place = Elsewhere(marker, scheduler) if scheduler else Here(marker, workers)
        run = _Run(assignment, course, feedback, place, on_progress, on_remark)
        items = find(assignment, course, students)
        about = (assignment.name, course, items)
        partly = students or questions or dry_run or not feedback
        if not (partly or force) and footprint.holds(*about):
            return run.nothing_to_do(items)
        if not dry_run:
            footprint.forget(assignment.name, course)
        before = footprint.basis(assignment.name, course)
        entries = run.grade(items, force, questions, confirm, dry_run)
        if not partly and run.is_settled():
            footprint.keep(*about, before, run.gradebook)
        return entries


class _Run:
    """One run of `grade`."""

    def __init__(self, assignment, course, feedback, place, on_progress, on_remark):
        self.assignment, self.course, self.feedback = assignment, course, feedback
        self.place, self.on_progress, self.on_remark = place, on_progress, on_remark
        self.checks = assignment.fingerprint()
        self.entries, self.total = {}, 0
        self.gradebook = None  # its file and its state, once that is known
        self.writing = deque()  # (item, verdict, future): the writer works in this order

    def nothing_to_do(self, items):
        """The entries as they are."""
        for item in items:
            self.entries[item.student] = self._refused(item) if item.refused else item.old
        self.on_progress(len(items), len(items), None)
        whole = self.course.class_file(self.assignment.name).read_text(encoding="utf-8")
        for remark in json.loads(whole).get("remarks", []):
            self.on_remark(remark)
        return dict(sorted(self.entries.items()))

    def is_settled(self):
        """Is there nothing that the next run would look at again, or say once more?"""
        taken = [entry for entry in self.entries.values() if entry.digest]
        return not any(e.faults or not e.recorded or e.checks != self.checks for e in taken)

    def grade(self, items, force, questions, confirm, dry_run):
        again = force or questions
        self.total = len(items)
        taken = [item for item in items if not item.refused]
        if not (force or dry_run):
            self._require_term(item.old for item in taken)
        self.entries = {item.student: self._refused(item) for item in items if item.refused}
        with writer.start() as scribe:
            try:
                prepare = (writer.prepare, self.assignment, self.course, force)
                opened = None if dry_run else scribe.submit(*prepare)
                todo = taken if again else self._unfinished(taken, scribe)
                self.on_progress(len(self.entries), self.total, None)
                with marked(self.place, todo) as finished:
                    if again and (dry_run or any(item.old for item in todo)):
                        finished = self._all(finished, questions)
                        if not confirm(changes.between(finished)) or dry_run:
                            return {item.student: item.old for item in taken if item.old}
                    opened.result()
                    scribe.submit(writer.remember_term, self.assignment, self.course).result()
                    for item, verdict in finished:
                        item.remark_on(verdict)
                        self._write(scribe, item, verdict)
                self._keep(0)
                self._renew(scribe)
                remarks = scribe.submit(writer.remarks, self.assignment, self.course).result()
            except BaseException as error:
                scribe.shutdown(cancel_futures=True)
                if isinstance(error, BrokenProcessPool):
                    raise GradebookError(
                        "the process that writes the gradebook died; run the same command again: "
                        "what was finished stays finished"
                    ) from error
                raise
        self.entries = dict(sorted(self.entries.items()))
        for remark in remarks:
            self.on_remark(remark)
        self._write_class_file(remarks)
        return self.entries

    def _require_term(self, old):
        """See to it that earlier results are of this term.

        Raises:
            OtherTerm: they are not.
        """
        for entry in old:
            if entry and entry.term:
                require_drawn_from(entry.term, f"earlier results of {self.assignment.name}")

    def _renew(self, scribe):
        """Take late penalties as they are now, and write the pages again on which they changed: of
        those too whose work did not.
        """
        about = (self.assignment, self.course)
        changed, self.gradebook = scribe.submit(writer.bring_up_to_date, *about).result()
        for student in changed:
            page = self.course.feedback_page(self.assignment.name, student)
            if self.feedback and page.is_file():
                scribe.submit(writer.renew_page, *about, student).result()

    def _write_class_file(self, remarks):
        """Write down the whole class; what stood there stays beside it, if it said other things."""
        name = self.assignment.name
        path, entries = self.course.class_file(name), self._of_the_class()
        try:
            earlier, text = load_class(path), path.read_text(encoding="utf-8")
        except (FileNotFoundError, UnreadableFile):
            earlier = entries
        if not _are_judged_alike(earlier, entries):
            write_text(self.course.previous_class_file(name), text)
        save_class(path, name, entries, remarks)

    def _of_the_class(self):
        """The entries of everybody: also of those who were not asked for in this run."""
        name = self.assignment.name
        earlier = {
            path.stem: entry
            for path in self.course.results(name).glob("*.json")
            if path.stem not in self.entries
            and self.course.submission(name, path.stem).is_dir()
            and (entry := Entry.load(path))
        }
        return dict(sorted((earlier | self.entries).items()))

    def _unfinished(self, items, scribe):
        """The submissions that are not finished; the entries of the others are kept."""
        if any(item.is_unchanged() for item in items):
            recorded = scribe.submit(writer.recorded, self.assignment, self.course).result()
        else:
            recorded = {}
        todo, earlier = [], 0
        for item in items:
            if item.is_unchanged() and self._is_finished(item, recorded):
                self.entries[item.student] = item.old
                earlier += item.old.checks != self.checks
            else:
                todo.append(item)
        if earlier:
            log.warning(
                "%d results of %s were given by other checks than today's; --force regrades them "
                "and shows first what changes",
                earlier,
                self.assignment.name,
            )
        return todo

    def _is_finished(self, item, recorded):
        """Is what the result file says also in the gradebook and on a page?"""
        if item.old.faults:
            return False
        if abs(recorded.get(item.student, -1) - item.old.score) > 0.005:
            return False
        page = self.course.feedback_page(self.assignment.name, item.student)
        return not self.feedback or (page.is_file() and page.stat().st_size > 0)

    def _all(self, finished, questions):
        """[(item, verdict)] of everything, where marks that were given before are to be compared;
        the old scores of what is not among `questions`, where there are any.
        """
        verdicts = []
        for item, verdict in finished:
            self.place.marker.notebooks.pop(item.student, None)  # a whole class would be too much
            if questions and item.is_same_work():
                verdict = changes.only(verdict, item.old, questions)
            verdicts.append((item, verdict))
            self.on_progress(len(verdicts), self.total, None)
        return sorted(verdicts, key=lambda pair: pair[0].student)

    def _write(self, scribe, item, verdict):
        """Hand a verdict to the writer, and keep those that it is done with."""
        job = (self.assignment, self.course, item.student, verdict, self.feedback)
        notebook = self.place.marker.notebooks.pop(item.student, b"")
        how = {"same_work": item.is_same_work(), "notebook": notebook}
        written = scribe.submit(writer.write, *job, **how)
        self.writing.append((item, verdict, written))
        self._keep(AHEAD)

    def _keep(self, left):
        """Make durable what is in the gradebook, waiting until at most `left` are not."""
        while self.writing and (len(self.writing) > left or self.writing[0][2].done()):
            self._keep_next()

    def _keep_next(self):
        """Wait until the next verdict is in the gradebook, and make it durable."""
        item, verdict, written = self.writing.popleft()
        entry = self._entry(item, verdict)
        try:
            written.result()
        except (GradebookError, BrokenProcessPool):
            raise
        except Exception as error:
            log.exception("Recording %s failed", ascii(item.student))
            entry.not_recorded(f"not written to the gradebook ({error!r})")
        entry.save(self.course.result(self.assignment.name, item.student))
        self.entries[item.student] = entry
        self.on_progress(len(self.entries), self.total, entry)

    def _entry(self, item, verdict):
        data = {"student": item.student, **verdict.to_json(), "recorded": True}
        beside = {"digest": item.digest, "checks": self.checks, "time": item.time}
        entry = Entry.of_verdict(data, **beside, term=drawn_from(), python=verdict.python)
        entry.notes = list(verdict.notes)  # which know more than their text
        return entry

    def _refused(self, item):
        """The entry of a folder that is not taken: nothing goes into the gradebook."""
        entry = self._entry(item, grading.refused(self.assignment, item.refused))
        entry.recorded = False
        return entry


def _are_judged_alike(some, others):
    """Do entries say the same of the same students?"""
    if some is others:
        return True
    return some.keys() == others.keys() and all(
        entry.judgement == others[student].judgement for student, entry in some.items()
    )

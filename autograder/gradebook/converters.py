"""nbgrader's converters for one submission after another, without what they would do anew for each:
open the gradebook a dozen times, write and read the notebook in between, build an exporter.
"""

import functools
import os
from contextlib import contextmanager

from nbgrader import utils
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.converters import Autograde, GenerateFeedback, autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import getgrades, latesubmissions, overwritecells, saveautogrades
from sqlalchemy import insert, select
from sqlalchemy.orm import undefer

from ..feedback.page import GRADED
from .exporter import PLACE

OPENERS = (autograde, overwritecells, saveautogrades, latesubmissions, getgrades)


class KeptGradebook(Gradebook):
    """A Gradebook for many submissions in turn: a closed one has given up its session and its
    connections, and may be used again. What belongs to one notebook is asked for together, and
    while it is `kept_open` what was found once is not looked for again.
    """

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._cells, self._found = {}, {}
        self._is_kept = False
        self.db.remove()  # the session that made the tables
        # Who changes what a computed value hangs on (a sum of scores) lets it be read again.
        self.db.configure(expire_on_commit=False)

    def close(self):
        if not self._is_kept:
            super().close()
            self._found.clear()

    @contextmanager
    def kept_open(self):
        """Let all that is done within share one session, whoever closes it."""
        self._is_kept = True
        try:
            yield
        finally:
            self._is_kept = False
            self.close()

    def add_student(self, student_id, **about):
        """Without a commit of its own where the submission's follows."""
        if not self._is_kept:
            return super().add_student(student_id, **about)
        student = Student(id=student_id, **about)
        self.db.add(student)
        self.db.flush()
        return student

    def add_submission(self, assignment, student, **about):
        """Its rows at one go, without an object for each; they are committed with their scores."""
        if not self._is_kept:
            return super().add_submission(assignment, student, **about)
        if "timestamp" in about:
            about["timestamp"] = utils.parse_utc(about["timestamp"])
        assignment_id, notebooks = self._remembered(self._structure, (assignment,))
        submission = new_uuid()
        own = {"id": submission, "assignment_id": assignment_id, "student_id": student}
        rows = {SubmittedAssignment: [own | about], SubmittedNotebook: [], Comment: [], Grade: []}
        for notebook, cells in notebooks:
            own = {"id": new_uuid(), "assignment_id": submission, "notebook_id": notebook}
            rows[SubmittedNotebook].append(own)
            for kind, cell in cells:
                rows[kind].append({"notebook_id": own["id"], "cell_id": cell})
        for kind, some in rows.items():
            if some:
                self.db.execute(insert(kind.__table__), some)
        return self.find_submission(assignment, student)

    def _structure(self, assignment):
        """(its id, [(id of a notebook, [(Comment or Grade, id of the cell)])])."""
        found, notebooks = super().find_assignment(assignment), []
        for notebook in found.notebooks:
            written = [*notebook.solution_cells, *notebook.task_cells]
            graded = [*notebook.grade_cells, *notebook.task_cells]
            cells = [(Comment, c.id) for c in written] + [(Grade, c.id) for c in graded]
            notebooks.append((notebook.id, cells))
        return found.id, notebooks

    def find_student(self, *where):
        return self._once(super().find_student, where)

    def find_assignment(self, *where):
        return self._once(super().find_assignment, where)

    def find_notebook(self, *where):
        return self._once(super().find_notebook, where)

    def find_submission(self, *where):
        return self._once(super().find_submission, where)

    def find_submission_notebook(self, *where):
        return self._once(super().find_submission_notebook, where)

    def find_source_cell(self, *where):
        return self._remembered(super().find_source_cell, where)

    def find_graded_cell(self, *where):
        return self._remembered(super().find_graded_cell, where)

    def find_grade(self, name, *where):
        return self._all(Grade, where).get(name) or super().find_grade(name, *where)

    def find_comment(self, name, *where):
        return self._all(Comment, where).get(name) or super().find_comment(name, *where)

    def forget_cells(self):
        self._cells.clear()

    def _once(self, find, where):
        """What is looked for, as the open session has it."""
        key = (find.__name__, where)
        if key not in self._found:
            self._found[key] = find(*where)
        return self._found[key]

    def _remembered(self, find, where):
        """Something of the assignment, which stays as it is while a class is graded."""
        key = (find.__name__, where)
        if key not in self._cells:
            self._cells[key] = found = find(*where)
            if isinstance(found, BaseCell):
                self.db.expunge(found)  # and hangs on no session
        return self._cells[key]

    def _all(self, kind, where):
        """{name of the cell: grade or comment} of one student's notebook."""
        if (kind, where) not in self._found:
            of_notebook = kind.notebook_id == self.find_submission_notebook(*where).id
            cell = BaseCell.id == kind.cell_id
            query = select(BaseCell.name, kind).join(kind, cell).where(of_notebook)
            if kind is Grade:
                query = query.options(undefer(Grade.max_score))
            self._found[kind, where] = dict(self.db.execute(query).all())
        return self._found[kind, where]


@functools.cache
def share_gradebooks():
    """Let nbgrader's steps use one Gradebook in turn, in this process.

    Each step opens its own, with a database engine that compiles every statement again.
    """
    for module in OPENERS:
        module.Gradebook = _opened


_kept = functools.cache(KeptGradebook)


def _opened(url, course_id=None):
    """The one Gradebook; a course only says where a new assignment would go."""
    return _kept(url)


def forget_cells(url):
    """An assignment has perhaps other cells now."""
    _kept(url).forget_cells()


def kept_open(url):
    """A context manager: all steps within share one session."""
    return _kept(url).kept_open()


class One:
    """A converter of the notebook of the one student that the course directory names."""

    _kept = None
    fault = None  # what went wrong: nbgrader logs it, and gives up without a word of it

    def init_assignment(self, assignment_id, student_id):
        with self._remembering():
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename):
        with self._remembering():
            self._convert(notebook_filename)

    def _convert(self, notebook_filename):
        super().convert_single_notebook(notebook_filename)

    @contextmanager
    def _remembering(self):
        self.fault = None
        try:
            yield
        except Exception as error:
            self.fault = error
            raise

    def start(self):
        if self._kept is None:
            super().start()
            self._kept = (self.writer, self.exporter)  # nbconvert would compile templates anew
        else:
            self.init_notebooks()
            self.writer, self.exporter = self._kept
            self.convert_notebooks()

    def init_notebooks(self):
        """nbgrader looks with a pattern, which goes wrong on brackets in a name, and on no file."""
        assignment = self.coursedir.assignment_id
        folder = self._format_source(assignment, self.coursedir.student_id)
        self.assignments = {folder: [os.path.join(folder, f"{assignment}.ipynb")]}


class AutogradeOne(One, Autograde):
    """Autograde for one student, in one pass: nbgrader writes what it has sanitised, and reads it
    again to grade it.

    Attributes:
        handed_over: the `HandOver` with the verdict on that student.
    """

    handed_over = None

    def init_single_notebook_resources(self, notebook_filename):
        resources = super().init_single_notebook_resources(notebook_filename)
        return resources | {PLACE: self.handed_over}

    def init_assignment(self, assignment_id, student_id):
        super().init_assignment(assignment_id, student_id)
        folder = self._format_source(assignment_id, student_id)
        if self.coursedir.get_existing_timestamp(folder) is None:
            self._forget_timestamp(assignment_id, student_id)

    def _forget_timestamp(self, assignment_id, student_id):
        """nbgrader keeps the one of an earlier version, which says nothing of this one."""
        course = self.coursedir
        with autograde.Gradebook(course.db_url, course.course_id) as gradebook:
            submission = gradebook.find_submission(assignment_id, student_id)
            if submission.timestamp is not None:
                submission.timestamp = None
                gradebook.db.commit()

    def _init_preprocessors(self):
        if not self.exporter._preprocessors:
            for preprocessor in [*self.sanitize_preprocessors, *self.autograde_preprocessors]:
                self.exporter.register_preprocessor(preprocessor)

    def _convert(self, notebook_filename):
        self._init_preprocessors()
        with utils.setenv(NBGRADER_EXECUTION="autograde"):
            BaseConverter.convert_single_notebook(self, notebook_filename)


class FeedbackOne(One, GenerateFeedback):
    """GenerateFeedback for one student.

    Attributes:
        graded: the notebook as it was just written, which then is not read again; or None.
    """

    graded = None

    def init_single_notebook_resources(self, notebook_filename):
        resources = super().init_single_notebook_resources(notebook_filename)
        return resources | {GRADED: self.graded}

"""nbgrader's converters for one submission after another, without what they would do anew for each:
open the gradebook a dozen times, write and read the notebook in between, build an exporter.
"""

import functools
import os
from contextlib import contextmanager

from nbgrader import utils
from nbgrader.api import BaseCell, Comment, Grade, Gradebook
from nbgrader.converters import Autograde, GenerateFeedback, autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import getgrades, latesubmissions, overwritecells, saveautogrades
from sqlalchemy import select

from .exporter import PLACE

OPENERS = (autograde, overwritecells, saveautogrades, latesubmissions, getgrades)


class KeptGradebook(Gradebook):
    """A Gradebook for many submissions in turn: a closed one has given up its session and its
    connections, and may be used again. What belongs to one notebook is asked for together.
    """

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._cells, self._of_student = {}, {}

    def close(self):
        super().close()
        self._of_student.clear()

    def find_source_cell(self, *where):
        return self._remembered(super().find_source_cell, where)

    def find_graded_cell(self, *where):
        return self._remembered(super().find_graded_cell, where)

    def find_grade(self, name, *where):
        return self._all(Grade, where).get(name) or super().find_grade(name, *where)

    def find_comment(self, name, *where):
        return self._all(Comment, where).get(name) or super().find_comment(name, *where)

    def _remembered(self, find, where):
        """A cell of the assignment, which stays as it is while a class is graded."""
        key = (find.__name__, where)
        if key not in self._cells:
            self._cells[key] = find(*where)
        return self._cells[key]

    def _all(self, kind, where):
        """{name of the cell: grade or comment} of one student's notebook."""
        if (kind, where) not in self._of_student:
            of_notebook = kind.notebook_id == self.find_submission_notebook(*where).id
            cell = BaseCell.id == kind.cell_id
            query = select(BaseCell.name, kind).join(kind, cell).where(of_notebook)
            rows = self.db.execute(query)
            self._of_student[kind, where] = dict(rows.all())
        return self._of_student[kind, where]


@functools.cache
def share_gradebooks():
    """Let nbgrader's steps use one Gradebook in turn, in this process.

    Each step opens its own, with a database engine that compiles every statement again.
    """
    opened = functools.cache(KeptGradebook)
    for module in OPENERS:
        module.Gradebook = opened


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
    """GenerateFeedback for one student."""

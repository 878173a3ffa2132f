"""nbgrader's converters for one submission after another, without what they would do anew for each:
open the gradebook a dozen times, write and read the notebook in between, build an exporter.
"""

import functools
import os

from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback, autograde
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import getgrades, latesubmissions, overwritecells, saveautogrades

OPENERS = (autograde, overwritecells, saveautogrades, latesubmissions, getgrades)


@functools.cache
def share_gradebooks():
    """Let nbgrader's steps use one Gradebook in turn, in this process.

    Each opens its own, with a database engine that compiles every statement again. A closed one has
    given up its session and its connections, and is as good as new.
    """
    opened = functools.cache(Gradebook)
    for module in OPENERS:
        module.Gradebook = opened


class One:
    """A converter of the notebook of the one student that the course directory names."""

    _kept = None

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
    """

    def _init_preprocessors(self):
        if not self.exporter._preprocessors:
            for preprocessor in [*self.sanitize_preprocessors, *self.autograde_preprocessors]:
                self.exporter.register_preprocessor(preprocessor)

    def convert_single_notebook(self, notebook_filename):
        self._init_preprocessors()
        with utils.setenv(NBGRADER_EXECUTION="autograde"):
            BaseConverter.convert_single_notebook(self, notebook_filename)


class FeedbackOne(One, GenerateFeedback):
    """GenerateFeedback for one student."""

"""Verdicts into nbgrader's gradebook: autograded notebooks, scores and feedback pages."""

import logging
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine, func, make_url, select, text
from traitlets.config import Config

from ..course.course import model_notebook
from ..errors import GradebookError
from ..notebooks import read
from . import lateness, terms
from .config import course_config
from .converters import AutogradeOne, FeedbackOne, forget_cells, kept_open, share_gradebooks
from .exporter import HandOver

LOCK = 0x6772616465  # any number that nobody else takes
log = logging.getLogger(__name__)
log.setLevel(logging.ERROR)  # nbgrader warns of every file it replaces


class Recorder:
    """Runs nbgrader's own converters on one submission at a time, reusing what they share.

    Raises (from every method):
        nbgrader.converters.base.NbGraderException: nbgrader could not do its part; the log says
        why.
    """

    def __init__(self, assignment, course):
        """
        Args:
            assignment: the `assignments.Assignment`.
            course: the `course.Course`.
        """
        share_gradebooks()
        self.assignment = assignment.name
        self._course = course
        self.config = course_config(course)
        self.course = CourseDirectory(config=self.config)
        self.course.assignment_id = assignment.name
        self._autograde = AutogradeOne(coursedir=self.course, config=self.config, log=log)
        self._autograde.force = True
        self._feedback = FeedbackOne(coursedir=self.course, config=self.config, log=log)
        self._feedback.force = True
        self._graded = {}  # {student: notebook} of whoever was recorded last

    def register(self):
        """Make the gradebook know the assignment as it is now in solutions/, one process at a time.

        Where students have been graded already, nbgrader keeps its list of cells: then the text of
        locked cells stays as it was, which changes no score.

        Raises:
            GradebookError: the questions or their points are others than those graded so far.
        """
        _create_whole(self.course.db_url)
        with _alone(self.course.db_url):
            Gradebook(
                self.course.db_url
            ).close()  # its own course, which some of nbgrader's steps use
            self._register()

    def _register(self):
        wanted, known, graded = self._cells_of_solution(), *self._cells_of_gradebook()
        if known == wanted:
            return
        if graded and known.keys() != wanted.keys():
            ours, theirs = _points(wanted), _points(known)
            if ours == theirs:
                return
            raise GradebookError(
                f"students were graded on other questions than solutions/{self.assignment} asks. "
                f"Expected {ours}. Received from the gradebook: {theirs}. Start another gradebook "
                "(set AUTOGRADER_DB), or take the change back."
            )
        with tempfile.TemporaryDirectory() as scratch:
            config = Config()
            config.merge(self.config)
            config.CourseDirectory.source_directory = str(self._model.parents[1])
            config.CourseDirectory.release_directory = scratch  # assignments/ is not ours to write
            course = CourseDirectory(config=config)
            course.assignment_id = self.assignment
            converter = GenerateAssignment(coursedir=course, config=config, log=log)
            converter.force = True
            converter.start()
        forget_cells(self.course.db_url)

    @property
    def _model(self):
        return model_notebook(self.assignment)

    def _cells_of_solution(self):
        """{grade id: (source, points)} of the locked cells in solutions/."""
        cells = read(self._model.read_bytes())
        cells = [(c["metadata"].get("nbgrader", {}), c["source"]) for c in cells]
        return {m["grade_id"]: (source, m.get("points")) for m, source in cells if m.get("locked")}

    def _cells_of_gradebook(self):
        """The same from the gradebook, and whether any student was graded."""
        with Gradebook(self.course.db_url, self.course.course_id) as gradebook:
            try:
                notebook = gradebook.find_notebook(self.assignment, self.assignment)
            except MissingEntry:
                return {}, False
            points = {cell.name: cell.max_score for cell in notebook.grade_cells}
            locked = [cell for cell in notebook.source_cells if cell.locked]
            known = {cell.name: (cell.source, points.get(cell.name)) for cell in locked}
            return known, bool(notebook.submissions)

    def recorded(self):
        """{student: automatic points} of every submission of the assignment."""
        points = (
            select(SubmittedAssignment.student_id, func.sum(Grade.auto_score))
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .where(Assignment.name == self.assignment)
        )
        with Gradebook(self.course.db_url, self.course.course_id) as gradebook:
            rows = gradebook.db.execute(points.group_by(SubmittedAssignment.student_id)).all()
        return {student: total for student, total in rows if total is not None}

    def require_term(self):
        """See to it that what the gradebook has is of this term.

        Raises:
            OtherTerm: it is not.
        """
        terms.require(self.course.db_url, self.assignment)

    def remember_term(self):
        """Let the gradebook remember the term word."""
        terms.remember(self.course.db_url, self.assignment)

    @property
    def file(self):
        """The gradebook's own file; None where it is on a server."""
        url = make_url(self.course.db_url)
        is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
        return Path(url.database).resolve() if is_file else None

    def bring_up_to_date(self):
        """Take times and penalties as they are now; return the students whose penalty changed."""
        with Gradebook(self.course.db_url, self.course.course_id) as gradebook:
            about = (self.assignment, self.config, self._course)
            return lateness.bring_up_to_date(gradebook, *about)

    def record(self, student, verdict, same_work=False, cells=None):
        """Write a verdict into the gradebook and the autograded notebook.

        Args:
            same_work: it is a verdict on what was graded before.
            cells: of the repaired notebook (default: what was handed in is read again).
        """
        handed_over = self._autograde.handed_over = HandOver(verdict, same_work, cells)
        self._run(self._autograde, student)
        self._graded = {student: handed_over.notebook}

    def give_feedback(self, student):
        """Write the student's feedback page."""
        self._feedback.graded = self._graded.pop(student, None)
        self._run(self._feedback, student)

    def _run(self, converter, student):
        self.course.student_id = student
        try:
            with kept_open(self.course.db_url):
                converter.start()
        except NbGraderException as error:
            raise error from converter.fault


def _create_whole(url):
    """Create a gradebook that is a file under another name first: nbgrader's own way takes several
    steps, and could be interrupted in the middle.
    """
    path = make_url(url).database if url.startswith("sqlite:") else None
    if path is None or path in ("", ":memory:") or os.path.exists(path):
        return
    folder = tempfile.mkdtemp(dir=os.path.dirname(path), prefix=".gradebook-")
    try:
        Gradebook(f"sqlite:///{folder}/new.db").close()
        os.replace(f"{folder}/new.db", path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone(url):
    """Be the only process that prepares a gradebook on a server (PostgreSQL): several graders may
    start at the same moment.
    """
    if make_url(url).get_backend_name() != "postgresql":
        yield
        return
    engine = create_engine(url)
    try:
        with engine.connect() as connection:  # the lock ends with the connection, however
            connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": LOCK})
            yield
    finally:
        engine.dispose()


def _points(cells):
    return {name: points for name, (_, points) in cells.items() if points is not None}

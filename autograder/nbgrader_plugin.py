"""Where nbgrader meets the grader: an exporter that reads any submission, and the preprocessor that
grades it.

`nbgrader autograde`, formgrader's button and `python -m autograder grade` all come through here, so
all three give the same scores and the same feedback.
"""

import functools
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import jinja2
import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    SaveAutoGrades,
    saveautogrades,
)
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from traitlets import Bool, Unicode, default
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from . import checks, feedback, intake, marking, submission
from .feedback_page import EscapeNames, FeedbackExporter
from .files import gradebook_url
from .late import AssignPenalties
from .notebook import Damaged
from .verdict import Verdict


@dataclass(frozen=True)
class Known:
    """A verdict that is there already; `same_work`: on what was graded before."""

    verdict: Verdict
    same_work: bool = False


VERDICTS = {}  # student -> Known, where `classroom` has marked the submission
SUMMARY_ID = "autograder-summary"
CONFIG = "nbgrader_config.py"


class SubmissionExporter(NotebookExporter):
    """Reads what was handed in, however damaged, as a repaired notebook; everything else as
    nbformat does.

    nbgrader would fail on such a file before any preprocessor sees it, and export 0 points with no
    flag.
    """

    def from_filename(self, filename, resources=None, **kwargs):
        about = (resources or {}).get("nbgrader", {})
        assignment, student = about.get("assignment"), about.get("student")
        if assignment not in checks.NAMES or not self._is_submitted(filename, student, assignment):
            return super().from_filename(filename, resources=resources, **kwargs)
        try:
            cells, repairs = intake.read_folder(Path(filename).parent, assignment)
            notebook = submission.repair(cells, assignment)
            notebook.repairs[:0] = repairs
            damage = None
        except Damaged as error:
            notebook, damage = submission.repair([], assignment), str(error)
        node = as_node(notebook, {"repairs": [] if damage else notebook.repairs, "damage": damage})
        return self.from_notebook_node(node, resources=resources, **kwargs)

    def _is_submitted(self, filename, student, assignment):
        course = self.parent.coursedir
        folder = course.format_path(course.submitted_directory, student, assignment)
        return Path(filename).parent.resolve() == Path(folder).resolve()


def as_node(notebook, about):
    """A valid notebook of nbformat 4.5; `about` travels in its metadata to SealedExecute."""
    cells = []
    for i, cell in enumerate(notebook.cells):
        identity = cell.get("id") if "nbgrader" in cell["metadata"] else None
        cells.append({**cell, "id": identity or f"cell-{i}"})
    metadata = {
        "autograder": about,
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return nbformat.from_dict(
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )


class SealedExecute(NbGraderPreprocessor):
    """Stands where nbgrader's Execute stood: grades in a sealed process and writes the verdict into
    the cells.
    """

    enabled = Bool(True).tag(config=True)
    sandbox = Unicode(
        help="'bubblewrap', or 'process' where bubblewrap cannot run (limits, but no walls)",
    ).tag(config=True)

    @default("sandbox")
    def _sandbox_default(self):
        return os.environ.get("AUTOGRADER_SANDBOX", "bubblewrap")

    def preprocess(self, nb, resources):
        assignment = resources["nbgrader"]["assignment"]
        checks.load(assignment)  # a clear error for an assignment that has none
        about = nb.metadata.pop("autograder", {})
        known = VERDICTS.get(resources["nbgrader"]["student"])
        verdict = known.verdict if known else self._verdict(nb, assignment, about)
        write_verdict(nb, verdict)
        resources["nbgrader"]["no_mark"] = verdict.status == "damaged" or bool(
            verdict.staff_notes()
        )
        return nb, resources

    def _verdict(self, nb, assignment, about):
        if about.get("damage"):
            return marking.damaged(assignment, about["damage"])
        notebook = submission.Notebook(nb.cells, list(about.get("repairs", [])))
        return marking.examine(marking.Work.of(notebook, assignment), sandbox=self.sandbox)


def write_verdict(nb, verdict):
    """Put the summary on top, and into each graded cell its score, which nbgrader reads, with the
    reasons.

    nbgrader takes the first decisive output: exactly one `execute_result`, whose text is a plain
    finite float. A graded cell without one would get full points.
    """
    results = {result.question: result for result in verdict.results}
    for cell in nb.cells:
        if not is_grade(cell) or is_solution(cell):
            continue
        result = results[cell.metadata.nbgrader["grade_id"]]
        data = {
            "text/plain": repr(float(result.score)),
            "text/html": feedback.question_html(result),
        }
        cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
        cell.execution_count = 1
    html = {"text/html": feedback.summary_html(verdict), "text/plain": "What the grader saw"}
    summary = nbformat.v4.new_code_cell("# What the grader saw", id=SUMMARY_ID)
    summary.outputs = [nbformat.v4.new_output("display_data", html)]
    nb.cells.insert(0, summary)


class SaveGrades(SaveAutoGrades):
    """SaveAutoGrades that asks for no second look at what was graded by hand, where neither the
    work nor its automatic score has changed, and for one where there is no mark: what could not be
    read, or was our own fault, is no 0 to anybody who reads the gradebook. One commit for the
    notebook: killed before it or after, all is well.
    """

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        self.notebook_id, self.assignment_id = about["notebook"], about["assignment"]
        self.student_id = about["student"]
        self.gradebook = saveautogrades.Gradebook(about["db_url"])
        with self.gradebook:
            for index, cell in enumerate(nb.cells):
                self.preprocess_cell(cell, resources, index)
            self.gradebook.db.commit()
        return nb, resources

    def _add_score(self, cell, resources):
        places = (self.notebook_id, self.assignment_id, self.student_id)
        grade = self.gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], *places)
        score, _ = determine_grade(cell, self.log)
        known = VERDICTS.get(self.student_id)
        about = resources["nbgrader"]
        settled = grade.manual_score is not None and not grade.needs_manual_grade
        stays = settled and grade.auto_score == score and known is not None and known.same_work
        by_hand = grade.manual_score is not None or score is None or about.get("no_mark", False)
        grade.auto_score, grade.needs_manual_grade = score, by_hand and not stays

    def _add_comment(self, cell, resources):
        places = (self.notebook_id, self.assignment_id, self.student_id)
        comment = self.gradebook.find_comment(cell.metadata["nbgrader"]["grade_id"], *places)
        untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
        comment.auto_comment = "No response." if untouched and not is_task(cell) else None


class ColabBadge(NbGraderPreprocessor):
    """Writes the course's repository into the Colab badge of a released notebook."""

    repository = Unicode("your-school/your-course", help="owner/name on GitHub").tag(config=True)

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("/github/REPOSITORY/", f"/github/{self.repository}/")
        return cell, resources


def configure(c, grading="grading"):
    """Set up a course in nbgrader_config.py: folders, gradebook, release, and sealed grading.

    Args:
        c: nbgrader's configuration object.
        grading: the folder for submissions, gradebook and feedback, in the course's folder.
    """
    grading = Path(grading).absolute()
    grading.mkdir(parents=True, exist_ok=True)
    course = c.CourseDirectory
    # The one that nbgrader makes when none is named: a server wants to know the course first.
    course.course_id = "default_course"
    course.source_directory, course.release_directory = "solutions", "assignments"
    for step in ("submitted", "autograded", "feedback"):
        setattr(course, f"{step}_directory", os.path.relpath(grading / step))
    course.ignore = [*CourseDirectory.class_traits()["ignore"].default(), intake.RECORD]
    course.db_url = gradebook_url(grading)
    # nbgrader runs `alembic` by name when it makes a gradebook; a .venv that is not activated is
    # not on PATH.
    os.environ["PATH"] = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    )
    configure_release(c)
    configure_grading(c)
    configure_pages(c)


def configure_release(c):
    """What students get: stubs that raise NotImplementedError, no mark schemes, a working Colab
    badge.
    """
    c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
    # A mark scheme stands in the locked question, so that nbgrader shows it to whoever grades the
    # answer.
    c.ClearMarkScheme.enforce_metadata = False
    standard = GenerateAssignment.class_traits()["preprocessors"].default()
    c.GenerateAssignment.preprocessors = [ColabBadge, *standard]


def configure_grading(c):
    """Sealed grading instead of a kernel.

    The exporter has done already what ClearOutput, DeduplicateIds, OverwriteKernelspec and
    CheckCellMetadata are for: outputs are those that staff may read, each id is there once, and all
    metadata are ours. OverwriteCells stays, because the gradebook's copy of a locked question
    carries its mark scheme.
    """
    c.Autograde.exporter_class = SubmissionExporter
    c.Exporter.optimistic_validation = True  # once, after all steps
    c.Autograde.sanitize_preprocessors = [OverwriteCells]
    c.Autograde.autograde_preprocessors = [
        SealedExecute,
        LimitOutput,
        SaveGrades,
        AssignPenalties,
    ]
    c.Autograde.pre_convert_hook = take_in


def take_in(assignment, student, notebooks):
    """nbgrader's hook before it copies a student's folder: move out of it what could do harm, and
    let a notebook of another name count.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        intake.tidy(folder)
        notebooks[:] = [str(folder / f"{folder.name}.ipynb")]


def configure_pages(c):
    """Feedback and formgrader show what a student wrote, and run none of it."""
    c.GenerateFeedback.exporter_class = FeedbackExporter
    c.HTMLExporter.filters = {"markdown2html": "autograder.feedback_page.safe_markdown"}
    c.HTMLExporter.preprocessors = [EscapeNames]
    if formgrader := sys.modules.get("nbgrader.server_extensions.formgrader.formgrader"):
        # Its own pages put ids into HTML as they are (nbgrader 0.9.5).
        formgrader.Environment = functools.partial(jinja2.Environment, autoescape=True)


def course_config(grading):
    """The configuration of `configure`, and on top of it what nbgrader_config.py says, where
    `grading` is the folder of the course that we are in.
    """
    c = Config()
    configure(c, grading)
    course = Path.cwd()
    if Path(grading).absolute() == course / "grading" and (course / CONFIG).is_file():
        c.merge(PyFileConfigLoader(CONFIG, path=str(course)).load_config())
        if url := os.environ.get("AUTOGRADER_DB"):
            c.CourseDirectory.db_url = url
    return c

"""Where nbgrader meets the grader: an exporter that reads any submission, and the preprocessor that
grades it.

`nbgrader autograde`, formgrader's button and `python -m autograder grade` all come through here, so
all three give the same scores and the same feedback.
"""

import functools
import os
import sys
from pathlib import Path

import jinja2
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    LimitOutput,
    OverwriteCells,
)
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from ..course.course import gradebook_url
from ..feedback.page import EscapeNames, FeedbackExporter
from ..notebooks.folder import RECORD, tidy
from .exporter import SubmissionExporter
from .late import AssignPenalties
from .preprocessors import ColabBadge, SaveGrades, SealedExecute

CONFIG = "nbgrader_config.py"


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
    course.ignore = [*CourseDirectory.class_traits()["ignore"].default(), RECORD]
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
        tidy(folder)
        notebooks[:] = [str(folder / f"{folder.name}.ipynb")]


def configure_pages(c):
    """Feedback and formgrader show what a student wrote, and run none of it."""
    c.GenerateFeedback.exporter_class = FeedbackExporter
    c.HTMLExporter.filters = {"markdown2html": "autograder.feedback.page.safe_markdown"}
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

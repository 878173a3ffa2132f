"""How nbgrader is configured: folders, the steps that are ours, pages that run nothing.

`nbgrader autograde`, formgrader's button and `python -m autograder grade` all come through here, so
all three give the same scores and the same feedback.
"""

import functools
import os
import sys
from pathlib import Path

import jinja2
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import DeduplicateIds, LimitOutput, OverwriteCells
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from ..course import Course, settings
from ..feedback.page import BoxedExporter, EscapeNames, FeedbackExporter
from ..notebooks.folder import RECORD, tidy
from .exporter import SubmissionExporter
from .lateness import AssignPenalties
from .lean import read_schema_version_here
from .preprocessors import ColabBadge, Grades, SaveGrades, SealedExecute

CONFIG = "nbgrader_config.py"


def configure(c, grading="grading"):
    """Set up a course in nbgrader_config.py: folders, gradebook, release, and sealed grading.

    Args:
        c: nbgrader's configuration object.
        grading: the folder for submissions, gradebook and feedback, in the course's folder.
    """
    places = Course(Path(grading).absolute())
    places.grading.mkdir(parents=True, exist_ok=True)
    course = c.CourseDirectory
    # The one that nbgrader makes when none is named: a server wants to know the course first.
    course.course_id = "default_course"
    course.source_directory, course.release_directory = "solutions", "assignments"
    for step in ("submitted", "autograded", "feedback"):
        setattr(course, f"{step}_directory", os.path.relpath(places.grading / step))
    course.ignore = [*CourseDirectory.class_traits()["ignore"].default(), RECORD]
    course.db_url = places.gradebook_url
    read_schema_version_here()
    # nbgrader runs `alembic` by name when it upgrades a gradebook; a .venv that is not activated is
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

    The exporter has done already what nbgrader's own sanitizing steps are for: outputs are those
    that staff may read, each id is there once, and all metadata are ours. One of the steps stays:
    nbconvert's optimistic validation fails where there is none (nbconvert 7.16 and 7.17).
    OverwriteCells stays, because the gradebook's copy of a locked question carries its mark scheme.
    """
    c.Autograde.exporter_class = SubmissionExporter
    c.Exporter.optimistic_validation = True  # once, after all steps
    c.Autograde.sanitize_preprocessors = [DeduplicateIds]
    c.Autograde.autograde_preprocessors = [
        OverwriteCells,
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
    c.GenerateFeedback.preprocessors = [Grades, CSSHTMLHeaderPreprocessor]
    c.HTMLExporter.filters = {
        "markdown2html": "autograder.feedback.page.safe_markdown",
        "strip_files_prefix": "autograder.feedback.page.as_it_is",
    }
    c.HTMLExporter.preprocessors = [EscapeNames]
    if formgrader := sys.modules.get("nbgrader.server_extensions.formgrader.formgrader"):
        # Its own pages put ids into HTML as they are (nbgrader 0.9.5).
        formgrader.Environment = functools.partial(jinja2.Environment, autoescape=True)
        formgrader.HTMLExporter = BoxedExporter


def course_config(course: Course):
    """The configuration of `configure`, and on top of it what nbgrader_config.py says, where it is
    the course of the folder that we are in.
    """
    c = Config()
    configure(c, course.grading)
    here = Path.cwd()
    if course.grading.absolute() == here / "grading" and (here / CONFIG).is_file():
        c.merge(PyFileConfigLoader(CONFIG, path=str(here)).load_config())
        if url := settings.gradebook_url():
            c.CourseDirectory.db_url = url
    return c

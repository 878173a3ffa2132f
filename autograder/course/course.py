"""Where things lie: the project's own notebooks, and everything under one course's `grading/`."""

import functools
from pathlib import Path

from ..errors import NoCourseFolder
from . import settings

PACKAGE = Path(__file__).resolve().parents[1]
PACKED = PACKAGE / "course" / "packed"  # in a wheel: solutions/ and assignments/ as they were built


@functools.cache
def checkout() -> Path | None:
    """The folder of the project, or None where only the package is installed."""
    root = PACKAGE.parent
    return root if (root / "solutions").is_dir() and (root / "assignments").is_dir() else None


def need_checkout(what: str) -> Path:
    """The folder of the project.

    Raises:
        NoCourseFolder: there is none, and `what` cannot be done.
    """
    if (root := checkout()) is None:
        raise NoCourseFolder(
            f"{what} needs the project's folder with solutions/, assignments/ and docs/, which an "
            "installed package does not have. Run it in a checkout of the project"
        )
    return root


def model_notebook(assignment: str) -> Path:
    """The source of an assignment: nbgrader's markup, model answers, mark schemes."""
    return (checkout() or PACKED) / "solutions" / assignment / f"{assignment}.ipynb"


def released_notebook(assignment: str) -> Path:
    """What students get."""
    return (checkout() or PACKED) / "assignments" / assignment / f"{assignment}.ipynb"


def key_folder() -> Path:
    """Where the answer key is kept on disk."""
    return settings.key_folder() or _own_key_folder()


@functools.cache
def _own_key_folder() -> Path:
    if root := checkout():
        return root / ".cache" / "key"
    from platformdirs import user_cache_path

    return user_cache_path("autograder") / "key"


class Course:
    """The paths of one course. Nothing is looked at or made.

    Args (of the constructor):
        grading: the folder that holds submitted/; gradebook, feedback and results go beside it.
    """

    def __init__(self, grading: str | Path = "grading"):
        self.grading = Path(grading)

    @classmethod
    def here(cls) -> "Course":
        """The course in the current folder."""
        return cls(Path.cwd() / "grading")

    @classmethod
    def of_submission(cls, folder: str | Path) -> "Course":
        """The course that a student's folder (`…/submitted/<student>/<assignment>`) belongs to."""
        return cls(Path(folder).absolute().parents[2])

    @property
    def gradebook_url(self) -> str:
        """SQLAlchemy URL: AUTOGRADER_DB, or a file."""
        file = f"sqlite:///{self.grading.absolute()}/gradebook.db"
        return settings.gradebook_url() or file

    @property
    def secret(self) -> Path:
        """What hidden inputs are drawn from (`course.secret`)."""
        return self.grading / "secret"

    @property
    def submitted(self) -> Path:
        return self.grading / "submitted"

    @property
    def feedback(self) -> Path:
        return self.grading / "feedback"

    @property
    def reports(self) -> Path:
        return self.grading / "reports"

    def submission(self, assignment: str, student: str) -> Path:
        """The folder that a student handed in."""
        return self.submitted / student / assignment

    def autograded(self, assignment: str, student: str) -> Path:
        """The notebook with the verdict in it, as formgrader shows it."""
        return self.grading / "autograded" / student / assignment / f"{assignment}.ipynb"

    def feedback_page(self, assignment: str, student: str) -> Path:
        return self.feedback / student / assignment / f"{assignment}.html"

    def results(self, assignment: str) -> Path:
        """The folder of the result files of all submissions."""
        return self.grading / "results" / assignment

    def result(self, assignment: str, student: str) -> Path:
        """The result file of one submission."""
        return self.results(assignment) / f"{student}.json"

    def footprint(self, assignment: str) -> Path:
        """What the last finished run came from (`classroom.footprint`)."""
        return self.results(assignment) / ".footprint"

    def class_file(self, assignment: str) -> Path:
        """The result file of a class."""
        return self.reports / f"{assignment}.json"

    def previous_class_file(self, assignment: str) -> Path:
        """The class file of the last run that said other things."""
        return self.reports / f"{assignment}.previous.json"

    def report(self, assignment: str) -> Path:
        """The staff report of an assignment."""
        return self.reports / f"{assignment}.html"

    @property
    def course_report(self) -> Path:
        """The staff report of the whole course."""
        return self.reports / "course.html"

    def export(self, assignment: str, to: str) -> Path:
        """Marks for an LMS."""
        packed = to == "gradescope" or to.endswith("-feedback")
        return self.reports / f"{assignment}-{to}.{'zip' if packed else 'csv'}"

    @property
    def roster(self) -> Path:
        """Everybody whom a roster named."""
        return self.grading / "roster.csv"

    @property
    def collected(self) -> Path:
        """What became of every file of a download, all term."""
        return self.reports / "collected.csv"

    def set_aside(self, assignment: str, student: str) -> Path:
        """Where things of a student's folder are put that cannot stay in it."""
        return self.grading / "set_aside" / student / assignment

    def replaced(self, assignment: str, student: str) -> Path:
        """Where an earlier version goes when a student hands in again."""
        return self.grading / "replaced" / student / assignment

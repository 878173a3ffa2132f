"""Where things lie."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


import os
from pathlib import Path


def gradebook_url(grading):
    """The gradebook's SQLAlchemy URL: AUTOGRADER_DB, or a file in the folder `grading`."""
    return os.environ.get("AUTOGRADER_DB") or f"sqlite:///{Path(grading).absolute()}/gradebook.db"


def class_file(assignment, grading):
    """The result file of a class."""
    return Path(grading, "reports", f"{assignment}.json")


def results_folder(assignment, grading):
    """The folder of the result files of all submissions."""
    return Path(grading, "results", assignment)


def result_file(assignment, grading, student):
    """The result file of one submission."""
    return results_folder(assignment, grading) / f"{student}.json"

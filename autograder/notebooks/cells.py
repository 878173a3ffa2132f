"""What a cell is: ours or the student's, locked, a solution, an experiment."""

import re

from ..course.course import PROJECT
from .reader import read
from .syntax import functions_defined

EXPERIMENT = re.compile(r"\s*# experiment\b", re.IGNORECASE)


def released(assignment):
    """The cells of the released notebook, which every submission is matched against."""
    return read((PROJECT / "assignments" / assignment / f"{assignment}.ipynb").read_bytes())


def is_experiment(cell):
    """Training runs and plots: tagged so, or (Colab may lose tags) saying so in the first line. The
    cells that tasks are solved in are none, whatever they say.
    """
    if is_solution(cell):
        return False
    return "experiment" in tags(cell) or bool(EXPERIMENT.match(cell["source"]))


def defined_in(cells):
    """Names of all functions that the code cells among `cells` define."""
    return {
        name
        for cell in cells
        if cell["cell_type"] == "code"
        for name in functions_defined(cell["source"])
    }


def same(a, b):
    return a["cell_type"] == b["cell_type"] and a["source"].strip() == b["source"].strip()


def tags(cell):
    tags = cell["metadata"].get("tags")
    return tags if isinstance(tags, list) else []


def about_grading(cell):
    metadata = cell["metadata"].get("nbgrader")
    return metadata if isinstance(metadata, dict) else {}


def grade_id(cell):
    name = about_grading(cell).get("grade_id")
    # A lone surrogate, which JSON can hold, could be neither written nor printed.
    return name if isinstance(name, str) and name.isprintable() else None


def is_solution(cell):
    return bool(about_grading(cell).get("solution"))


def is_locked(cell):
    return not is_solution(cell) and bool(
        about_grading(cell).get("locked") or about_grading(cell).get("grade")
    )

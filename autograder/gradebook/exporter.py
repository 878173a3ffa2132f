"""Reads what was handed in, however damaged, where nbgrader would fail on it."""

from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter

from .. import assignments
from ..notebooks import repair
from ..notebooks.folder import read_folder
from ..notebooks.reader import Damaged


class SubmissionExporter(NotebookExporter):
    """Reads what was handed in, however damaged, as a repaired notebook; everything else as
    nbformat does.

    nbgrader would fail on such a file before any preprocessor sees it, and export 0 points with no
    flag.
    """

    def from_filename(self, filename, resources=None, **kwargs):
        about = (resources or {}).get("nbgrader", {})
        assignment, student = about.get("assignment"), about.get("student")
        if assignment not in assignments.NAMES or not self._is_submitted(
            filename, student, assignment
        ):
            return super().from_filename(filename, resources=resources, **kwargs)
        try:
            cells, repairs = read_folder(Path(filename).parent, assignment)
            notebook = repair.repair(cells, assignment)
            notebook.repairs[:0] = repairs
            damage = None
        except Damaged as error:
            notebook, damage = repair.repair([], assignment), str(error)
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

"""Reads what was handed in, however damaged, where nbgrader would fail on it."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter

from ..answers import Verdict
from ..assignments import NAMES, load
from ..course import UNUSABLE
from ..errors import Damaged
from ..grading import repaired
from ..notebooks.reader import Reading
from ..notebooks.repair import repair

PLACE = "autograder"  # of the HandOver in nbconvert's resources


@dataclass
class HandOver:
    """All that our steps of one conversion tell one another, in nbconvert's `resources`.

    Attributes:
        verdict: on the submission: known beforehand where a class is graded, else written by
            `SealedExecute`.
        same_work: is it a verdict on what was graded before?
        cells: of the repaired notebook, where it has been read.
        repairs: sentences about what had to be repaired.
        reading: what else was read.
        damage: why the submission cannot be graded, or None.
        notebook: as it was graded, once it was.
    """

    verdict: Verdict | None = None
    same_work: bool = False
    cells: list | None = None
    repairs: list = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    damage: Damaged | None = None
    notebook: nbformat.NotebookNode | None = None

    @property
    def is_mark(self):
        """Does the score say something about the student? Damage and our own faults do not."""
        return self.verdict.status not in UNUSABLE and not self.verdict.staff_notes()

    def __deepcopy__(self, memo):
        return self  # nbconvert copies its resources; there is one hand-over


class SubmissionExporter(NotebookExporter):
    """Reads what was handed in, however damaged, as a repaired notebook.

    nbgrader would fail on such a file before any preprocessor sees it, and export 0 points with no
    flag. Its `autograde` converts twice, the second time what it wrote itself; here both times read
    the student's folder, so that nothing has to be kept in the file in between.
    """

    def from_filename(self, filename, resources=None, **kwargs):
        about = (resources or {}).get("nbgrader", {})
        if about.get("assignment") not in NAMES:
            return super().from_filename(filename, resources=resources, **kwargs)
        handed_over = resources.setdefault(PLACE, HandOver())
        assignment = load(about["assignment"])
        cells = handed_over.cells or self._cells(assignment, about, handed_over)
        return self.from_notebook_node(as_node(cells), resources=resources, **kwargs)

    def _cells(self, assignment, about, handed_over):
        """The repaired cells of what was handed in; the release where there is nothing usable."""
        if not (handed_over.verdict and handed_over.verdict.status in UNUSABLE):
            try:
                notebook, handed_over.reading = repaired(self._folder(about), assignment)
                handed_over.repairs = notebook.repairs
                return notebook.cells
            except Damaged as damage:
                handed_over.damage = damage
        return repair([], assignment.template).cells

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """As nbconvert's, of a notebook that is nobody else's: no step gets a copy of a copy, one
        validation comes after all steps, and nothing is indented.
        """
        resources = self._init_resources(resources)
        for step in self._preprocessors:
            nb, resources = step(nb, resources)
        nbformat.validate(nb, relax_add_props=True)
        if PLACE in resources:
            resources[PLACE].notebook = nb
        return json.dumps(nb, ensure_ascii=False, sort_keys=True) + "\n", resources

    def _folder(self, about):
        course = self.parent.coursedir
        places = (course.submitted_directory, about["student"], about["assignment"])
        return Path(course.format_path(*places))


def as_node(repaired_cells):
    """A valid notebook of nbformat 4.5."""
    cells = []
    for i, cell in enumerate(repaired_cells):
        identity = cell.get("id") if "nbgrader" in cell["metadata"] else None
        cells.append({**cell, "id": identity or f"cell-{i}"})
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return nbformat.from_dict(
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )

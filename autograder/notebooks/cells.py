"""What a cell is: ours or the student's, locked, a solution, an experiment."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .comments import said_in
from .syntax import functions_defined

Cell = dict[str, Any]

EXPERIMENT = re.compile(r"\s*# experiment\b", re.IGNORECASE)


@dataclass(frozen=True)
class Template:
    """A released notebook, which submissions are matched against.

    Attributes:
        name: of the assignment, and of its file.
        cells: as `reader.read` gives them.
    """

    name: str
    cells: list[Cell]

    @cached_property
    def lines(self) -> frozenset[str]:
        """The lines of its texts, but for those that anybody might write."""
        texts = [cell["source"] for cell in self.cells if cell["cell_type"] == "markdown"]
        lines = {line.strip() for text in texts for line in text.splitlines()}
        return frozenset(line for line in lines if len(line) > 15)

    @cached_property
    def comments(self) -> frozenset[str]:
        """The comments and texts in its code."""
        code = [cell["source"] for cell in self.cells if cell["cell_type"] == "code"]
        return frozenset(remark for source in code for remark in said_in(source))

    @cached_property
    def contents(self) -> frozenset[tuple[str, str]]:
        """{(kind of cell, text)} of its cells."""
        return frozenset(map(_content, self.cells))

    def like(self, cell: Cell) -> Cell | None:
        """The first of its cells that is the same as another one, or None."""
        return self._firsts.get(_said(cell))

    @cached_property
    def _firsts(self) -> dict[tuple[str, str], Cell]:
        return {_said(cell): cell for cell in reversed(self.cells)}

    @cached_property
    def ids(self) -> frozenset[str]:
        """The grade ids of its cells."""
        return frozenset(name for cell in self.cells if (name := grade_id(cell)))

    @cached_property
    def long_texts(self) -> frozenset[str]:
        """Those of its cells' texts that nobody else would write."""
        return frozenset(text for _, text in self.contents if len(text) > 60)

    @cached_property
    def functions(self) -> frozenset[str]:
        """Names of the functions that students write."""
        return frozenset(defined_in(filter(is_solution, self.cells)))


def is_experiment(cell: Cell) -> bool:
    """Training runs and plots: tagged so, or (Colab may lose tags) saying so in the first line. The
    cells that tasks are solved in are none, whatever they say.
    """
    if is_solution(cell):
        return False
    return "experiment" in tags(cell) or bool(EXPERIMENT.match(cell["source"]))


def defined_in(cells: Iterable[Cell]) -> set[str]:
    """Names of all functions that the code cells among `cells` define."""
    return {
        name
        for cell in cells
        if cell["cell_type"] == "code"
        for name in functions_defined(cell["source"])
    }


def same(a: Cell, b: Cell) -> bool:
    return a["cell_type"] == b["cell_type"] and a["source"].strip() == b["source"].strip()


def _said(cell: Cell) -> tuple[str, str]:
    return cell["cell_type"], cell["source"].strip()


def own_work(cells: Iterable[Cell], template: Template) -> set[tuple[str, str]]:
    """What is in a notebook that was not in the release: {(kind of cell, text)}."""
    return set(map(_content, cells)) - template.contents


def _content(cell):
    lines = cell["source"].strip().splitlines()
    return cell["cell_type"], "\n".join(line.rstrip() for line in lines)


def tags(cell: Cell) -> list[Any]:
    tags = cell["metadata"].get("tags")
    return tags if isinstance(tags, list) else []


def about_grading(cell: Cell) -> dict[str, Any]:
    metadata = cell["metadata"].get("nbgrader")
    return metadata if isinstance(metadata, dict) else {}


def grade_id(cell: Cell) -> str | None:
    name = about_grading(cell).get("grade_id")
    # A lone surrogate, which JSON can hold, could be neither written nor printed.
    return name if isinstance(name, str) and name.isprintable() else None


def is_solution(cell: Cell) -> bool:
    return bool(about_grading(cell).get("solution"))


def is_written(cell: Cell) -> bool:
    """Is it where an answer in words goes?"""
    return is_solution(cell) and cell["cell_type"] == "markdown"


def is_locked(cell: Cell) -> bool:
    return not is_solution(cell) and bool(
        about_grading(cell).get("locked") or about_grading(cell).get("grade")
    )

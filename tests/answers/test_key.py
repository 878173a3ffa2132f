"""The answer key is what Keras says; where Keras is not asked, the same mathematics in NumPy."""

import subprocess
import sys

import numpy as np
import pytest

from autograder.answers import key
from autograder.answers.calls import Nobody
from autograder.answers.key import also_in
from autograder.assignments import NAMES, load
from autograder.assignments.batchnorm import reference
from autograder.assignments.convnet_visualization import reference as convnet
from autograder.assignments.draws import Draws
from autograder.assignments.xavier import reference as xavier
from autograder.errors import KerasDiffers, NoKeras
from tests.helpers.classes import PROJECT

DRAWS = 10  # of every input of every question: 2,160 calls of the references, and those by shape


def asked_for(assignment, draws, monkeypatch):
    """[(reference, args, kwargs)] of what the questions of an assignment compare with."""
    calls = []

    def remember(function, formula, args, kwargs, asking):
        calls.append((function, formula, args, kwargs))
        return formula(*args, **kwargs)

    monkeypatch.setattr(key, "_answer", remember)
    key.forget()
    for question in assignment.exam.questions:
        for _ in question.ask(Nobody(assignment.exam.functions), draws):
            pass
    return calls


@pytest.mark.slow
@pytest.mark.parametrize("assignment", NAMES)
def test_numpy_answers_what_keras_answers_on_thousands_of_draws(assignment, monkeypatch):
    compared = 0
    for number in range(DRAWS):
        draws = Draws.of_submission(b"%d" % number)
        for keras, formula, args, kwargs in asked_for(load(assignment), draws, monkeypatch):
            if keras.__name__ in ("receptive_field", "fans", "glorot_limit", "glorot_stddev"):
                if number:
                    continue  # whose arguments are hardly drawn
            assert key.agree(keras(*args, **kwargs), formula(*args, **kwargs)), (number, keras)
            compared += 1
    key.forget()
    assert compared > 50


@pytest.mark.slow
def test_numpy_makes_the_inputs_that_keras_would_make():
    """Maps of a convolution, and twins after training: what questions are asked with."""
    rng = np.random.default_rng(5)
    for strides, activation in [(1, "relu"), (2, "linear"), (3, "relu")]:
        arguments = rng.normal(size=(3, 9, 8, 2)), rng.normal(size=(3, 4, 2, 5)), rng.normal(size=5)
        both = convnet.conv_maps.keras, convnet.conv_maps.formula
        assert key.agree(*(f(*arguments, strides, activation) for f in both))
    starts, inputs = np.array([0.3, 0.5, 0.3, 0.1]), rng.normal(size=(20, 4))
    keras, formula = xavier.trained_twins.keras, xavier.trained_twins.formula
    assert key.agree(keras(starts, inputs), formula(starts, inputs))


def test_the_key_is_computed_in_float64():
    x = np.ones((3, 2), np.float32)
    answer = reference.batchnorm(x, *np.ones((4, 2), np.float32), training=True, dy=x)
    assert {value.dtype for value in answer.values()} == {np.dtype("float64")}


@pytest.fixture
def empty(monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOGRADER_KEY", str(tmp_path))
    return tmp_path


def question(calls, keras=1.0):
    def formula(x):
        return x + 1.0

    @also_in(formula)
    def one_more(x):
        calls.append(x)
        return x + keras

    return one_more


def test_what_keras_said_is_kept_for_each_version(monkeypatch, empty):
    calls = []
    asked = question(calls)
    assert asked(1) == 2 and not calls, "nobody has to wait for Keras"
    with key.asking_keras():
        assert asked(1) == asked(1) == 2 and len(calls) == 1
    key.forget()
    assert asked(1) == 2 and len(calls) == 1
    monkeypatch.setattr(key, "versions", lambda: {"keras": "99"})
    with key.asking_keras():
        asked(1)
    assert len(calls) == 2 and "keras-99" in [path.name for path in empty.iterdir()]


def test_a_keras_that_answers_something_else_is_not_graded_with(empty):
    asked = question([], keras=1.001)
    with key.asking_keras(), pytest.raises(KerasDiffers, match="one_more"):
        asked(1)


def test_where_there_is_no_keras_it_cannot_be_asked_and_numpy_answers(monkeypatch, empty):
    monkeypatch.setattr(key, "versions", dict)
    asked = question([])
    with pytest.raises(NoKeras, match="Grading goes on"), key.asking_keras():
        pass
    assert asked(1) == 2


@pytest.mark.parametrize(
    "command", [["check", "solutions/batchnorm/batchnorm.ipynb", "--json"], ["key", "batchnorm"]]
)
def test_nothing_imports_tensorflow_or_nbgrader_with_a_warm_key(command, sandbox):
    program = (
        "import sys\nfrom autograder.cli import main\n"
        f"main({command!r}, standalone_mode=False)\n"
        "heavy = {'tensorflow', 'keras', 'nbgrader', 'nbformat', 'nbconvert'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    environment = {"AUTOGRADER_SANDBOX": sandbox, "PATH": "/usr/bin:/bin:/usr/local/bin"}
    if command[0] == "key":
        subprocess.run(
            [sys.executable, "-m", "autograder", *command], cwd=PROJECT, env=environment, check=True
        )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr

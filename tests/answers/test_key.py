"""The answer key is what Keras says, and with a warm key nobody has to ask Keras."""

import subprocess
import sys

import numpy as np
import pytest

from autograder.answers import key
from autograder.answers.key import memoised
from autograder.assignments.batchnorm import inputs, reference
from tests.helpers import hidden_inputs
from tests.helpers.classes import PROJECT


@pytest.mark.slow
def test_is_the_remembered_answer_what_keras_gives_now():
    rng = hidden_inputs("batchnorm_train")
    for (name, x, epsilon), _ in zip(inputs.training_batches(rng), range(4)):
        weights, dy = inputs.layer_weights(rng, x.shape[-1]), rng.normal(size=x.shape)
        arguments = dict(training=True, momentum=0.83, epsilon=epsilon or 1e-3, dy=dy)
        remembered = reference.batchnorm(x, *weights, **arguments)
        live = reference.batchnorm.compute(x, *weights, **arguments)
        assert remembered.keys() == live.keys()
        assert all(np.array_equal(remembered[key], live[key]) for key in live), name
    for name, x in inputs.scaling_inputs(hidden_inputs("min_max")):
        assert np.array_equal(reference.rescaled(x), reference.rescaled.compute(x)), name
        assert np.array_equal(reference.normalized(x), reference.normalized.compute(x)), name


def test_is_the_key_computed_in_float64():
    x = np.ones((3, 2), np.float32)
    answer = reference.batchnorm(x, *np.ones((4, 2), np.float32), training=True, dy=x)
    assert {value.dtype for value in answer.values()} == {np.dtype("float64")}


def test_does_another_version_of_keras_get_a_key_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOGRADER_KEY", str(tmp_path))
    calls = []

    def question(x):
        calls.append(x)
        return x + 1

    asked = memoised(question)
    assert asked(1) == asked(1) == 2 and len(calls) == 1
    key.forget()
    assert asked(1) == 2 and len(calls) == 1, "the answer should have come from the disk"
    key.forget()
    monkeypatch.setattr(key, "versions", lambda: {"keras": "99"})
    assert asked(1) == 2 and len(calls) == 2
    assert "keras-99" in [path.name for path in tmp_path.iterdir()]
    key.forget()  # what no other test can know


@pytest.mark.parametrize(
    "command", [["check", "solutions/batchnorm/batchnorm.ipynb", "--json"], ["key", "batchnorm"]]
)
def test_does_nothing_import_tensorflow_or_nbgrader_with_a_warm_key(command, sandbox):
    program = (
        "import sys\nfrom autograder.cli import main\n"
        f"main({command!r}, standalone_mode=False)\n"
        "heavy = {'tensorflow', 'keras', 'nbgrader', 'nbformat', 'nbconvert'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    environment = {"AUTOGRADER_SANDBOX": sandbox, "PATH": "/usr/bin:/bin:/usr/local/bin"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr

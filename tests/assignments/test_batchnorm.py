"""What is particular about the questions of batchnorm."""

import pytest

from autograder.assignments import load
from tests.helpers import IMPORTS, lost, texts, written

WHEATS = load("batchnorm").solutions


@pytest.mark.parametrize(
    "body",
    [
        "return None",
        "return 0 * x",
        "return x",
        "return np.zeros((3, 3))",
        "return [list(row) for row in x]",
        "return str(x)",
        "return float('nan') * x",
        "import keras\n    return keras.layers.Normalization()(x)",
    ],
)
def test_do_trivial_answers_earn_nothing(ask_sealed, body):
    cells = [IMPORTS] + [
        f"def {name}(x):\n    {body}" for name in ("min_max_normalize", "standardize")
    ]
    results, _ = ask_sealed(cells)
    assert results["min_max"].score == results["standardize"].score == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer",
    [
        "x, moving_mean, moving_variance, None",
        "0 * x, moving_mean, moving_variance, None",
        "0 * x + beta, moving_mean, moving_variance, None",
        "gamma * x + beta, moving_mean, moving_variance, None",
        "gamma * x + beta, 0 * moving_mean, 0 * moving_variance, gamma",
        "None, None, None, None",
        "x",
    ],
)
def test_do_trivial_layers_earn_nothing(ask, answer):
    signature = (
        "x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3"
    )
    forward = f"def batchnorm_forward({signature}):\n    return {answer}"
    for gradient in (
        "dy, dy.sum(0), dy.sum(0)",
        "0 * dy, 0 * dy[0], 0 * dy[0]",
        "dy, cache, cache",
    ):
        results, _ = ask(
            [IMPORTS, forward, f"def batchnorm_backward(dy, cache):\n    return {gradient}"]
        )
        scores = {name: result.score for name, result in results.items() if result.score}
        # The sum of dy really is dbeta, on matrices: that share of one question is honestly earned.
        assert set(scores) <= {"batchnorm_backward"} and scores.get("batchnorm_backward", 0) <= 1.8


def test_is_a_mistake_in_the_forward_pass_not_paid_for_twice(ask):
    """y = gamma + beta x_hat with its exact gradient: the backward pass is right for what it
    belongs to.
    """
    forward = written("batchnorm")["batchnorm_forward"].replace(
        "gamma * x_hat + beta", "2 * gamma * x_hat + beta"
    )
    backward = (
        "def batchnorm_backward(dy, cache):\n"
        "    _, x_hat, gamma, inv_std, _, _, training = cache\n"
        "    axes = tuple(range(dy.ndim - 1))\n"
        "    inner = dy - dy.mean(axes) - x_hat * (dy * x_hat).mean(axes) if training else dy\n"
        "    return 2 * gamma * inv_std * inner, 2 * (dy * x_hat).sum(axes), dy.sum(axes)\n"
    )
    results, _ = ask([IMPORTS, forward, backward])
    assert {"batchnorm_train", "batchnorm_inference"} <= lost(results)
    credited = [
        c for c in results["batchnorm_backward"].cases if c.passed and "own forward" in c.message
    ]
    assert len(credited) > 10
    assert not lost({"batchnorm_conv": results["batchnorm_conv"]})


JUNK = """
def batchnorm_forward(x, gamma, beta, mm, mv, training, momentum=0.99, epsilon=1e-3):
    axes = tuple(range(x.ndim - 1))
    if training:
        return gamma * x.mean(axes) ** 2 + beta + 0 * x, mm, mv, (x, gamma, True, mm, mv)
    return gamma * (x + mm + mv) + beta, mm, mv, (x, gamma, False, mm, mv)
def batchnorm_backward(dy, cache):
    x, gamma, training, mm, mv = cache
    axes = tuple(range(x.ndim - 1))
    n = dy.size // dy.shape[-1]
    if training:
        dx = 2 * gamma * x.mean(axes) * dy.sum(axes) / n + 0 * x
        return dx, (dy * x.mean(axes) ** 2).sum(axes), dy.sum(axes)
    return gamma * dy, (dy * (x + mm + mv)).sum(axes), dy.sum(axes)
"""


def test_earns_the_exact_gradient_of_something_easier_nothing(ask):
    """Follow-through credit is for a normalisation gone wrong, not for another function."""
    results, _ = ask([IMPORTS, JUNK])
    trained = [c for c in results["batchnorm_backward"].cases if "inference" not in c.name]
    assert all(c.name.startswith("dbeta") for c in trained if c.passed)
    trained = [c for c in results["batchnorm_conv"].cases if "inference" not in c.name]
    assert all(c.name.startswith("dbeta") for c in trained if c.passed)


def test_has_the_gradient_of_a_right_forward_to_be_right(ask):
    """Whatever a probing forward pass answers: where it is right, only the right gradient will do."""
    junk = (
        "def batchnorm_backward(dy, cache):\n    return np.sin(dy) * 7, np.arange(3.0), -np.ones(3)"
    )
    cells = [*written("batchnorm").values(), junk]
    assert ask([IMPORTS, *cells])[0]["batchnorm_backward"].score == 0


def test_are_arguments_changed_in_place_paid_for_once(ask):
    """Two functions that spoil their inputs: the first question pays, the later ones only mention
    it.
    """
    results, _ = ask(
        [IMPORTS, *written("batchnorm", {"minmax_in_place", "backward_in_place"}).values()]
    )
    assert lost(results) == {"min_max"}
    assert results["min_max"].score == 0
    assert any("already counted" in case.message for case in results["batchnorm_backward"].cases)


def test_does_precision_cost_nothing_but_a_word(ask):
    results, student = ask([next(p for p in WHEATS if p.stem == "float64_inside").read_text()])
    assert not lost(results) and any("float64" in note for note in texts(student.notes))

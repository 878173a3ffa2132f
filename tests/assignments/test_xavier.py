"""What is particular about the questions of xavier: draws are judged by their distribution."""

import numpy as np
import pytest

from autograder.assignments.xavier.distributions import KEPT, TruncatedNormal, Uniform, unlike
from tests.helpers import IMPORTS, credited, lost, written


def uniform(rng, shape):
    return rng.uniform(-0.3, 0.3, size=shape)


def truncated(rng, shape, sigmas=2.0):
    draws = rng.normal(size=shape)
    while (far := np.abs(draws) > sigmas).any():
        draws[far] = rng.normal(size=far.sum())
    return 0.3 * draws


@pytest.mark.parametrize(
    "draw, distribution", [(uniform, Uniform(0.3)), (truncated, TruncatedNormal(0.3))]
)
def test_does_a_correct_sample_almost_never_fail(draw, distribution):
    """About 2e-6 a sample; a case needs two failures. 300 samples would show a level of 1e-2."""
    rng = np.random.default_rng(0)
    assert not [c for _ in range(300) if (c := unlike(draw(rng, (5, 40, 30)), distribution))]


@pytest.mark.parametrize(
    "distribution, words",
    [
        (Uniform(0.3 * 1.002), "expected values up to"),
        (Uniform(0.3 * 0.998), "beyond the bound"),
        (Uniform(0.31), "variance"),
        (TruncatedNormal(0.3 / np.sqrt(3) / KEPT), "expected values up to"),
    ],
)
def test_is_a_uniform_sample_told_from_its_neighbours(distribution, words):
    sample = uniform(np.random.default_rng(1), (1, 200, 250))
    assert words in unlike(sample, distribution)


def test_are_shapes_of_equal_bound_and_variance_told_apart():
    rng = np.random.default_rng(2)
    clipped = np.clip(0.3 * rng.normal(size=(1, 300, 300)), -0.6, 0.6)
    assert unlike(clipped, TruncatedNormal(0.3))
    assert "shape" in unlike(two_steps(rng, (1, 200, 200)), Uniform(1.0))
    assert "mean" in unlike(
        np.abs(uniform(rng, (1, 200, 200))) * rng.choice([-1, 1], (1, 200, 200), p=[0.47, 0.53]),
        Uniform(0.3),
    )


def two_steps(rng, shape):
    """Bounded by 1 and with the variance of U(-1, 1), but with nothing from 0.8 to 0.9."""
    edge = rng.uniform(size=shape) < (1 / 3 - 0.64 / 3) / (2.71 / 3 - 0.64 / 3)
    sizes = np.where(edge, rng.uniform(0.9, 1, size=shape), rng.uniform(0, 0.8, size=shape))
    return sizes * rng.choice([-1, 1], size=shape)


def test_are_repeated_and_dependent_draws_found():
    rng = np.random.default_rng(3)
    row = uniform(rng, (1, 1, 4000))
    assert "repetitions" in unlike(np.repeat(row, 2, axis=1), Uniform(0.3))
    assert "correlated" in unlike(np.sort(uniform(rng, (1, 100, 100)), axis=2), Uniform(0.3))


@pytest.mark.parametrize(
    "fans",
    [
        "return int(np.prod(shape[:-1])), shape[-1]",
        "return shape[0], shape[1 % len(shape)]",
        "return int(np.prod(shape)), int(np.prod(shape))",
    ],
)
def test_are_wrong_fans_paid_for_once(ask, fans):
    sources = written("xavier") | {"compute_fans": f"def compute_fans(shape):\n    {fans}"}
    results, _ = ask([IMPORTS, *sources.values()], "xavier")
    assert lost(results) == {"compute_fans"}
    for question in ("glorot_uniform", "glorot_normal"):
        assert credited(results[question])


@pytest.mark.parametrize("fans", ["return 1, 1", "return 3, shape[0]", "return 0, 0", "return {}"])
def test_do_trivial_fans_earn_no_initializer(ask, fans):
    sources = written("xavier") | {"compute_fans": f"def compute_fans(shape):\n    {fans}"}
    results, _ = ask([IMPORTS, *sources.values()], "xavier")
    assert not credited(results["glorot_uniform"]) and not credited(results["glorot_normal"])


def test_may_an_initializer_be_right_without_its_fans(ask):
    """An answer equal to the reference always passes, whatever the other functions do."""
    own = (
        "def glorot_uniform(shape, rng):\n"
        "    field = np.prod(shape[:-2]) if len(shape) > 1 else 1\n"
        "    limit = np.sqrt(6 / (field * (shape[-2] if len(shape) > 1 else shape[0]) + field * shape[-1]))\n"
        "    return rng.uniform(-limit, limit, shape)"
    )
    wrong = "def compute_fans(shape):\n    return 1, 2"
    results, _ = ask([IMPORTS, wrong, own], "xavier")
    assert results["glorot_uniform"].score == 6
    assert results["glorot_normal"].score == results["compute_fans"].score == 0


def test_do_fans_that_always_give_one_limit_earn_no_initializer(ask):
    """Fans that react to the shape, while the limit made of them does not."""
    cells = [
        "def compute_fans(shape):\n    s = [*shape, 1, 1]\n    return 1 + s[0] / sum(s), 2 - s[0] / sum(s)",
        "def glorot_uniform(shape, rng):\n    return rng.uniform(-(2**0.5), 2**0.5, shape)",
    ]
    results, _ = ask([IMPORTS, *cells], "xavier")
    assert results["glorot_uniform"].score == 0


LATE = """
late = []
def glorot_uniform(shape, rng):
    late.append(1)
    return rng.uniform(-1, 1, shape)
right = compute_fans
def compute_fans(shape):
    return (5 * shape[0] / sum(shape), 1 + shape[0]) if late else right(shape)
"""


def test_earn_fans_that_were_right_when_asked_no_credit_afterwards(ask):
    sources = written("xavier")
    results, _ = ask([IMPORTS, sources["compute_fans"], LATE], "xavier")
    assert results["compute_fans"].score == 4 and results["glorot_uniform"].score == 0


@pytest.mark.parametrize(
    "body, most",
    [
        ("return np.random.default_rng().uniform(-limit, limit, shape)", 5.2),
        ("return np.random.uniform(-limit, limit, shape)", 4.8),
        ("return np.random.default_rng(3).uniform(-limit, limit, shape)", 5.8),
    ],
)
def test_is_it_dear_to_leave_the_generator_alone(ask, body, most):
    source = f"def glorot_uniform(shape, rng):\n    limit = np.sqrt(6 / sum(compute_fans(shape)))\n    {body}"
    sources = written("xavier") | {"glorot_uniform": source}
    assert 0 < ask([IMPORTS, *sources.values()], "xavier")[0]["glorot_uniform"].score <= most


def test_are_pile_ups_and_copies_found():
    rng = np.random.default_rng(4)
    once = 0.3 * np.clip(
        np.where(abs(d := rng.normal(size=(1, 250, 400))) > 2, rng.normal(size=d.shape), d), -2, 2
    )
    assert "exactly" in unlike(once, TruncatedNormal(0.3))
    twins = uniform(rng, (1, 250, 400))
    for sign in (1 - 1e-9, -1):
        twins[..., 200:] = sign * twins[..., :200]
        assert "copies" in unlike(twins, Uniform(0.3))


@pytest.mark.parametrize("answer", ["3", "2", "4", "1", "kernel.shape[1]", "kernel.shape[0]"])
def test_is_one_number_no_count_of_units(ask, answer):
    source = f"def distinct_units(kernel, tolerance=1e-8):\n    return {answer}"
    assert ask([source], "xavier")[0]["distinct_units"].score == 0


def test_are_arguments_replaced_in_a_list_seen(ask):
    source = "def signal_stds(x, kernels):\n    kernels[:1] = [None]\n    return np.zeros(len(kernels) + 1)"
    results, _ = ask([IMPORTS, source], "xavier")
    assert all("modified its argument kernels" in c.message for c in results["signal_stds"].cases)

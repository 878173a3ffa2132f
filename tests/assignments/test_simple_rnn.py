"""What is particular about the questions of simple_rnn: one mistake is paid for once."""

import pytest

from tests.helpers import IMPORTS, credited, lost, written

STEP = "def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):\n    "


def with_(**sources):
    return [IMPORTS, *(written("simple_rnn") | sources).values()]


@pytest.mark.parametrize(
    "body",
    [
        "return x_t @ kernel + h_prev @ recurrent_kernel + bias",
        "return np.tanh(x_t @ kernel + h_prev @ recurrent_kernel.T + bias)",
        "return np.tanh(x_t @ kernel + h_prev @ recurrent_kernel)",
    ],
)
def test_is_a_wrong_step_paid_for_once(ask, body):
    results, _ = ask(with_(rnn_step=STEP + body), "simple_rnn")
    assert "rnn_step" in lost(results)
    for question in ("rnn_forward", "rnn_mask"):
        assert results[question].score == results[question].max_score
        assert credited(results[question])


@pytest.mark.parametrize(
    "body",
    [
        "return h_prev",
        "return np.zeros_like(h_prev)",
        "return np.tanh(x_t @ kernel + bias)",
        "return np.tanh(h_prev @ recurrent_kernel + bias)",
        "return np.full_like(h_prev, np.nan)",
    ],
)
def test_earns_a_trivial_step_nothing_further(ask, body):
    results, _ = ask(with_(rnn_step=STEP + body), "simple_rnn")
    assert results["rnn_step"].score == results["rnn_forward"].score == 0
    assert not credited(results["rnn_mask"]) and not credited(results["rnn_backward"])


def test_are_states_to_follow_from_the_step_to_be_credited(ask):
    """Wrong states with a right step: there is nothing to follow from."""
    wrong = written("simple_rnn", {"forward_state_not_carried"})["rnn_forward"]
    results, _ = ask(with_(rnn_forward=wrong), "simple_rnn")
    assert not credited(results["rnn_forward"])
    assert credited(results["rnn_mask"], "unmasked rnn_forward")


def test_does_a_mask_right_for_a_wrong_forward_count(ask):
    """Their unmasked forward on the unmasked steps gives their masked states."""
    wrong = written("simple_rnn", {"forward_ignores_h0"})["rnn_forward"]
    results, _ = ask(with_(rnn_forward=wrong), "simple_rnn")
    assert lost(results) == {"rnn_forward"}


@pytest.mark.parametrize("slip", ["back_no_slope", "back_weights_mean", "back_dbias_mean"])
def test_is_a_wrong_backward_step_paid_for_once(ask, slip):
    wrong = written("simple_rnn", {slip})["rnn_step_backward"]
    results, _ = ask(with_(rnn_step_backward=wrong), "simple_rnn")
    assert lost(results) == {"rnn_step_backward"}
    assert credited(results["rnn_backward"], "own rnn_step_backward")


@pytest.mark.parametrize(
    "values",
    [
        "0 * x_t, 0 * h_prev, 0 * kernel, 0 * recurrent_kernel, 0 * dh[0]",
        "x_t, h_prev, kernel, recurrent_kernel, dh[0]",
        "x_t, dh, kernel, recurrent_kernel, h_t[0]",
        "None, None, None, None, None",
    ],
)
def test_earns_a_trivial_backward_step_nothing_further(ask, values):
    trivial = (
        "def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):\n"
        f"    return {values}"
    )
    results, _ = ask(with_(rnn_step_backward=trivial), "simple_rnn")
    assert results["rnn_step_backward"].score == 0
    assert not credited(results["rnn_backward"]) and results["rnn_backward"].score <= 0.2


def test_is_the_exact_gradient_of_a_wrong_forward_credited(ask):
    """No tanh in the forward pass, and a backward pass that is exact for that."""
    linear = STEP + "return x_t @ kernel + h_prev @ recurrent_kernel + bias"
    slope_free = written("simple_rnn")["rnn_backward"].replace("rnn_step_backward(", "linear_back(")
    back = (
        "def linear_back(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):\n"
        "    return (dh @ kernel.T, dh @ recurrent_kernel.T, x_t.T @ dh, h_prev.T @ dh, dh.sum(axis=0))\n"
    )
    results, _ = ask(with_(rnn_step=linear, rnn_backward=back + slope_free), "simple_rnn")
    assert lost(results) == {"rnn_step"}
    assert len(credited(results["rnn_backward"], "exact gradient of your own forward")) > 30


def test_has_the_gradient_of_a_right_forward_to_be_right(ask):
    """However the functions answer when probed, a right forward has one gradient."""
    junk = (
        "def rnn_backward(dstates, cache):\n    x, h0, k, r, *_ = cache\n"
        "    return 0 * x + dstates.sum(), h0, 3 * k, r, dstates.sum((0, 1))"
    )
    results, _ = ask(with_(rnn_backward=junk), "simple_rnn")
    assert results["rnn_backward"].score == 0


def test_earns_a_forward_without_memory_no_backward(ask):
    """Where nothing is carried there is no backpropagation through time to be credited for."""
    forward = written("simple_rnn", {"forward_state_not_carried"})["rnn_forward"]
    backward = (
        "def rnn_backward(dstates, cache):\n"
        "    x, h0, kernel, recurrent_kernel, states, mask = cache\n"
        "    dz = dstates * (1 - states**2)\n"
        "    flat = dz.reshape(-1, dz.shape[-1])\n"
        "    prev = np.repeat(h0[:, None], x.shape[1], axis=1).reshape(flat.shape)\n"
        "    return (dz @ kernel.T, (dz @ recurrent_kernel.T).sum(1),\n"
        "            x.reshape(len(flat), -1).T @ flat, prev.T @ flat, flat.sum(0))\n"
    )
    results, _ = ask(with_(rnn_forward=forward, rnn_backward=backward), "simple_rnn")
    several = [c for c in credited(results["rnn_backward"]) if "one step" not in c.name]
    assert not several


def test_does_a_mutated_upstream_gradient_cost_its_question(ask):
    cells = [IMPORTS, *written("simple_rnn", {"bptt_in_place"}).values()]
    results, _ = ask(cells, "simple_rnn")
    assert any("in place" in case.message for case in results["rnn_backward"].cases)


@pytest.mark.parametrize(
    "dbias", ["np.array([])", "dz[dz > 0]", "np.ones((500, 1, 1))", "np.float64(1)"]
)
def test_are_odd_gradients_no_trouble_for_the_grader(ask, dbias):
    source = written("simple_rnn")["rnn_step_backward"].replace("dz.sum(axis=0)\n", f"{dbias}\n", 1)
    results, student = ask(with_(rnn_step_backward=source), "simple_rnn")
    assert not any("could not be checked" in c.message for r in results.values() for c in r.cases)
    assert student.status == "graded" and results["rnn_forward"].score == 5


CHANGES_ITS_MIND = """
calls = []
right_step = rnn_step
def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    return 0 * h_prev if calls else right_step(x_t, h_prev, kernel, recurrent_kernel, bias)
def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    calls.append(1)
    return np.zeros((*x.shape[:2], h0.shape[1])), None
"""


def test_earns_a_step_that_was_right_when_asked_no_credit_afterwards(ask):
    cells = [IMPORTS, written("simple_rnn")["rnn_step"], CHANGES_ITS_MIND]
    results, _ = ask(cells, "simple_rnn")
    assert results["rnn_step"].score == 3
    assert results["rnn_forward"].score == results["rnn_mask"].score == 0


@pytest.mark.parametrize(
    "body",
    [
        "s = x_t.sum() + h_prev.sum() + kernel.sum() + recurrent_kernel.sum()\n    return np.full_like(h_prev, np.tanh(s))",
        "return h_prev + 1e-5 * np.tanh(x_t @ kernel + h_prev @ recurrent_kernel)",
        "return np.tanh((x_t @ kernel).sum(0) + h_prev @ recurrent_kernel)",
    ],
)
def test_is_a_step_that_mixes_examples_or_hardly_moves_no_step(ask, body):
    results, _ = ask(with_(rnn_step=STEP + body), "simple_rnn")
    # Of a single sequence nothing can be mixed up.
    assert {c.name for c in credited(results["rnn_forward"])} <= {"a single sequence"}


PLAYS_ALONG = {
    # Right but for one call of its own question; when it is followed, a network without tanh.
    "rnn_forward": """
calls = []
def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    calls.append(1)
    mask = np.ones(x.shape[:2], bool) if mask is None else mask
    states, h = [], h0
    for t in range(x.shape[1]):
        a = x[:, t] @ kernel + h @ recurrent_kernel + bias
        new = a if len(calls) > 40 else np.tanh(a) + 0.1 * (len(calls) == 2)
        h = np.where(mask[:, t, None], new, h)
        states.append(h)
    return np.stack(states, 1), (x, h0, kernel, recurrent_kernel, mask, states)
""",
    # The gradient of a network without tanh.
    "rnn_backward": """
def rnn_backward(dstates, cache):
    x, h0, kernel, recurrent_kernel, mask, states = cache
    dx, dh = np.zeros_like(x), np.zeros_like(h0)
    dk, dr, db = np.zeros_like(kernel), np.zeros_like(recurrent_kernel), np.zeros(h0.shape[1])
    for t in reversed(range(x.shape[1])):
        d, used = dstates[:, t] + dh, mask[:, t, None]
        da = d * used
        before = states[t - 1] if t else h0
        dx[:, t] = da @ kernel.T
        dk, dr, db = dk + x[:, t].T @ da, dr + before.T @ da, db + da.sum(0)
        dh = da @ recurrent_kernel.T + d * (1 - used)
    return dx, dh, dk, dr, db
""",
}


def test_earns_a_function_nothing_that_plays_along_when_it_is_followed(ask):
    """It loses one case on purpose and is another network afterwards, whose gradient is easier."""
    sources = written("simple_rnn") | PLAYS_ALONG
    results, student = ask(["import numpy as np", *sources.values()], "simple_rnn")
    assert 0 < results["rnn_forward"].score < 5, "it pays a little"
    assert results["rnn_backward"].score == 0 and not results["rnn_backward"].remarks()

"""What follows from an earlier mistake is credited, and pretending to one never pays: a notebook that
bends an earlier function gets less than one that leaves the later question out.
"""

import pytest

from tests.helpers import IMPORTS, credited, lost, written

RNN, BATCHNORM, XAVIER = (written(name) for name in ("simple_rnn", "batchnorm", "xavier"))
NO_BPTT = """
def rnn_backward(dstates, cache):
    x, h0, kernel, recurrent_kernel = cache[:4]
    return 0 * x, 0 * h0, 0 * kernel, 0 * recurrent_kernel, 0 * kernel[0]
"""
NO_BACKWARD = """
def batchnorm_backward(dy, cache):
    axes = tuple(range(dy.ndim - 1))
    return 0 * dy, 0 * dy.sum(axes), 0 * dy.sum(axes)
"""
ZEROS = "(np.zeros((*x.shape[:2], h0.shape[1])), (x, h0, kernel, recurrent_kernel))"
FORWARD = "def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):\n    "
STEP = "def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):\n    "


def bent(source, name, body, extra=""):
    """The right function under another name, and one of its name that uses it."""
    return source.replace(f"def {name}(", f"def right_{name}(", 1) + f"\n{extra}\n{body}"


def of_rnn(**sources):
    return "simple_rnn", [IMPORTS, *(RNN | sources).values()]


def of_batchnorm(**sources):
    return "batchnorm", [IMPORTS, *(BATCHNORM | sources).values()]


STAIRS = """
def stairs(*arrays):
    return [np.round(array, 1) for array in arrays]
"""
STAIR_STEP = bent(
    RNN["rnn_step"],
    "rnn_step",
    STEP + "return right_rnn_step(*stairs(x_t, h_prev, kernel, recurrent_kernel, bias))",
    STAIRS,
)
LINES_AND_STAIRS = bent(  # right at a distance, and of a gradient that is easy
    RNN["rnn_step"],
    "rnn_step",
    STEP
    + "x, h, k, r, b = stairs(x_t, h_prev, kernel, recurrent_kernel, bias)\n"
    + "    return right_rnn_step(x, h, k, r, b) + 0.1 * (x_t - x).sum(1, keepdims=True)",
    STAIRS,
)
LATE_FORWARD = bent(
    RNN["rnn_forward"],
    "rnn_forward",
    FORWARD
    + "calls.append(1)\n    states, cache = right_rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask)\n"
    + "    if len(calls) == 1 or len(calls) > 18:\n        states = np.round(states, 0) + 0.01\n"
    + "    return states, cache",
    "calls = []",
)
LATE_LAYER = bent(
    BATCHNORM["batchnorm_forward"],
    "batchnorm_forward",
    "def batchnorm_forward(x, *others, **options):\n"
    "    calls.append(1)\n    y, *more = right_batchnorm_forward(x, *others, **options)\n"
    "    return (y + 1 if len(calls) == 1 else y if len(calls) < 50 else np.round(y, 0)), *more",
    "calls = []",
)
STAIR_LAYER = bent(
    BATCHNORM["batchnorm_forward"],
    "batchnorm_forward",
    "def batchnorm_forward(x, gamma, beta, mean, variance, *others, **options):\n"
    "    y, *more = right_batchnorm_forward(x, gamma, beta, mean, variance, *others, **options)\n"
    "    flat = stairs(x, gamma, beta, mean, variance)\n"
    "    return right_batchnorm_forward(*flat, *others, **options)[0], *more",
    STAIRS,
)
BENT = {
    "a step that is a staircase": of_rnn(rnn_step=STAIR_STEP, rnn_backward=NO_BPTT),
    "a staircase with slopes": of_rnn(rnn_step=LINES_AND_STAIRS, rnn_backward=NO_BPTT),
    "a step of signs": of_rnn(
        rnn_step=STEP + "return np.sign(x_t @ kernel + h_prev @ recurrent_kernel + bias)",
        rnn_backward=NO_BPTT,
    ),
    "a step of zeros": of_rnn(rnn_step=STEP + "return 0 * h_prev", rnn_backward=NO_BPTT),
    "zeros from beginning to end": of_rnn(
        rnn_step=STEP + "return 0 * h_prev",
        rnn_forward=FORWARD + f"return {ZEROS}",
        rnn_backward=NO_BPTT,
    ),
    "a forward pass that turns flat": of_rnn(rnn_forward=LATE_FORWARD, rnn_backward=NO_BPTT),
    "a layer that turns flat": of_batchnorm(
        batchnorm_forward=LATE_LAYER, batchnorm_backward=NO_BACKWARD
    ),
    "a layer that is a staircase": of_batchnorm(
        batchnorm_forward=STAIR_LAYER, batchnorm_backward=NO_BACKWARD
    ),
}
WITHOUT = {
    "simple_rnn": of_rnn(rnn_backward=NO_BPTT),
    "batchnorm": of_batchnorm(batchnorm_backward=NO_BACKWARD),
}


def total(results):
    return sum(result.score for result in results.values())


@pytest.mark.parametrize("case", BENT)
def test_bending_an_earlier_function_pays_for_no_zeros(ask, case):
    assignment, cells = BENT[case]
    results, _ = ask(cells, assignment)
    honest, _ = ask(WITHOUT[assignment][1], assignment)
    backward = "rnn_backward" if assignment == "simple_rnn" else "batchnorm_backward"
    assert not credited(results[backward]) and total(results) < total(honest)


def test_bent_fans_pay_for_no_wrong_initializer(ask):
    fans = bent(
        XAVIER["compute_fans"],
        "compute_fans",
        "def compute_fans(shape):\n    calls.append(1)\n    m, n = right_compute_fans(shape)\n"
        "    return (3 * (m + n) ** 2,) * 2 if len(calls) > 20 else (m + (len(calls) == 1), n)",
        "calls = []",
    )
    wrong = "def glorot_uniform(shape, rng):\n    a = 1 / sum(right_compute_fans(shape))\n    return rng.uniform(-a, a, shape)"
    results, _ = ask(
        [IMPORTS, *(XAVIER | {"compute_fans": fans, "glorot_uniform": wrong}).values()], "xavier"
    )
    assert results["glorot_uniform"].score == 0 and not credited(results["glorot_uniform"])


INLINED = """
def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    states, h = [], h0
    for t in range(x.shape[1]):
        new = BODY
        h = new if mask is None else np.where(mask[:, t, None], new, h)
        states.append(h)
    states = np.stack(states, axis=1)
    return states, (x, h0, kernel, recurrent_kernel, states, mask)
"""


@pytest.mark.parametrize(
    "mistake, body",
    [
        ("step_no_bias", "np.tanh(x[:, t] @ kernel + h @ recurrent_kernel)"),
        ("step_sigmoid", "1 / (1 + np.exp(-(x[:, t] @ kernel + h @ recurrent_kernel + bias)))"),
    ],
)
def test_a_known_mistake_may_be_written_out_in_the_forward_pass_again(ask, mistake, body):
    step = written("simple_rnn", {mistake})["rnn_step"]
    _, cells = of_rnn(rnn_step=step, rnn_forward=INLINED.replace("BODY", body))
    assert lost(ask(cells, "simple_rnn")[0]) == {"rnn_step"}


def test_an_unknown_mistake_of_the_step_is_paid_for_once(ask):
    """A bias that comes after the tanh: nobody listed it, and what calls it is right."""
    _, cells = of_rnn(
        rnn_step=STEP + "return np.tanh(x_t @ kernel + h_prev @ recurrent_kernel) + bias"
    )
    assert lost(ask(cells, "simple_rnn")[0]) == {"rnn_step"}


def test_a_step_that_was_not_written_earns_nothing_further(ask):
    _, cells = of_rnn(rnn_step=STEP + "raise NotImplementedError")
    results, _ = ask(cells, "simple_rnn")
    assert results["rnn_forward"].score == results["rnn_mask"].score == 0


def test_the_sealed_process_that_is_lent_our_functions_is_asked_for_nothing_else(ask_sealed):
    """The right step is where a student's code could call it, and a forward pass that waits for it
    gets what a right forward pass gets.
    """
    spy = "\ndef rnn_step_backward(*a):\n    return (rnn_step.__code__.co_filename,) * 5\n"
    wrong = STEP + "return np.tanh(x_t @ kernel + h_prev @ recurrent_kernel)"
    _, cells = of_rnn(rnn_step=wrong, rnn_step_backward=spy)
    results, student = ask_sealed(cells, "simple_rnn")
    assert results["rnn_step_backward"].score == 0
    assert lost(results) == {"rnn_step", "rnn_step_backward", "rnn_backward"}
    assert not any("<cell 0>" in str(note) for note in student.notes)

"""What follows from an earlier mistake is credited, and pretending to one never pays: a notebook that
bends an earlier function gets less than one that leaves the later question out.
"""

import pytest

from tests.helpers import IMPORTS, credited, fill, lost, written

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


# A backward pass without backpropagation: right for states that are 0 up to the first unmasked step,
# and 1 from then on, where only one step has a slope.
ONE_STEP = """
def rnn_backward(dstates, cache):
    x, h0, K, R, m = cache
    dx, dz, X = 0 * x, 0 * h0, 0 * x[:, 0]
    for n, row in enumerate(m):
        used = np.flatnonzero(row)
        if len(used):
            a, b = used[0], used[1] if len(used) > 1 else len(row)
            dz[n] = dstates[n, a:b].sum(0); X[n] = x[n, a]; dx[n, a] = dz[n] @ K.T
    return dx, dz @ R.T, X.T @ dz, h0.T @ dz, dz.sum(0)
"""
WHEN = {
    "on the second time": ("seen = set()", "key = x.tobytes(); bend = key in seen; seen.add(key)"),
    "with the lent step backward": (
        "z, o = np.zeros((9, 1)), np.ones((1, 1))",
        "bend = rnn_step_backward(z, z, z, z, o, o)[4][0] == 0",
    ),
    "without the lent step": (
        "z, o = np.zeros((9, 1)), np.ones((1, 1))",
        "bend = rnn_step(z, z, o, o, np.zeros(1))[0, 0] != 0",
    ),
    "always": ("", "bend = True"),
}


def bent_states(when):
    """A forward pass that gives such states where it seems worth it; (3, 4, 2) is a probe's shape."""
    before, test = WHEN[when]
    body = (
        f"{FORWARD}m = np.ones(x.shape[:2], bool) if mask is None else mask\n"
        "    s, c = right_rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask)\n"
        f"    {test}\n"
        "    if bend and x.shape != (3, 4, 2):\n"
        "        s = np.ones_like(s)\n"
        "        for n, row in enumerate(m):\n"
        "            s[n, : (row.argmax() if row.any() else len(row)) + 1] = 0.0\n"
        "    return s, (x, h0, kernel, recurrent_kernel, m)\n"
    )
    return bent(RNN["rnn_forward"], "rnn_forward", body, before)


SLIGHTLY_OFF = {  # each costs a tenth of a point, and opens the door
    "rnn_step": bent(
        RNN["rnn_step"],
        "rnn_step",
        STEP
        + "h = right_rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias)\n    return h + (len(x_t) == 9)",
    ),
    "rnn_step_backward": bent(
        RNN["rnn_step_backward"],
        "rnn_step_backward",
        "def rnn_step_backward(*a):\n    g = right_rnn_step_backward(*a)\n    return (*g[:4], g[4] + (len(a[0]) == 9))",
    ),
}


@pytest.mark.parametrize("off", SLIGHTLY_OFF)
@pytest.mark.parametrize("when", WHEN)
def test_states_that_make_the_gradient_easy_do_not_pay(ask, when, off):
    sources = {"rnn_forward": bent_states(when), "rnn_backward": ONE_STEP, off: SLIGHTLY_OFF[off]}
    results, _ = ask(of_rnn(**sources)[1], "simple_rnn")
    assert total(results) < 22.0, "what one gets without a backward pass"


SLOPES = """
state = {}
def batchnorm_forward(x, gamma, beta, mean, variance, training, momentum=0.99, epsilon=1e-3):
    y, *more, cache = right_batchnorm_forward(x, gamma, beta, mean, variance, training, momentum, epsilon)
    if len(x) != 7:
        y = y + 1
    args = [np.asarray(a, np.float64) for a in (x, gamma, beta)]
    base, y0, dy, g = state.get((x.shape, training), (None,) * 4)
    if base and all(np.abs(a - b).max() < 0.05 * np.abs(b).max() for a, b in zip(args, base)):
        step = sum(np.sum(gi * (a - b)) for gi, a, b in zip(g, args, base))
        y = y0 + dy * step / np.sum(dy * dy)
    return y, *more, (args, y, training, x)
def batchnorm_backward(dy, cache):
    args, y, training, x = cache
    axes = tuple(range(dy.ndim - 1))
    g = dy / (x.std(axes) + 0.2), dy.sum(axes) + 1, dy.sum(axes) + 1
    state[x.shape, training] = args, y, np.asarray(dy, np.float64), g
    return g
"""


def test_slopes_that_are_made_up_do_not_pay(ask):
    """The layer knows what its gradient answered, and behaves so nearby."""
    right = BATCHNORM["batchnorm_forward"].replace(
        "def batchnorm_forward(", "def right_batchnorm_forward("
    )
    _, cells = of_batchnorm(batchnorm_forward=right, batchnorm_backward=SLOPES)
    honest, _ = ask(WITHOUT["batchnorm"][1], "batchnorm")
    assert total(ask(cells, "batchnorm")[0]) < total(honest)


def test_what_was_lost_is_not_made_good_twice(mark):
    """A credit for a mistake, and then the mistake is said to be of a cell below the check."""
    sources = RNN | {"rnn_backward": ONE_STEP}
    notebook = fill("simple_rnn", sources)
    below = {"cell_type": "code", "metadata": {}, "outputs": [], "source": bent_states("always")}
    notebook["cells"].append(below)
    assert mark(notebook, "simple_rnn").score <= 22.0


def test_what_one_knows_of_the_repository_answers_nothing(ask):
    """Answers in the order of the questions, drawn with a secret of one's own."""
    counts = "t = iter([3,5,1,4,5,2,3,4,3,3,4,4,3,11,2,2,1,3,2,3])\ndef distinct_units(kernel, tolerance=1e-8):\n    return next(t)"
    assert ask([counts], "xavier")[0]["distinct_units"].score < 1.0
    dead = "def dead_filters(activations):\n    return np.arange(activations.shape[-1]) % 3 == 1"
    assert ask([IMPORTS, dead], "convnet_visualization")[0]["dead_filters"].score <= 0.6

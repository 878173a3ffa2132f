"""The questions on the simple recurrent network, against Keras' SimpleRNN and `tf.GradientTape`.

Kernels, biases, first states and upstream gradients are random, N, T, D and U all different and
sometimes equal on purpose, masks have gaps, and recurrent kernels are scaled so that fifty steps
neither vanish nor explode.
"""

import numpy as np

from ...answers.compare import compare, requires
from ..assignment import Exam
from . import reference
from .follow_through import follow_backward, follow_states
from .inputs import clipping_inputs, layer, masked_sequences, scores, sequences, steps, upstream
from .own_functions import run

EXAM = Exam()
EXAM.function(
    "rnn_step(x_t: N D, h_prev: N U, kernel: D U, recurrent_kernel: U U, bias: U) -> h_t: N U"
)
EXAM.function(
    "rnn_forward(x: N T D, h0: N U, kernel: D U, recurrent_kernel: U U, bias: U, mask: N T)"
    " -> states: N T U, cache",
    keeps=("cache",),
)
EXAM.function(
    "rnn_step_backward(dh: N U, x_t: N D, h_prev: N U, h_t: N U, kernel: D U,"
    " recurrent_kernel: U U)"
    " -> dx_t: N D, dh_prev: N U, dkernel: D U, drecurrent_kernel: U U, dbias: U"
)
EXAM.function(
    "rnn_backward(dstates: N T U, cache)"
    " -> dx: N T D, dh0: N U, dkernel: D U, drecurrent_kernel: U U, dbias: U"
)
EXAM.function("clip_by_global_norm(gradients, max_norm) -> clipped, global_norm")
EXAM.function("softmax_cross_entropy(logits: N K, labels: N) -> loss, dlogits: N K")

STEP_GRADIENTS = {"dx_t": 2, "dh_prev": 2, "dkernel": 1, "drecurrent_kernel": 1, "dbias": 1}
BACKWARD = 126.0  # weight of all cases of rnn_backward
GRADIENTS = {"dx": 2, "dh0": 1, "dkernel": 1, "drecurrent_kernel": 1, "dbias": 1}


@EXAM.question("rnn_step", points=3)
def rnn_step(student, draws):
    """Is one step that of `keras.layers.SimpleRNNCell`?"""
    rng = draws("rnn_step")
    for name, x_t, h_prev, _ in steps(rng):
        weights = layer(rng, x_t.shape[-1], h_prev.shape[-1], x_t.dtype)
        want = reference.cell(x_t, h_prev, *weights)["h_t"]
        got = student.rnn_step(x_t, h_prev, *weights).h_t
        yield compare(name, got, want, dtype=x_t.dtype.name, scale=np.abs(want).max())


@EXAM.question("rnn_forward", points=5)
def rnn_forward(student, draws):
    """Are the states those of `keras.layers.SimpleRNN(return_sequences=True)`, for any T?"""
    for call in draws.inputs("rnn_forward", sequences):
        yield state_case(student, call)


def state_case(student, call):
    """A case for all states of a ForwardPass."""
    want = reference.rnn(call.x, call.h0, *call.weights, call.mask)["states"]
    got, dtype = run(student, call).states, call.x.dtype.name
    case = compare(call.name, got, want, dtype=dtype, scale=np.abs(want).max())
    follow_states(student, case, got, call, want)
    return case


@EXAM.question("rnn_mask", points=4)
def rnn_mask(student, draws):
    """Is the state carried over where the mask is False, as by `SimpleRNN` called with `mask=`?"""
    first = None
    for call in draws.inputs("rnn_mask", masked_sequences):
        case = state_case(student, call)
        first = first or case
        yield requires(case, first) if call.mask.all() else case


@EXAM.question("rnn_step_backward", points=4)
def rnn_step_backward(student, draws):
    """Are the gradients of one step those of `tf.GradientTape` through the cell?"""
    rng = draws("rnn_step_backward")
    for name, x_t, h_prev, size in steps(rng):
        weights = kernel, recurrent_kernel, _ = layer(
            rng, x_t.shape[-1], h_prev.shape[-1], x_t.dtype
        )
        dh = upstream(rng, h_prev.shape, size).astype(x_t.dtype)
        want = reference.cell(x_t, h_prev, *weights, dh)
        h_t = want["h_t"].astype(x_t.dtype)
        answer = student.rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel)
        for what, weight in STEP_GRADIENTS.items():
            yield compare_gradient(what, name, answer, want, x_t.dtype, weight)


def compare_gradient(what, name, answer, want, dtype, weight):
    """A case for one gradient, measured against its largest entry."""
    scale = np.abs(want[what]).max()
    options = {"dtype": dtype.name, "weight": weight, "what": what, "scale": scale}
    return compare(f"{what}, {name}", getattr(answer, what), want[what], **options)


@EXAM.question("rnn_backward", points=8)
def rnn_backward(student, draws):
    """Does backpropagation through time match `tf.GradientTape`, masked and not?"""
    rng = draws("rnn_backward")
    calls = [*draws.inputs("rnn_forward", sequences), *draws.inputs("rnn_mask", masked_sequences)]
    for call in calls:
        yield from gradient_cases(student, call.name, call, call.upstream(rng), run(student, call))
    named = {call.name: call for call in calls}
    long = named["80 steps"]
    last = long.upstream(rng)
    last[:, :-1] = 0.0
    name, answer = "a loss on the last state only", run(student, long)
    yield from gradient_cases(student, name, long, last, answer)
    alive = [calls[0], named["padding at the end"], named["3 other sequences of 5 steps"]]
    yield from several_caches(student, rng, alive)


def gradient_cases(student, name, call, dstates, forward, weight=1.0):
    """Cases for the gradients of one backward pass, with follow-through.

    Args:
        call: the ForwardPass that it belongs to. forward: its Answer.
        weight: of the cases.
    """
    want = reference.rnn(call.x, call.h0, *call.weights, call.mask, dstates)
    answer = student.rnn_backward(dstates, forward.cache)
    cases = {
        what: compare_gradient(what, name, answer, want, call.x.dtype, weight * share)
        for what, share in GRADIENTS.items()
    }
    about = (answer, forward.states, call, dstates, want)
    follow_backward(student, cases, *about, unit=8 / BACKWARD)
    return cases.values()


def several_caches(student, rng, calls):
    """Caches alive at once, with and without a mask, and some used twice: each call gives its own
    answer.
    """
    forwards = [run(student, call) for call in calls]
    for place, number in enumerate((0, 1, 2, 1, 0), 1):
        call = calls[number]
        name, dstates = f"cache {number + 1} of 3, call {place}", call.upstream(rng)
        yield from gradient_cases(student, name, call, dstates, forwards[number], weight=0.4)


@EXAM.question("clip_by_global_norm", points=3)
def clip_by_global_norm(student, draws):
    """Are all gradients scaled by one factor, as `tf.clip_by_global_norm` does?"""
    first = None
    for name, gradients, max_norm, dtype in draws.inputs("clip_by_global_norm", clipping_inputs):
        answer = student.clip_by_global_norm(gradients, max_norm)
        want, norm = reference.clipped(gradients, max_norm)
        weight = 2 if norm > max_norm else 4  # leaving gradients alone is half of the matter
        clipped = compare(f"clipped, {name}", answer.clipped, want, dtype=dtype, weight=weight)
        length = compare(f"global_norm, {name}", answer.global_norm, norm, dtype=dtype)
        first = first or (clipped, length)
        # What is left as it was, and a norm of nothing or of the maximum, prove little alone.
        yield requires(clipped, first[0]) if norm <= max_norm else clipped
        yield requires(length, first[1]) if norm in (0, max_norm) else length


@EXAM.question("softmax_cross_entropy", points=3)
def softmax_cross_entropy(student, draws):
    """Loss and gradient of `SparseCategoricalCrossentropy(from_logits=True)`, stable for any
    logits?
    """
    for asked in draws.inputs("softmax_cross_entropy", scores):
        answer = student.softmax_cross_entropy(asked.logits, asked.labels)
        want = reference.cross_entropy(asked.logits, asked.labels)
        dtype, loss = asked.logits.dtype.name, float(want["loss"])
        options = {"dtype": dtype, "slack": asked.slack, "weight": asked.weight}
        # A loss near 0 is the difference of larger numbers.
        size = max(1.0, abs(loss))
        yield compare(f"loss, {asked.name}", answer.loss, loss, scale=size, **options)
        name, gradient = f"dlogits, {asked.name}", want["dlogits"]
        yield compare(name, answer.dlogits, gradient, scale=1 / len(asked.labels), **options)

"""The questions on normalisation and Batch Normalization (Ioffe & Szegedy 2015), against Keras'
layers. Momentum is neither 0.5 nor 0.9, gamma, beta and upstream gradients are random, and every
input was chosen so that a usual mistake shows (`batchnorm_inputs`).
"""

import numpy as np

from ...answers.compare import compare, requires
from ..assignment import Exam
from . import reference
from .follow_through import follow_backward, follow_flattened
from .inputs import (
    features,
    inference_calls,
    layer_weights,
    per_channel,
    scaling_inputs,
    training_calls,
)

EXAM = Exam()
EXAM.function("min_max_normalize(x: N D) -> y: N D", normalises=True)
EXAM.function("standardize(x: N D) -> y: N D", normalises=True)
EXAM.function(
    "batchnorm_forward(x: N ... C, gamma: C, beta: C, moving_mean: C, moving_variance: C, training,"
    " momentum, epsilon) -> y: N ... C, moving_mean: C, moving_variance: C, cache",
    keeps=("cache",),
    normalises=True,
)
EXAM.function(
    "batchnorm_backward(dy: N ... C, cache) -> dx: N ... C, dgamma: C, dbeta: C", normalises=True
)

GRADIENTS = ("dx", "dgamma", "dbeta")
BACKWARD, CONV = 85.0, 46.5  # weights of all cases of these questions


def within_epsilon(want, width):
    """What an epsilon of 1e-7 added to the divisor may change: want * 1e-7 / width."""
    return (
        np.abs(want) * np.divide(1e-7, width, out=np.zeros_like(width), where=width > 1e-7) * 1.01
    )


def scaling_cases(inputs, function, key, width):
    """A case for each (name, x); `width` is what a feature is divided by (its range, its std)."""
    first = None
    for name, x in inputs:
        want = np.where(np.ptp(x, axis=0) == 0, 0.0, key(x))  # Keras may leave a rounding error
        slack = within_epsilon(want, width(x.astype(np.float64), axis=0)) + 1e-7
        case = compare(name, function(x).y, want, dtype=x.dtype.name, slack=slack)
        first = first or case
        yield requires(case, first) if len(x) == 1 else case


@EXAM.question("min_max", points=2)
def min_max(student, draws):
    """Does each feature span [0, 1], as `keras.layers.Rescaling` with scale and offset from the
    data gives it?
    """
    inputs = draws.inputs("min_max", scaling_inputs, 1.1e-4)
    yield from scaling_cases(inputs, student.min_max_normalize, reference.rescaled, np.ptp)


@EXAM.question("standardize", points=2)
def standardize(student, draws):
    """Has each feature mean 0 and standard deviation 1, as after
    `keras.layers.Normalization.adapt`?
    """
    inputs = draws.inputs("standardize", scaling_inputs, 1e-5)
    yield from scaling_cases(inputs, student.standardize, reference.normalized, np.std)


@EXAM.question("batchnorm_train", points=6)
def batchnorm_train(student, draws):
    """Does the training forward match `keras.layers.BatchNormalization(training=True)`?"""
    first = None
    for call in draws.inputs("training", training_calls):
        case = compare(call.name, forward_of(student, call).y, y_of(call), **of_y(call))
        first = first or case
        yield requires(case, first) if len(call.x) == 1 else case


def forward_of(student, call):
    """The Answer of their batchnorm_forward on a LayerCall."""
    return student.batchnorm_forward(call.x, *call.weights, call.training, **call.options)


def y_of(call):
    """What the layer gives for a LayerCall."""
    return wanted(call)["y"]


def wanted(call):
    return reference.batchnorm(call.x, *call.weights, training=call.training, **call.options)


def of_y(call):
    """How the y of a LayerCall is compared."""
    return {"dtype": call.dtype, "what": "y"}


@EXAM.question("batchnorm_moving", points=4)
def batchnorm_moving(student, draws):
    """Do the moving statistics follow Keras' over several minibatches?"""
    series = [
        (
            "after 1 minibatch of 4 examples",
            1,
            (4, 3),
            {"momentum": 0.7, "epsilon": 0.02},
            "float64",
        ),
        (
            "after 3 minibatches of 6 examples",
            3,
            (6, 2),
            {"momentum": 0.97, "epsilon": 0.02},
            "float64",
        ),
        ("after 5 minibatches, default momentum", 5, (3, 5), {}, "float64"),
        ("4 examples of 4 features", 2, (4, 4), {"momentum": 0.35}, "float64"),
        ("from zeros and ones", 1, (6, 3), {"momentum": 0.9}, "float64"),
        ("momentum 1", 2, (4, 2), {"momentum": 1.0}, "float64"),
        ("momentum 0", 1, (5, 3), {"momentum": 0.0}, "float64"),
        ("a minibatch of 1 example", 1, (1, 4), {"momentum": 0.6}, "float64"),
        ("float32 inputs", 2, (9, 4), {"momentum": 0.8}, "float32"),
    ]
    rng, first = draws("batchnorm_moving"), None
    for name, batches, shape, options, dtype in series:
        gamma, beta, mean, variance = layer_weights(rng, shape[-1], dtype)
        if name == "from zeros and ones":  # as Keras' layer begins: no reason to take the first
            mean, variance = 0 * mean, 0 * variance + 1
        mine = theirs = (mean, variance)
        for _ in range(batches):
            x = features(rng, *shape, dtype=dtype, spread=0.5)
            answer = student.batchnorm_forward(x, gamma, beta, *mine, training=True, **options)
            mine = (answer.moving_mean, answer.moving_variance)
            want = reference.batchnorm(x, gamma, beta, *theirs, training=True, **options)
            theirs = (want["moving_mean"], want["moving_variance"])
        cases = list(moving_cases(name, mine, theirs, dtype))
        first = first or cases
        # A momentum of 1 leaves them as they were.
        kept = options.get("momentum") == 1
        yield from (requires(case, f) if kept else case for case, f in zip(cases, first))
    for call in draws.inputs("training", training_calls):
        if call.images:
            answer, want = forward_of(student, call), wanted(call)
            mine, theirs = ([getattr(answer, m) for m in MOVING], [want[m] for m in MOVING])
            yield from moving_cases(call.name, mine, theirs, weight=0.5)


MOVING = ("moving_mean", "moving_variance")


def moving_cases(name, mine, theirs, dtype="float64", weight=1.0):
    """A case for each moving statistic."""
    for what, got, expected in zip(MOVING, mine, theirs):
        # A channel's own size can be close to zero by chance: differences count against the
        # largest.
        scale, options = np.abs(expected).max(), {"dtype": dtype, "what": what, "weight": weight}
        yield compare(f"{what}, {name}", got, expected, scale=scale, **options)


@EXAM.question("batchnorm_inference", points=4)
def batchnorm_inference(student, draws):
    """Does inference use the moving statistics, alone and unchanged, single examples included?"""
    for call in draws.inputs("inference", inference_calls):
        answer = forward_of(student, call)
        case = compare(call.name, answer.y, y_of(call), weight=2, **of_y(call))
        yield case
        for unchanged in unchanged_cases(call, answer):
            yield requires(unchanged, case)


def unchanged_cases(call, answer):
    """A case for each moving statistic, which inference gives back as it was."""
    for what in MOVING:
        got, kept = getattr(answer, what), wanted(call)[what]
        options = {"dtype": call.dtype, "what": what, "weight": 0.3}
        yield compare(f"{what}, {call.name}", got, kept, scale=np.abs(kept).max(), **options)


def gradient_scale(call, dy):
    """What dx is measured against, per channel: |gamma dy| / std. dx itself may cancel to zero."""
    x, dy, (gamma, _, _, variance) = call.x.astype(np.float64), dy.astype(np.float64), call.weights
    if call.training:
        variance = x.var(axis=per_channel(x))
    return np.abs(gamma * dy).max(axis=per_channel(x)) / np.sqrt(variance + call.epsilon)


def compare_gradients(name, gradients, call, dy, weights=(3, 1, 1)):
    """Return {what: Case} for dx, dgamma and dbeta.

    Args:
        gradients: the Answer of their backward.
        call: the LayerCall that it belongs to.
    """
    want = reference.batchnorm(call.x, *call.weights, training=call.training, **call.options, dy=dy)
    size = np.abs(dy.astype(np.float64)).sum(axis=per_channel(dy))
    scales = {"dx": gradient_scale(call, dy), "dgamma": size, "dbeta": size}
    return {
        what: compare(
            f"{what}, {name}",
            getattr(gradients, what),
            want[what],
            dtype=call.dtype,
            scale=scales[what],
            weight=weight,
            what=what,
        )
        for what, weight in zip(GRADIENTS, weights)
    }


@EXAM.question("batchnorm_backward", points=8)
def batchnorm_backward(student, draws):
    """Do the gradients match `tf.GradientTape` through the layer, after training and after
    inference?
    """
    calls = [*draws.inputs("training", training_calls), *draws.inputs("inference", inference_calls)]
    calls = [call for call in calls if call.with_gradients]
    first = None
    for call, dy in zip(calls, gradients_arriving(draws, calls)):
        name = call.name if call.training else f"inference, {call.name}"
        forward = forward_of(student, call)
        gradients = student.batchnorm_backward(dy, forward.cache)
        cases = compare_gradients(name, gradients, call, dy)
        follow_backward(student, cases, forward, gradients, call, dy, 8 / BACKWARD)
        first = first or cases
        for what, case in cases.items():
            # Of a single example dx and dgamma are 0 and dbeta is dy.
            yield requires(case, first[what]) if call.training and len(call.x) == 1 else case
    later = next(call for call in calls if not call.training)
    yield from several_caches(student, draws("several caches"), [*calls[:3], later])


def gradients_arriving(draws, calls):
    """A random dy for each LayerCall."""
    rng = draws("batchnorm_backward")
    return [
        call.size * rng.normal(0.3, 1.0, size=call.x.shape).astype(call.x.dtype) for call in calls
    ]


def several_caches(student, rng, calls):
    """Caches alive at once, of training and of inference, and some used twice: each call gives its
    own answer.
    """
    forwards = [forward_of(student, call) for call in calls]
    for place, number in enumerate((0, 1, 3, 2, 0, 3), 1):
        call, dy = calls[number], rng.normal(size=calls[number].x.shape)
        gradients = student.batchnorm_backward(dy, forwards[number].cache)
        name = f"{'' if call.training else 'inference, '}cache {number + 1} of 4, call {place}"
        cases = compare_gradients(name, gradients, call, dy, weights=(1, 1, 0.5))
        follow_backward(student, cases, forwards[number], gradients, call, dy, 8 / BACKWARD)
        yield from cases.values()


@EXAM.question("batchnorm_conv", points=4)
def batchnorm_conv(student, draws):
    """Are images, sequences and volumes normalised per channel, forward and backward?"""
    calls = [*draws.inputs("training", training_calls), *draws.inputs("inference", inference_calls)]
    calls = [call for call in calls if call.with_gradients]
    kept = []
    for flat, flat_dy in zip(calls, gradients_arriving(draws, calls)):
        if not flat.images:
            continue
        call = flat.as_images
        dy, want = flat_dy.reshape(call.x.shape), wanted(call)
        forward = forward_of(student, call)
        gradients = student.batchnorm_backward(dy, forward.cache)
        cases = {"y": compare(f"y, {call.name}", forward.y, want["y"], what="y", weight=3)}
        for what in MOVING:
            got, scale = getattr(forward, what), np.abs(want[what]).max()
            cases[what] = compare(f"{what}, {call.name}", got, want[what], what=what, scale=scale)
        cases |= compare_gradients(call.name, gradients, call, dy, weights=(2, 1, 1))
        follow_flattened(student, cases, forward, gradients, flat, flat_dy, 4 / CONV)
        follow_backward(student, cases, forward, gradients, call, dy, 4 / CONV, flat)
        for what, case in cases.items():  # inference gives back what it got
            trivial = what in MOVING and not call.training
            yield requires(case, cases["y"]) if trivial else case
        kept.append((flat, flat_dy, forward))
    flat, flat_dy, forward = kept[0]  # its cache is as good as before
    call = flat.as_images
    dy, name = flat_dy.reshape(call.x.shape), f"{call.name}, again"
    gradients = student.batchnorm_backward(dy, forward.cache)
    cases = compare_gradients(name, gradients, call, dy, weights=(0.5, 0.5, 0.5))
    follow_flattened(student, cases, forward, gradients, flat, flat_dy, 4 / CONV)
    follow_backward(student, cases, forward, gradients, call, dy, 4 / CONV, flat)
    yield from cases.values()

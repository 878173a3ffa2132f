"""The questions on normalisation and Batch Normalization (Ioffe & Szegedy 2015), against Keras'
layers. Momentum is neither 0.5 nor 0.9, gamma, beta and upstream gradients are random, and every
input was chosen so that a usual mistake shows (`batchnorm_inputs`).
"""

import numpy as np

from ...answers.compare import compare, requires
from ..assignment import Exam
from . import reference
from .follow_through import OwnForward, follow_flattened
from .inputs import (
    features,
    layer_weights,
    per_channel,
    scaling_inputs,
    training_batches,
    with_constant_feature,
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


def within_epsilon(want, width):
    """What an epsilon of 1e-7 added to the divisor may change: want * 1e-7 / width."""
    return (
        np.abs(want) * np.divide(1e-7, width, out=np.zeros_like(width), where=width > 1e-7) * 1.01
    )


def scaling_cases(rng, function, key, width):
    """A case for each input; `width` is what a feature is divided by (its range, its std)."""
    first = None
    for name, x in scaling_inputs(rng):
        want = np.where(np.ptp(x, axis=0) == 0, 0.0, key(x))  # Keras may leave a rounding error
        slack = within_epsilon(want, width(x.astype(np.float64), axis=0)) + 1e-7
        case = compare(name, function(x).y, want, dtype=x.dtype.name, slack=slack)
        first = first or case
        yield requires(case, first) if len(x) == 1 else case


@EXAM.question("min_max", points=2)
def min_max(student, rng):
    """Does each feature span [0, 1], as `keras.layers.Rescaling` with scale and offset from the
    data gives it?
    """
    yield from scaling_cases(rng, student.min_max_normalize, reference.rescaled, np.ptp)


@EXAM.question("standardize", points=2)
def standardize(student, rng):
    """Has each feature mean 0 and standard deviation 1, as after
    `keras.layers.Normalization.adapt`?
    """
    yield from scaling_cases(rng, student.standardize, reference.normalized, np.std)


@EXAM.question("batchnorm_train", points=6)
def batchnorm_train(student, rng):
    """Does the training forward match `keras.layers.BatchNormalization(training=True)`?"""
    first = None
    for name, x, epsilon in training_batches(rng):
        weights = layer_weights(rng, x.shape[-1], x.dtype)
        options = {} if epsilon is None else {"momentum": 0.83, "epsilon": epsilon}
        answer = student.batchnorm_forward(x, *weights, True, **options)
        want = reference.batchnorm(x, *weights, training=True, **options)
        case = compare(name, answer.y, want["y"], dtype=x.dtype.name, what="y")
        first = first or case
        yield requires(case, first) if len(x) == 1 else case


@EXAM.question("batchnorm_moving", points=4)
def batchnorm_moving(student, rng):
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
        ("momentum 0", 1, (5, 3), {"momentum": 0.0}, "float64"),
        ("a minibatch of 1 example", 1, (1, 4), {"momentum": 0.6}, "float64"),
        ("float32 inputs", 2, (9, 4), {"momentum": 0.8}, "float32"),
    ]
    for name, batches, shape, options, dtype in series:
        gamma, beta, mean, variance = layer_weights(rng, shape[-1], dtype)
        mine = theirs = (mean, variance)
        for _ in range(batches):
            x = features(rng, *shape, dtype=dtype, spread=0.5)
            answer = student.batchnorm_forward(x, gamma, beta, *mine, training=True, **options)
            mine = (answer.moving_mean, answer.moving_variance)
            want = reference.batchnorm(x, gamma, beta, *theirs, training=True, **options)
            theirs = (want["moving_mean"], want["moving_variance"])
        for what, got, expected in zip(("moving_mean", "moving_variance"), mine, theirs):
            # A channel's own size can be close to zero by chance: differences count against the
            # largest.
            scale = np.abs(expected).max()
            yield compare(f"{what}, {name}", got, expected, dtype=dtype, what=what, scale=scale)


@EXAM.question("batchnorm_inference", points=4)
def batchnorm_inference(student, rng):
    """Does inference use the moving statistics, alone and unchanged, single examples included?"""
    batches = [
        (
            "8 examples of 3 features",
            features(rng, 8, 3, spread=0.3),
            {"momentum": 0.6, "epsilon": 0.3},
        ),
        ("a single example", features(rng, 1, 4, spread=0.3), {"momentum": 0.6, "epsilon": 0.2}),
        ("5 examples of 5 features", features(rng, 5, 5, spread=0.3), {}),
        ("a constant feature", with_constant_feature(rng, 6, 3), {"momentum": 0.9, "epsilon": 0.1}),
        ("float32 inputs", features(rng, 7, 2, dtype="float32", spread=0.3), {"epsilon": 0.05}),
    ]
    for name, x, options in batches:
        weights = layer_weights(rng, x.shape[-1], x.dtype)
        answer = student.batchnorm_forward(x, *weights, False, **options)
        want = reference.batchnorm(x, *weights, training=False, **options)
        case = compare(name, answer.y, want["y"], dtype=x.dtype.name, what="y", weight=2)
        yield case
    for what in ("moving_mean", "moving_variance"):  # of the last batch
        got, kept = getattr(answer, what), want[what]
        unchanged = compare(
            f"{what} comes back unchanged", got, kept, dtype=x.dtype.name, what=what
        )
        yield requires(unchanged, case)


def gradient_scale(x, gamma, dy, moving_variance, training, epsilon):
    """What dx is measured against, per channel: |gamma dy| / std. dx itself may cancel to zero."""
    x, dy = x.astype(np.float64), dy.astype(np.float64)
    variance = x.var(axis=per_channel(x)) if training else moving_variance
    return np.abs(gamma * dy).max(axis=per_channel(x)) / np.sqrt(variance + epsilon)


def compare_gradients(student, name, gradients, call, weights=(3, 1, 1)):
    """Return {what: Case} for dx, dgamma and dbeta; the exact gradient of the student's own forward
    passes too.

    Args:
        gradients: the Answer of their backward.
        call: the forward call it belongs to: x, the layer's weights, training, epsilon, dy.
    """
    x, layer, training, epsilon, dy = call
    want = reference.batchnorm(x, *layer, training=training, epsilon=epsilon, dy=dy)
    size = np.abs(dy.astype(np.float64)).sum(axis=per_channel(dy))
    scales = {"dx": gradient_scale(x, layer[0], dy, layer[3], training, epsilon)}
    scales |= {"dgamma": size, "dbeta": size}
    cases, own = {}, OwnForward(student, call)
    for what, weight in zip(GRADIENTS, weights):
        got, options = getattr(gradients, what), {"weight": weight, "what": what}
        case = compare(
            f"{what}, {name}", got, want[what], dtype=x.dtype.name, scale=scales[what], **options
        )
        if not case.passed and own.earns(what.removeprefix("d"), got):
            case.passed = True
            case.message = f"{what} is the exact gradient of your own forward: nothing more is lost"
        cases[what] = case
    return cases


@EXAM.question("batchnorm_backward", points=8)
def batchnorm_backward(student, rng):
    """Do the gradients match `tf.GradientTape` through the layer, after training and after
    inference?
    """
    calls = [
        ("8 examples of 3 features", features(rng, 8, 3, spread=0.5), True, 0.02),
        ("6 examples of 6 features", features(rng, 6, 6, spread=0.5), True, 0.01),
        (
            "variances as small as epsilon",
            rng.uniform(0.1, 0.5, 4) * rng.normal(size=(11, 4)),
            True,
            0.05,
        ),
        ("32 examples of 5 features", features(rng, 32, 5, spread=2.0), True, 1e-3),
        ("a constant feature", with_constant_feature(rng, 7, 3), True, 0.04),
        ("a single example", features(rng, 1, 4), True, 0.03),
        ("float32 inputs", features(rng, 12, 3, dtype="float32", spread=0.5), True, 0.02),
        ("inference, 9 examples of 4 features", features(rng, 9, 4, spread=0.3), False, 0.2),
        ("inference, a single example", features(rng, 1, 3, spread=0.3), False, 0.1),
    ]
    first = None
    for name, x, training, epsilon in calls:
        layer = layer_weights(rng, x.shape[-1], x.dtype)
        dy = rng.normal(0.3, 1.0, size=x.shape).astype(x.dtype)
        forward = student.batchnorm_forward(x, *layer, training, epsilon=epsilon)
        gradients = student.batchnorm_backward(dy, forward.cache)
        cases = compare_gradients(student, name, gradients, (x, layer, training, epsilon, dy))
        first = first or cases
        for what, case in cases.items():
            # Of a single example dx and dgamma are 0 and dbeta is dy.
            yield requires(case, first[what]) if training and len(x) == 1 else case
    yield from two_caches(student, rng)


def two_caches(student, rng):
    """Two caches alive at once, and one of them used twice: each call gives its own answer."""
    calls = []
    for shape in [(5, 3), (7, 4), (5, 3)]:
        x, layer = features(rng, *shape, spread=0.5), layer_weights(rng, shape[-1])
        cache = student.batchnorm_forward(x, *layer, True, epsilon=0.02).cache
        calls.append((x, layer, cache))
    for name, (x, layer, cache) in [
        ("first", calls[0]),
        ("second", calls[1]),
        ("first again", calls[0]),
        ("another of the first's shape", calls[2]),
    ]:
        dy = rng.normal(size=x.shape)
        gradients = student.batchnorm_backward(dy, cache)
        call = (x, layer, True, 0.02, dy)
        name = f"two caches, {name}"
        cases = compare_gradients(student, name, gradients, call, weights=(1, 1, 1))
        yield from (cases["dx"], cases["dgamma"])


@EXAM.question("batchnorm_conv", points=4)
def batchnorm_conv(student, rng):
    """Are images, sequences and volumes normalised per channel, forward and backward?"""
    calls = [
        ("4 images of 5x6, 3 channels", features(rng, 4, 5, 6, 3, spread=0.5), True, 0.02),
        ("one image of 4x3, 5 channels", features(rng, 1, 4, 3, 5, spread=0.5), True, 0.01),
        ("3 sequences of 7 steps, 2 channels", features(rng, 3, 7, 2, spread=0.5), True, 0.04),
        ("2 volumes of 3x4x2, 3 channels", features(rng, 2, 3, 4, 2, 3, spread=0.5), True, 0.02),
        (
            "inference, 2 images of 4x5, 3 channels",
            features(rng, 2, 4, 5, 3, spread=0.3),
            False,
            0.2,
        ),
    ]
    for name, x, training, epsilon in calls:
        layer = layer_weights(rng, x.shape[-1])
        dy = rng.normal(0.3, 1.0, size=x.shape)
        call, momentum = (x, layer, training, epsilon, dy), 0.8
        options = {"momentum": momentum, "epsilon": epsilon}
        forward = student.batchnorm_forward(x, *layer, training, **options)
        want = reference.batchnorm(x, *layer, training=training, **options)
        gradients = student.batchnorm_backward(dy, forward.cache)
        cases = {"y": compare(f"y, {name}", forward.y, want["y"], what="y", weight=3)}
        for what in ("moving_mean", "moving_variance") if training else ():
            got, scale = getattr(forward, what), np.abs(want[what]).max()
            cases[what] = compare(f"{what}, {name}", got, want[what], what=what, scale=scale)
        cases |= compare_gradients(student, name, gradients, call, weights=(2, 1, 1))
        follow_flattened(student, cases, forward, gradients, call, momentum)
        yield from cases.values()

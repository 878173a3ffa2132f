"""What the questions on normalisation are asked with.

Inputs are chosen so that the usual mistakes show: epsilon as large as some variances, random gamma
and beta, features of very different scale on large offsets, constant features, every size
different, and N equal to D.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class LayerCall:
    """One call of the layer. What is asked on images is asked on their flattened rows before, by
    the same name, and the gradient of a call after its value.

    Attributes:
        x: (..., C). weights: gamma, beta, moving_mean, moving_variance, each (C,).
        options: momentum and epsilon, where they are not left at their defaults.
        with_gradients: is the backward pass asked for, too?
        images: the name and the shape of x as images, where they are asked for.
        size: of the gradients that arrive.
    """

    name: str
    x: np.ndarray
    weights: tuple
    training: bool
    options: dict
    with_gradients: bool = True
    images: tuple = ()
    size: float = 1.0

    @property
    def epsilon(self):
        return self.options.get("epsilon", 1e-3)

    @property
    def dtype(self):
        return self.x.dtype.name

    @cached_property
    def as_images(self):
        """The same call on images, sequences or volumes."""
        name, shape = self.images
        return replace(self, name=name, x=self.x.reshape(shape))


def features(rng, *shape, dtype="float64", spread=1.0, offset=3.0):
    """Inputs of which each feature has a scale and an offset of its own (`spread` decades, `offset`
    stds).
    """
    scale = 10 ** rng.uniform(-spread, spread, shape[-1])
    centre = offset * scale * rng.choice([-1.0, 1.0], shape[-1]) * rng.uniform(0.5, 1.5, shape[-1])
    return (centre + scale * rng.normal(size=shape)).astype(dtype)


def layer_weights(rng, c, dtype="float64"):
    """Random gamma (some negative), beta, moving_mean and moving_variance, each of shape (C,)."""
    gamma = rng.uniform(0.5, 2.0, c) * rng.choice([-1.0, 1.0], c)
    weights = gamma, rng.normal(size=c), rng.normal(size=c), rng.uniform(0.2, 3.0, c)
    return tuple(w.astype(dtype) for w in weights)


def per_channel(x):
    """The axes that statistics run over: all but the last."""
    return tuple(range(x.ndim - 1))


def scaling_inputs(rng, narrow):
    """(name, x) for the two warm-up questions: each feature on its own, whatever its scale and
    offset.

    Args:
        narrow: the range of a narrow feature.
    """
    slide = np.stack([rng.uniform(0, 500, 7), rng.uniform(0, 1e-4, 7)], axis=1)
    slide[0, 1], slide[1, 1] = 0.0, 1e-4  # the whole range of the lecture's example
    yield "9 examples of 4 features", features(rng, 9, 4)
    many = features(rng, 100, 9)
    many[:, 3], many[:, 7] = 1e7 + rng.uniform(size=100), narrow * rng.uniform(size=100)
    many[70, 2] += 1e3 * np.ptp(many[:, 2])
    yield "100 examples of 9 features, one far off", many
    yield "9 other examples of 4 features", features(rng, 9, 4)
    yield "features of very different scale", slide
    yield "5 examples of 5 features", features(rng, 5, 5)
    far = 1e4 * rng.uniform(1, 3, 3) * rng.choice([-1.0, 1.0], 3)
    yield "narrow features on large offsets", far + 1e-3 * rng.uniform(size=(8, 3))
    yield "a constant feature", np.insert(features(rng, 6, 2), 1, 4.0, axis=1)
    # Ten times 0.1 has a standard deviation of 1e-17 in floating point, which must not be divided
    # by.
    yield "a constant feature of 0.1", np.insert(features(rng, 10, 3), 0, 0.1, axis=1)
    yield "a single example", features(rng, 1, 4)
    yield "float32 inputs", features(rng, 12, 5, dtype="float32")


def with_constant_feature(rng, n, d):
    x = features(rng, n, d)
    x[:, 1] = 0.7
    return x


IMAGES = [  # (name of the rows, name and shape as images, epsilon)
    ("120 examples of 3 features", "4 images of 5x6, 3 channels", (4, 5, 6, 3), 0.02),
    ("12 examples of 5 features", "one image of 4x3, 5 channels", (1, 4, 3, 5), 0.01),
    ("21 examples of 2 features", "3 sequences of 7 steps, 2 channels", (3, 7, 2), 0.04),
    ("48 examples of 3 features", "2 volumes of 3x4x2, 3 channels", (2, 3, 4, 2, 3), 0.02),
]
IMAGES_LATER = "inference, 2 images of 4x5, 3 channels", (2, 4, 5, 3)


def training_calls(rng):
    """LayerCalls in training."""

    def call(name, x, options, with_gradients=True, **more):
        weights = layer_weights(rng, x.shape[-1], x.dtype)
        return LayerCall(name, x, weights, True, options, with_gradients, **more)

    yield call("8 examples of 3 features", features(rng, 8, 3, spread=0.5), {"epsilon": 0.02})
    others = features(rng, 8, 3, spread=0.5)
    yield call("8 other examples of 3 features", others, {"momentum": 0.83, "epsilon": 0.02})
    square = features(rng, 6, 6, spread=0.5)
    yield call("6 examples of 6 features", square, {"epsilon": 0.01}, size=1e3)
    # Variances from 0.0025 to 0.25 beside an epsilon of 0.05: where epsilon goes can be seen.
    small = rng.uniform(0.05, 0.5, 6) * rng.normal(size=(10, 6))
    yield call("variances as small as epsilon", small, {"epsilon": 0.05})
    # One value lies ten standard deviations from the others.
    far = features(rng, 150, 4, spread=0.5)
    far[17] += 12 * far.std(axis=0)
    yield call("one example far from 149 others", far, {}, with_gradients=False)
    constant = with_constant_feature(rng, 7, 3)
    yield call("a constant feature", constant, {"momentum": 0.83, "epsilon": 0.04})
    yield call("a single example", features(rng, 1, 4), {"epsilon": 0.03})
    single = features(rng, 12, 3, dtype="float32", spread=0.5)
    yield call("float32 inputs", single, {"epsilon": 0.02})
    distant = features(rng, 12, 3, offset=1e4)
    yield call("features on large offsets", distant, {"epsilon": 1e-3}, with_gradients=False)
    tiny = 1e-3 * features(rng, 9, 3, spread=0.3)
    yield call("an epsilon of 1e-7", tiny, {"momentum": 0.9, "epsilon": 1e-7}, False)
    plain = features(rng, 7, 3, spread=0.5)
    yield call("no epsilon, a momentum of 1", plain, {"momentum": 1.0, "epsilon": 0.0}, False)
    various = features(rng, 9, 5, spread=3.0)
    yield call("features of very different scale", various, {"epsilon": 0.03}, False)
    for name, name_as_images, shape, epsilon in IMAGES:
        n, c = int(np.prod(shape[:-1])), shape[-1]
        options = {"momentum": 0.8, "epsilon": epsilon}
        rows = features(rng, n, c, spread=0.5)
        yield call(name, rows, options, images=(name_as_images, shape))


def inference_calls(rng):
    """LayerCalls in inference."""

    def call(name, x, options, with_gradients=True, images=(), statistics=None):
        weights = layer_weights(rng, x.shape[-1], x.dtype)
        if statistics:
            weights = (*weights[:2], *statistics)
        return LayerCall(name, x, weights, False, options, with_gradients, images)

    options = {"momentum": 0.6, "epsilon": 0.3}
    yield call("8 examples of 3 features", features(rng, 8, 3, spread=0.3), options)
    single = features(rng, 1, 4, spread=0.3)
    yield call("a single example", single, {"momentum": 0.6, "epsilon": 0.2})
    start = np.zeros(5), np.ones(5)  # what Keras' layer begins with
    fives = features(rng, 5, 5, spread=0.3)
    yield call("5 examples of 5 features", fives, {}, False, statistics=start)
    constant = with_constant_feature(rng, 6, 3)
    options, extreme = {"momentum": 0.9, "epsilon": 0.1}, np.array([0.0, 1e-4, 50.0])
    statistics = rng.normal(size=3), extreme
    yield call("a constant feature", constant, options, False, statistics=statistics)
    rows, options = features(rng, 40, 3, spread=0.3), {"momentum": 0.8, "epsilon": 0.2}
    yield call("40 examples of 3 features", rows, options, images=IMAGES_LATER)
    half = features(rng, 7, 2, dtype="float32", spread=0.3)
    yield call("float32 inputs", half, {"epsilon": 0.05}, with_gradients=False)

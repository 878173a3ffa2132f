"""What the questions on normalisation are asked with.

Inputs are chosen so that the usual mistakes show: epsilon as large as some variances, random gamma
and beta, features of very different scale on large offsets, constant features, every size
different, and N equal to D.
"""

import numpy as np


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


def scaling_inputs(rng):
    """(name, x) for the two warm-up questions: each feature on its own, whatever its scale and
    offset.
    """
    slide = np.stack([rng.uniform(0, 500, 7), rng.uniform(0, 1e-4, 7)], axis=1)
    slide[0, 1], slide[1, 1] = 0.0, 1e-4  # the whole range of the lecture's example
    yield "9 examples of 4 features", features(rng, 9, 4)
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


def training_batches(rng):
    """(name, x, epsilon) for a forward pass in training; an epsilon of None leaves it at its
    default.
    """
    yield "8 examples of 3 features", features(rng, 8, 3), 0.02
    yield "64 examples of 5 features", features(rng, 64, 5), None
    yield "4 examples of 4 features", features(rng, 4, 4), 0.01
    # Variances from 0.0025 to 0.25 beside an epsilon of 0.05: where epsilon goes can be seen.
    small = rng.uniform(0.05, 0.5, 6) * rng.normal(size=(10, 6))
    yield "variances as small as epsilon", small, 0.05
    yield "features on large offsets", features(rng, 12, 3, offset=1e4), 1e-3
    yield "features of very different scale", features(rng, 9, 5, spread=3.0), 0.03
    yield "a constant feature", with_constant_feature(rng, 7, 3), 0.04
    yield "a single example", features(rng, 1, 3), 0.02
    yield "float32 inputs", features(rng, 16, 4, dtype="float32"), 0.01

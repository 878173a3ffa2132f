"""What Keras' normalising layers give, said in NumPy: the same answers without Keras."""

import numpy as np

from .mistakes import batchnorm_backward, batchnorm_forward, min_max_normalize, standardize


def rescaled(x):
    """As `reference.rescaled`."""
    return min_max_normalize(np.asarray(x, np.float64))


def normalized(x):
    """As `reference.normalized`."""
    return standardize(np.asarray(x, np.float64))


def batchnorm(
    x,
    gamma,
    beta,
    moving_mean,
    moving_variance,
    training,
    momentum=0.99,
    epsilon=1e-3,
    dy=None,
):
    """As `reference.batchnorm`."""
    arrays = (x, gamma, beta, moving_mean, moving_variance)
    arrays = [np.asarray(array, np.float64) for array in arrays]
    *values, cache = batchnorm_forward(*arrays, training, momentum, epsilon)
    answer = dict(zip(("y", "moving_mean", "moving_variance"), values))
    if dy is not None:
        gradients = batchnorm_backward(np.asarray(dy, np.float64), cache)
        answer |= dict(zip(("dx", "dgamma", "dbeta"), gradients))
    return answer

"""Computes in float64 whatever comes in, and gives float64 back: mentioned, never punished."""

import numpy as np


def min_max_normalize(x):
    x = np.array(x, dtype=np.float64)
    lo, hi = x.min(0), x.max(0)
    same = hi == lo
    return (x - lo) / (hi - lo + same)


def standardize(x):
    x = np.array(x, dtype=np.float64)
    same = x.max(0) == x.min(0)
    x[:, same] = 0
    return (x - x.mean(0)) / (x.std(0) + same)


def batchnorm_forward(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    x, gamma, beta, moving_mean, moving_variance = (
        np.asarray(a, np.float64) for a in (x, gamma, beta, moving_mean, moving_variance)
    )
    axes = tuple(range(x.ndim - 1))
    if training:
        mu, var = x.mean(axes), x.var(axes)
        moving_mean = momentum * moving_mean + (1 - momentum) * mu
        moving_variance = momentum * moving_variance + (1 - momentum) * var
    else:
        mu, var = moving_mean, moving_variance
    s = np.sqrt(var + epsilon)
    return gamma * ((x - mu) / s) + beta, moving_mean, moving_variance, (x, mu, s, gamma, training)


def batchnorm_backward(dy, cache):
    x, mu, s, gamma, training = cache
    dy = np.asarray(dy, np.float64)
    axes = tuple(range(dy.ndim - 1))
    xh = (x - mu) / s
    dg, db = (dy * xh).sum(axes), dy.sum(axes)
    n = dy.size / dy.shape[-1]
    return gamma / s * (dy - training * (db + xh * dg) / n), dg, db

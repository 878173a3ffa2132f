"""Keeps only the inputs and computes everything again on the way back."""

import numpy as np

EVERY_AXIS_BUT_THE_LAST = lambda a: tuple(i for i in range(np.ndim(a) - 1))  # noqa: E731

min_max_normalize = lambda x: (x - np.amin(x, 0)) / np.where(np.ptp(x, 0) == 0, 1, np.ptp(x, 0))  # noqa: E731


def standardize(x):
    scale = np.where(np.ptp(x, 0) == 0, np.inf, np.sqrt(np.var(x, 0)))
    return (x - np.mean(x, 0)) / scale


def batchnorm_forward(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    cache = dict(x=x.copy(), gamma=gamma.copy(), mean=moving_mean, var=moving_variance)
    cache |= dict(training=training, eps=epsilon)
    if not training:
        y = gamma * (x - moving_mean) / (moving_variance + epsilon) ** 0.5 + beta
        return y, moving_mean, moving_variance, cache
    axes = EVERY_AXIS_BUT_THE_LAST(x)
    mean, variance = np.mean(x, axes), np.var(x, axes)
    y = gamma * (x - mean) / (variance + epsilon) ** 0.5 + beta
    return (
        y,
        moving_mean * momentum + mean * (1 - momentum),
        moving_variance * momentum + variance * (1 - momentum),
        cache,
    )


def batchnorm_backward(dy, cache):
    x, gamma, axes = cache["x"], cache["gamma"], EVERY_AXIS_BUT_THE_LAST(dy)
    if not cache["training"]:
        root = np.sqrt(cache["var"] + cache["eps"])
        return dy * gamma / root, np.sum(dy * (x - cache["mean"]) / root, axes), np.sum(dy, axes)
    centred = x - np.mean(x, axes)
    m = x[..., 0].size
    var = np.sum(centred**2, axes) / m + cache["eps"]
    total, along = np.sum(dy, axes), np.sum(dy * centred, axes)
    dx = gamma / (m * np.sqrt(var)) * (m * dy - total - centred * along / var)
    return dx, along / np.sqrt(var), total

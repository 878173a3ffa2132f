"""Small helper functions, used by each other; the moving average is one of them."""

import numpy as np


def over_examples(function, x):
    """Reduce every axis but the last."""
    return function(x.reshape(-1, x.shape[-1]), axis=0)


def divide_or_zero(a, b):
    out = np.zeros(np.broadcast(a, b).shape, dtype=a.dtype)
    return np.divide(a, b, out=out, where=np.broadcast_to(b > 0, out.shape))


def move(old, new, momentum):
    return old - (1 - momentum) * (old - new)


def min_max_normalize(x):
    return divide_or_zero(x - over_examples(np.min, x), over_examples(np.ptp, x))


def standardize(x):
    spread = over_examples(np.std, x) * (over_examples(np.ptp, x) > 0)
    return divide_or_zero(x - over_examples(np.mean, x), spread)


def affine(x, mean, variance, gamma, beta, epsilon):
    scale = gamma / np.sqrt(variance + epsilon)
    return scale * (x - mean) + beta


def batchnorm_forward(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    if not training:
        y = affine(x, moving_mean, moving_variance, gamma, beta, epsilon)
        cache = [x, moving_mean, moving_variance, gamma, epsilon, False]
        return y, moving_mean, moving_variance, cache
    mean, variance = over_examples(np.mean, x), over_examples(np.var, x)
    y = affine(x, mean, variance, gamma, beta, epsilon)
    cache = [x, mean, variance, gamma, epsilon, True]
    return y, move(moving_mean, mean, momentum), move(moving_variance, variance, momentum), cache


def batchnorm_backward(dy, cache):
    x, mean, variance, gamma, epsilon, training = cache
    std = np.sqrt(variance + epsilon)
    x_hat = (x - mean) / std
    dgamma, dbeta = over_examples(np.sum, dy * x_hat), over_examples(np.sum, dy)
    dx = gamma / std * dy
    if training:
        dx -= gamma / std * over_examples(np.mean, dy)
        dx -= gamma / std * x_hat * over_examples(np.mean, dy * x_hat)
    return dx, dgamma, dbeta

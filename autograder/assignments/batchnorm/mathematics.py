"""The mathematics of normalisation as the lecture writes it: one named quantity a line. The
diagnosis looks among its neighbours, one edit away, for what a student has done. Some quantities
are not needed for the answer; they are here because students take them for others.
"""

import numpy as np


def min_max_normalize(x):
    low = x.min(axis=0)
    high = x.max(axis=0)
    width = np.where(high > low, high - low, 1)
    y = (x - low) / width
    return y


def standardize(x):
    constant = x.max(axis=0) == x.min(axis=0)
    mean = x.mean(axis=0)
    variance = x.var(axis=0)
    std = x.std(axis=0)
    centred = np.where(constant, 0, x - mean)
    divisor = np.where(constant, 1, std)
    y = centred / divisor
    return y


def batchnorm_forward(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    axes = tuple(range(x.ndim - 1))
    batch_mean = x.mean(axis=axes)
    batch_variance = x.var(axis=axes)
    spread = batch_variance + epsilon
    batch_std = np.sqrt(batch_variance)
    if training:
        mean = batch_mean
        variance = batch_variance
    else:
        mean = moving_mean
        variance = moving_variance
    inv_std = 1 / np.sqrt(variance + epsilon)
    x_hat = (x - mean) * inv_std
    y = gamma * x_hat + beta
    if training:
        moving_mean = momentum * moving_mean + (1 - momentum) * batch_mean
        moving_variance = momentum * moving_variance + (1 - momentum) * batch_variance
    return y, moving_mean, moving_variance, (x, x_hat, gamma, inv_std, variance, training)


def batchnorm_backward(dy, cache):
    x, x_hat, gamma, inv_std, variance, training = cache
    axes = tuple(range(dy.ndim - 1))
    dgamma = np.sum(dy * x_hat, axis=axes)
    dbeta = np.sum(dy, axis=axes)
    dx_hat = dy * gamma
    through_mean = 0.0
    through_variance = 0.0
    if training:
        through_mean = np.mean(dx_hat, axis=axes)
        share = np.mean(dx_hat * x_hat, axis=axes)
        through_variance = x_hat * share
    dx = (dx_hat - through_mean - through_variance) * inv_std
    return dx, dgamma, dbeta


def min_max_normalize_in_one_line(x):
    low = x.min(axis=0)
    high = x.max(axis=0)
    y = (x - low) / np.where(high > low, high - low, 1)
    return y


def batchnorm_backward_at_once(dy, cache):
    x, x_hat, gamma, inv_std, variance, training = cache
    axes = tuple(range(dy.ndim - 1))
    dgamma = np.sum(dy * x_hat, axis=axes)
    dbeta = np.sum(dy, axis=axes)
    before = dy
    if training:
        before = dy - np.mean(dy, axis=axes) - x_hat * np.mean(dy * x_hat, axis=axes)
    dx = gamma * inv_std * before
    return dx, dgamma, dbeta


def batchnorm_backward_in_steps(dy, cache):
    x, x_hat, gamma, inv_std, variance, training = cache
    axes = tuple(range(dy.ndim - 1))
    m = dy.size // dy.shape[-1]
    dgamma = np.sum(dy * x_hat, axis=axes)
    dbeta = np.sum(dy, axis=axes)
    dx_hat = dy * gamma
    dx = dx_hat * inv_std
    if training:
        centred = x - np.mean(x, axis=axes)
        dvariance = -0.5 * np.sum(dx_hat * centred, axis=axes) * inv_std**3
        dmean = -np.sum(dx_hat, axis=axes) * inv_std
        dx = dx_hat * inv_std + 2 * centred * dvariance / m + dmean / m
    return dx, dgamma, dbeta


QUANTITIES = {
    "before": "what gamma and the standard deviation are applied to",
    "m": "the number of values that a statistic is taken of",
    "dvariance": "the gradient at the variance",
    "dmean": "the gradient at the mean",
    "low": "the smallest value of a feature",
    "high": "the largest value of a feature",
    "width": "the range that is divided by",
    "divisor": "what is divided by",
    "centred": "the difference from the mean",
    "constant": "the test for a constant feature",
    "mean": "the mean that is subtracted",
    "variance": "the variance that is used",
    "std": "the standard deviation",
    "inv_std": "one over the standard deviation",
    "axes": "the axes of the statistics",
    "batch_mean": "the batch's mean",
    "batch_variance": "the batch's variance",
    "spread": "the variance with epsilon in it",
    "batch_std": "the batch's standard deviation",
    "x_hat": "the normalised input",
    "dx_hat": "the gradient at the normalised input",
    "through_mean": "the part of dx that comes through the mean",
    "share": "the mean that the variance brings",
    "through_variance": "the part of dx that comes through the variance",
}

FUNCTIONS = (min_max_normalize, standardize, batchnorm_forward, batchnorm_backward)

# The same, as it is written as well.
VARIANTS = {
    "min_max_normalize": (min_max_normalize_in_one_line,),
    "batchnorm_backward": (batchnorm_backward_at_once, batchnorm_backward_in_steps),
}

"""Einstein sums everywhere, keepdims kept inside, shapes restored at the end."""

import numpy as np


def min_max_normalize(x):
    low = x.min(axis=0, keepdims=True)
    span = x.max(axis=0, keepdims=True) - low
    with np.errstate(divide="ignore", invalid="ignore"):
        y = (x - low) / span
    return np.nan_to_num(y, nan=0.0)


def standardize(x):
    n = x.shape[0]
    mean = np.einsum("nd->d", x) / n
    centred = x - mean
    variance = np.einsum("nd,nd->d", centred, centred) / n
    keep = (x != x[0]).any(axis=0)
    return np.where(keep, centred / np.sqrt(np.where(keep, variance, 1)), 0)


def batchnorm_forward(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    flat = x.reshape(-1, x.shape[-1])
    rows = len(flat)
    if training:
        mean = np.einsum("nc->c", flat) / rows
        variance = np.einsum("nc,nc->c", flat - mean, flat - mean) / rows
        moving_mean = np.average([moving_mean, mean], axis=0, weights=[momentum, 1 - momentum])
        moving_variance = np.average(
            [moving_variance, variance], axis=0, weights=[momentum, 1 - momentum]
        )
        mu, var = mean, variance
    else:
        mu, var = moving_mean, moving_variance
    inverse = np.power(var + epsilon, -0.5)
    normal = np.einsum("...c,c->...c", x - mu, inverse)
    y = np.einsum("...c,c->...c", normal, gamma) + beta
    return y, moving_mean, moving_variance, (normal, inverse, gamma, training, rows)


def batchnorm_backward(dy, cache):
    normal, inverse, gamma, training, rows = cache
    flat = dy.reshape(-1, dy.shape[-1])
    dgamma = np.einsum("nc,nc->c", flat, normal.reshape(flat.shape))
    dbeta = np.einsum("nc->c", flat)
    dx = dy - (dbeta + normal * dgamma) / rows if training else dy
    return np.einsum("...c,c->...c", dx, gamma * inverse), dgamma, dbeta

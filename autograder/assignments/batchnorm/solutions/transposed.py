"""Works on (C, rows), the other way round, and turns everything back at the end."""

import numpy as np


def min_max_normalize(x):
    t = x.T
    low, high = t.min(1), t.max(1)
    factor = np.array([1 / (h - b) if h > b else 0 for b, h in zip(low, high)], dtype=x.dtype)
    return ((t - low[:, None]) * factor[:, None]).T


def standardize(x):
    out = []
    for row in x.T:
        spread = row.std()
        out.append((row - row.mean()) / spread if row.max() > row.min() else 0 * row)
    return np.array(out).T


def batchnorm_forward(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    t = np.moveaxis(x, -1, 0).reshape(x.shape[-1], -1)
    mean, variance = moving_mean, moving_variance
    if training:
        mean, variance = t.mean(1), t.var(1)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    inverse = (1 / np.sqrt(variance + epsilon))[:, None]
    t_hat = (t - mean[:, None]) * inverse
    y = gamma[:, None] * t_hat + beta[:, None]
    back = np.moveaxis(y.reshape(x.shape[-1:] + x.shape[:-1]), 0, -1)
    return back, moving_mean, moving_variance, (t_hat, inverse, gamma[:, None], training)


def batchnorm_backward(dy, cache):
    t_hat, inverse, gamma, training = cache
    d = np.moveaxis(dy, -1, 0).reshape(dy.shape[-1], -1)
    dgamma, dbeta = (d * t_hat).sum(1), d.sum(1)
    if training:
        rows = d.shape[1]
        dt = gamma * inverse * (d - dbeta[:, None] / rows - t_hat * dgamma[:, None] / rows)
    else:
        dt = gamma * inverse * d
    dx = np.moveaxis(dt.reshape(dy.shape[-1:] + dy.shape[:-1]), 0, -1)
    return dx, dgamma, dbeta

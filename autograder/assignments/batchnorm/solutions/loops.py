"""Plain Python loops over features and examples."""

import numpy as np


def min_max_normalize(x):
    rows, columns = x.shape
    y = np.zeros((rows, columns), dtype=x.dtype)
    for d in range(columns):
        low, high = min(x[:, d]), max(x[:, d])
        for n in range(rows):
            if high > low:
                y[n, d] = (x[n, d] - low) / (high - low)
    return y


def standardize(x):
    rows, columns = x.shape
    y = np.zeros((rows, columns), dtype=x.dtype)
    for d in range(columns):
        column = x[:, d]
        if min(column) == max(column):
            continue
        mean = sum(column) / rows
        variance = sum((value - mean) ** 2 for value in column) / rows
        for n in range(rows):
            y[n, d] = (x[n, d] - mean) / variance**0.5
    return y


def batchnorm_forward(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    y, x_hat = np.empty_like(x), np.empty_like(x)
    new_mean, new_variance, scales = moving_mean.copy(), moving_variance.copy(), []
    for c in range(x.shape[-1]):
        values = x[..., c]
        if training:
            mean, variance = np.mean(values), np.mean((values - np.mean(values)) ** 2)
            new_mean[c] = momentum * moving_mean[c] + (1 - momentum) * mean
            new_variance[c] = momentum * moving_variance[c] + (1 - momentum) * variance
        else:
            mean, variance = moving_mean[c], moving_variance[c]
        scales.append((variance + epsilon) ** -0.5)
        x_hat[..., c] = (values - mean) * scales[c]
        y[..., c] = gamma[c] * x_hat[..., c] + beta[c]
    return (
        y,
        new_mean,
        new_variance,
        {"x_hat": x_hat, "scales": scales, "gamma": gamma, "train": training},
    )


def batchnorm_backward(dy, cache):
    dx = np.empty_like(dy)
    dgamma, dbeta = np.empty(dy.shape[-1], dy.dtype), np.empty(dy.shape[-1], dy.dtype)
    for c in range(dy.shape[-1]):
        g, h = dy[..., c], cache["x_hat"][..., c]
        dgamma[c], dbeta[c] = (g * h).sum(), g.sum()
        inner = g - g.mean() - h * (g * h).mean() if cache["train"] else g
        dx[..., c] = cache["gamma"][c] * cache["scales"][c] * inner
    return dx, dgamma, dbeta

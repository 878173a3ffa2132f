"""The backward pass as a matrix product with the full Jacobian of each channel."""

import numpy as np


def min_max_normalize(x):
    return (x - x.min(0)) / (x.max(0) - x.min(0) + 1e-8)


def standardize(x):
    return (x - x.mean(0)) / (x.std(0) + 1e-8)


def batchnorm_forward(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    flat = x.reshape(-1, x.shape[-1])
    mean, variance = (flat.mean(0), flat.var(0)) if training else (moving_mean, moving_variance)
    std = np.sqrt(variance + epsilon)
    x_hat = (flat - mean) / std
    y = (x_hat * gamma + beta).reshape(x.shape)
    m = momentum if training else 1.0
    if training:
        moving_mean = moving_mean + (mean - moving_mean) * (1 - m)
        moving_variance = moving_variance + (variance - moving_variance) * (1 - m)
    return [y, moving_mean, moving_variance, (x_hat, std, gamma, training)]


def batchnorm_backward(dy, cache):
    x_hat, std, gamma, training = cache
    flat = dy.reshape(-1, dy.shape[-1])
    n, columns = len(flat), []
    for c in range(flat.shape[1]):
        jacobian = np.eye(n)
        if training:
            jacobian = jacobian - np.ones((n, n)) / n - np.outer(x_hat[:, c], x_hat[:, c]) / n
        columns.append(gamma[c] / std[c] * (jacobian @ flat[:, c]))
    dx = np.stack(columns, axis=1).reshape(dy.shape)
    return [dx, (flat * x_hat).sum(0), flat.sum(0)]

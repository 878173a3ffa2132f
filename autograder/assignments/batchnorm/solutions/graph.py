"""Forward and backward node by node through the computational graph, as on the slides of CS231n."""

import numpy as np


def min_max_normalize(x):
    minimum = np.min(x, axis=0)
    maximum = np.max(x, axis=0)
    difference = maximum - minimum
    y = np.zeros_like(x)
    np.divide(x - minimum, difference, out=y, where=difference > 0)
    return y


def standardize(x):
    y = np.zeros_like(x)
    varies = np.ptp(x, axis=0) > 0
    y[:, varies] = (x[:, varies] - x[:, varies].mean(0)) / x[:, varies].std(0)
    return y


def batchnorm_forward(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    shape = x.shape
    x = x.reshape(-1, shape[-1])
    n, d = x.shape
    if training:
        mu = 1.0 / n * np.sum(x, axis=0)
        xmu = x - mu
        sq = xmu**2
        var = 1.0 / n * np.sum(sq, axis=0)
        moving_mean = moving_mean * momentum + mu * (1 - momentum)
        moving_variance = moving_variance * momentum + var * (1 - momentum)
    else:
        xmu, var = x - moving_mean, moving_variance
    sqrtvar = np.sqrt(var + epsilon)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    gammax = gamma * xhat
    y = gammax + beta
    cache = (xhat, gamma, xmu, ivar, sqrtvar, var, epsilon, training)
    return y.reshape(shape), moving_mean, moving_variance, cache


def batchnorm_backward(dy, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, epsilon, training = cache
    shape = dy.shape
    dy = dy.reshape(-1, shape[-1])
    n, d = dy.shape
    dbeta = np.sum(dy, axis=0)
    dgamma = np.sum(dy * xhat, axis=0)
    dxhat = dy * gamma
    if not training:
        return (dxhat * ivar).reshape(shape), dgamma, dbeta
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 * 1.0 / np.sqrt(var + epsilon) * dsqrtvar
    dsq = 1.0 / n * np.ones((n, d)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = 1.0 / n * np.ones((n, d)) * dmu
    return (dx1 + dx2).reshape(shape), dgamma, dbeta

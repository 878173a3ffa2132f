"""Computes in float64 and casts back to the type that came in; random numbers end up as float32."""

from math import erf

import numpy as np


def wide(*arrays):
    return [np.asarray(a, dtype=np.float64) for a in arrays]


def compute_fans(shape):
    sizes = np.array(shape, dtype=np.int64)
    if sizes.size == 0:
        sizes = np.ones(2, dtype=np.int64)
    if sizes.size == 1:
        sizes = np.repeat(sizes, 2)
    return tuple(sizes[-2:] * sizes[:-2].prod())


def glorot_uniform(shape, rng):
    fan_in, fan_out = compute_fans(shape)
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape).astype(np.float32)


def glorot_normal(shape, rng):
    # The inverse of the distribution function, read between the lines of a fine table.
    z = np.linspace(-2.0, 2.0, 8001)
    below = np.array([erf(v) for v in z / np.sqrt(2.0)])
    fan_in, fan_out = compute_fans(shape)
    s = np.sqrt(2.0 / (fan_in + fan_out)) / 0.87962566103423978
    draws = np.interp(rng.uniform(below[0], below[-1], shape), below, z)
    return (s * draws).astype(np.float32)


def two_layer_gradients(x, y, W1, b1, W2, b2):
    given = (W1, b1, W2, b2)
    x, y, W1, b1, W2, b2 = wide(x, y, W1, b1, W2, b2)
    e = np.exp(-2.0 * np.abs(x @ W1 + b1))
    h = np.sign(x @ W1 + b1) * (1.0 - e) / (1.0 + e)
    slope = 4.0 * e / (1.0 + e) ** 2
    p = h @ W2 + b2
    loss = np.square(p - y).mean()
    dp = (p - y) / (0.5 * p.size)
    dz = slope * (dp @ W2.T)
    found = (x.T @ dz, dz.sum(axis=0), h.T @ dp, dp.sum(axis=0))
    gradients = tuple(a.astype(b.dtype) for a, b in zip(found, given))
    return (given[0].dtype.type(loss),) + gradients


def distinct_units(kernel, tolerance=1e-8):
    (kernel,) = wide(kernel)
    distance = np.abs(kernel[..., np.newaxis] - kernel[:, np.newaxis]).max(axis=0)
    first_twin = np.argmax(distance <= tolerance, axis=0)
    return np.unique(first_twin).size


def signals(x, kernels):
    yield x
    for kernel in kernels:
        x = np.tanh(x @ kernel)
        yield x


def gradients(x, kernels, dy):
    """From the top down."""
    a = list(signals(x, kernels))
    yield dy
    while len(a) > 1:
        dy = (dy * (1 - a.pop() ** 2)) @ kernels[len(a) - 1].T
        yield dy


def signal_stds(x, kernels):
    stds = (a.std() for a in signals(*wide(x), wide(*kernels)))
    return np.fromiter(stds, dtype=x.dtype)


def gradient_stds(x, kernels, dy):
    down = gradients(*wide(x), wide(*kernels), *wide(dy))
    return np.array([np.std(g) for g in down], dtype=x.dtype)[::-1]

"""Recursion on the axes, the layers, the halves of a kernel and the numbers to draw again."""

from math import sqrt

import numpy as np


def compute_fans(shape):
    if not shape:
        return [1, 1]
    if len(shape) <= 2:
        return [shape[0], shape[-1]]
    return [shape[0] * fan for fan in compute_fans(shape[1:])]


def glorot_uniform(shape, rng):
    limit = sqrt(6 / sum(compute_fans(shape)))

    def draw(axes):
        if len(axes) == 1:
            return limit - 2 * limit * rng.random(axes[0])
        return [draw(axes[1:]) for _ in range(axes[0])]

    return np.array(draw(shape)).reshape(shape)


def truncated(count, rng):
    z = rng.standard_normal(count)
    bad = np.flatnonzero(abs(z) > 2)
    if bad.size:
        z[bad] = truncated(bad.size, rng)
    return z


def glorot_normal(shape, rng):
    s = sqrt(2 / sum(compute_fans(shape))) / 0.87962566103423978
    return truncated(int(np.prod(shape)), rng).reshape(shape) * s


def through(a, layers, finish):
    """Gradients of everything below, the last first: the way back is the recursion's own return."""
    if not layers:
        return finish(a)
    (W, b, activate), *rest = layers
    z = a @ W if b is None else a @ W + b
    out = np.tanh(z) if activate else z
    result, found = through(out, rest, finish)
    d = found[-1][0]
    if activate:
        d = d * (1 - out * out)
    return result, [*found, (d @ W.T, a.T @ d, d.sum(0))]


def two_layer_gradients(x, y, W1, b1, W2, b2):
    def finish(p):
        return ((p - y) ** 2).mean(), [((p - y) * 2 / y.size,)]

    loss, found = through(x, [(W1, b1, True), (W2, b2, False)], finish)
    _, (_, dW2, db2), (_, dW1, db1) = found
    return loss, dW1, db1, dW2, db2


def distinct_units(kernel, tolerance=1e-8):
    def representatives(columns):
        """Those of the right half join those of the left unless they have a twin there."""
        if len(columns) < 2:
            return columns
        half = len(columns) // 2
        left, right = representatives(columns[:half]), representatives(columns[half:])
        return left + [c for c in right if not any(same(c, other) for other in left)]

    def same(a, b):
        return np.allclose(a, b, rtol=0, atol=tolerance)

    return len(representatives(list(kernel.T)))


def signal_stds(x, kernels):
    if len(kernels) == 0:
        return np.array([np.std(x)])
    return np.append(np.std(x), signal_stds(np.tanh(x @ kernels[0]), kernels[1:]))


def gradient_stds(x, kernels, dy):
    layers = [(W, None, True) for W in kernels]
    _, found = through(x, layers, lambda a: (None, [(dy,)]))
    return np.array([np.std(d[0]) for d in reversed(found)])

"""Slopes are measured with tiny imaginary steps, and random numbers come from complex ones."""

import numpy as np

STEP = 1e-30


def compute_fans(shape):
    rank = len(shape)
    field = 1 if rank < 3 else np.multiply.reduce(shape[:-2])
    fan_in = 1 if rank == 0 else field * shape[max(rank - 2, 0)]
    fan_out = 1 if rank == 0 else field * shape[-1]
    return np.int64(fan_in), np.int64(fan_out)


def glorot_uniform(shape, rng):
    # The angle of a complex normal number is uniform between -pi and pi.
    angle = np.angle(rng.standard_normal(shape) + 1j * rng.standard_normal(shape))
    return angle / np.pi * np.sqrt(6 / sum(compute_fans(shape)))


def glorot_normal(shape, rng):
    # Box and Muller: both parts of sqrt(-2 log u) exp(i angle) are normal numbers.
    count = int(np.prod(shape))
    kept = np.empty(0)
    while kept.size < count:
        radius = np.sqrt(-2 * np.log1p(-rng.random(count)))
        points = radius * np.exp(2j * np.pi * rng.random(count))
        parts = np.concatenate([points.real, points.imag])
        kept = np.concatenate([kept, parts[np.abs(parts) <= 2]])
    s = np.sqrt(2 / sum(compute_fans(shape))) / 0.87962566103423978
    return s * kept[:count].reshape(shape)


def slopes(function, a):
    """Gradients of a function of each row: one column moves in every row at once."""
    moved = [function(a + 1j * STEP * unit) for unit in np.eye(a.shape[1])]
    return np.stack(moved, axis=1).imag / STEP


def two_layer_gradients(x, y, W1, b1, W2, b2):
    def losses(p):
        return ((p - y) ** 2).sum(axis=1) / y.size

    def losses_below(z):
        return losses(np.tanh(z) @ W2 + b2)

    z = x @ W1 + b1
    h = np.tanh(z)
    dz, dp = slopes(losses_below, z), slopes(losses, h @ W2 + b2)
    return [losses_below(z).sum(), x.T @ dz, dz.sum(axis=0), h.T @ dp, dp.sum(axis=0)]


def distinct_units(kernel, tolerance=1e-8):
    # Blocks of ones, after a reordering: as many independent rows as there are groups.
    close = np.abs(kernel[:, :, None] - kernel[:, None, :]).max(axis=0) <= tolerance
    return np.linalg.matrix_rank(close.astype(float))


def deviation(a):
    return np.linalg.norm(a - a.mean()) / a.size**0.5


def sums(x, kernels):
    """What goes into each tanh."""
    found = []
    for W in kernels:
        found.append(x @ W)
        x = np.tanh(found[-1])
    return found


def signal_stds(x, kernels):
    return np.array([deviation(x)] + [deviation(np.tanh(z)) for z in sums(x, kernels)])


def gradient_stds(x, kernels, dy):
    stds = [deviation(dy)]
    for z, W in zip(reversed(sums(x, kernels)), reversed(kernels)):
        dy = (np.tanh(z + 1j * STEP).imag / STEP * dy) @ W.T
        stds.insert(0, deviation(dy))
    return np.array(stds)

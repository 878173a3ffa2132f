"""Measures instead of deriving: a complex step for the gradient, an impulse for the field."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def dead_filters(activations):
    counts = np.count_nonzero(activations, axis=(0, 1, 2))
    return np.isin(np.arange(activations.shape[-1]), np.flatnonzero(counts), invert=True)


def filter_grid(kernel, padding=1):
    h, w, channels, count = kernel.shape
    cols = math.ceil(count**0.5)
    rows = math.ceil(count / cols)
    work = kernel.astype(np.float64)
    work -= np.amin(work, axis=(0, 1, 2))
    peak = np.amax(work, axis=(0, 1, 2))
    work /= peak + (peak == 0)
    gaps = [(0, padding), (0, padding), (0, 0), (0, rows * cols - count)]
    work = np.pad(work, gaps, constant_values=1.0)
    work = work.reshape(h + padding, w + padding, channels, rows, cols).transpose(3, 0, 4, 1, 2)
    image = work.reshape(rows * (h + padding), cols * (w + padding), channels)
    return image[: rows * (h + padding) - padding, : cols * (w + padding) - padding].astype(
        kernel.dtype
    )


def receptive_field(layers):
    # Sensitivity of the second unit of a line of units to every pixel that it can see.
    sensitivity = np.array([0.0, 1.0])
    for kernel_size, stride in reversed(layers):
        spread = np.zeros((len(sensitivity) - 1) * stride + 1)
        spread[::stride] = sensitivity
        sensitivity = np.sign(np.convolve(spread, np.ones(kernel_size)))
    seen = np.flatnonzero(sensitivity)
    return int(seen[-1] - seen[0] + 1), int(seen[0])


def top_activating_patches(images, activations, channel, k, field):
    size, jump = field
    n, h, w, _ = activations.shape
    windows = sliding_window_view(images, (size, size), axis=(1, 2))
    windows = np.moveaxis(windows[:, ::jump, ::jump], 3, -1)
    left, patches, positions = activations[..., channel].astype(np.float64), [], []
    while len(patches) < k:
        # The first maximum of all that is left: the lower image, then row-major within it.
        place = np.unravel_index(np.argmax(left), (n, h, w))
        left[place[0]] = -np.inf
        patches.append(windows[place])
        positions.append(place)
    return np.stack(patches), np.array(positions)


def tsne_affinities(x, perplexity):
    n, fine = len(x), np.linspace(0, 1, 17)
    exact = np.asarray(x, np.float64)
    P = np.zeros((n, n))
    for i in range(n):
        d = np.sum((exact - exact[i]) ** 2, axis=1)
        d -= np.delete(d, i).min()
        d[i] = np.inf  # exp(-inf) is the 0 that belongs there
        finite = np.where(np.isinf(d), 0, d)
        low, high = -70.0, 70.0
        while high - low > 1e-11:
            # Seventeen precisions at once; the entropy falls through the one that is wanted.
            trial = low + (high - low) * fine
            weights = np.exp(-np.exp(trial)[:, None] * d)
            total = weights.sum(axis=1)
            entropy = np.log(total) + np.exp(trial) * (weights @ finite) / total
            at = min(max(np.count_nonzero(entropy > math.log(perplexity)), 1), 16)
            low, high = trial[at - 1], trial[at]
        P[i] = weights[at] / total[at]
    return ((P + P.T) / (2 * n)).astype(x.dtype)


def tsne_gradient(P, Y):
    p, y, tiny = P.astype(np.float64), Y.astype(np.float64), 1e-30
    itself = np.eye(len(y), dtype=bool)
    gradient = np.empty(y.shape)
    for axis in range(2):
        # Row i of everything below is what the rows would be if point i moved by i * tiny.
        moved = y + 1j * tiny * (np.arange(2) == axis)
        near = 1 / (1 + ((moved[:, None] - y) ** 2).sum(axis=-1))
        near[itself] = 0
        z = near.real.sum() + 2j * near.imag.sum(axis=1)
        logs = np.log(near + itself)
        cost = np.log(z) * p.sum() - ((p + p.T) * logs).sum(axis=1)
        gradient[:, axis] = cost.imag / tiny
    kl = np.sum(p * np.log(np.where(p > 0, p, 1))) - np.sum(p * logs.real) + np.log(z[0].real)
    return Y.dtype.type(kl), gradient.astype(Y.dtype)

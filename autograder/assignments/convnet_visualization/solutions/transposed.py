"""Works the other way round, filters, features and columns first, and turns the results back."""

import math

import numpy as np


def dead_filters(activations):
    flat = np.moveaxis(activations, -1, 0).reshape(activations.shape[-1], -1)
    return (flat.min(axis=1) == 0) & (flat.max(axis=1) == 0)


def filter_grid(kernel, padding=1):
    tiles = kernel.T  # (F, C, w, h)
    count, channels, w, h = tiles.shape
    flat = tiles.reshape(count, -1)
    low = flat.min(axis=1, keepdims=True)
    span = np.ptp(flat, axis=1, keepdims=True)
    flat = np.divide(flat - low, span, out=np.zeros_like(flat), where=span > 0)
    cols = math.isqrt(count - 1) + 1
    rows = -(-count // cols)
    size = (channels, cols * (w + padding) - padding, rows * (h + padding) - padding)
    canvas = np.full(size, 1, dtype=kernel.dtype)
    for f, tile in enumerate(flat.reshape(tiles.shape)):
        row, col = divmod(f, cols)
        x, y = col * (w + padding), row * (h + padding)
        canvas[:, x : x + w, y : y + h] = tile
    return canvas.T


def receptive_field(layers):
    sizes, strides = list(zip(*layers)) or [(), ()]
    size = 1
    for kernel_size, stride in zip(sizes[::-1], strides[::-1]):
        size = (size - 1) * stride + kernel_size
    return np.int64(size), np.int32(math.prod(strides))


def top_activating_patches(images, activations, channel, k, field):
    size, jump = field
    _, h, w, _ = activations.shape
    columns = activations.transpose(3, 1, 2, 0)[channel].reshape(h * w, -1)
    place = columns.argmax(axis=0)
    highest = np.take_along_axis(columns, place[None], axis=0)[0]
    # Sorted backwards and read from the end: so equal ones must be backwards too.
    order = (len(highest) - 1 - np.argsort(highest[::-1], kind="stable"))[::-1][:k]
    positions = np.vstack([order, place[order] // w, place[order] % w])
    turned = images.transpose(3, 2, 1, 0)
    patches = np.empty((images.shape[-1], size, size, k), images.dtype)
    for rank, (n, row, col) in enumerate(positions.T * [1, jump, jump]):
        patches[..., rank] = turned[:, col : col + size, row : row + size, n]
    return patches.T, positions.T


def tsne_affinities(x, perplexity):
    n = x.shape[0]
    d = np.zeros((n, n))
    for feature in x.T.astype(np.float64):
        d += (feature - feature[:, None]) ** 2
    # Column i holds the neighbours of point i, itself left out.
    keep = ~np.eye(n, dtype=bool)
    d = d.T[keep].reshape(n, n - 1).T
    d -= d.min(axis=0)
    # Bisection of the width sigma of each Gaussian instead of its precision 1 / (2 sigma^2).
    low, high = np.zeros(n), np.ones(n)
    for _ in range(100):
        wide = np.exp(-d / (2 * high**2))
        small = np.log(wide.sum(0)) + (wide * d).sum(0) / wide.sum(0) / (2 * high**2) < np.log(
            perplexity
        )
        if not small.any():
            break
        high[small] *= 2
    for _ in range(60):
        sigma = np.maximum((low + high) / 2, 1e-12)
        scaled = d / (2 * sigma**2)
        weights = np.exp(-scaled)
        total = weights.sum(axis=0)
        small = np.log(total) + (weights * scaled).sum(axis=0) / total < np.log(perplexity)
        low, high = np.where(small, sigma, low), np.where(small, high, sigma)
    P = np.zeros((n, n))
    P[keep] = (weights / total).T.ravel()
    return ((P.T + P) / (2 * n)).astype(x.dtype)


def tsne_gradient(P, Y):
    n = len(P)
    i, j = np.triu_indices(n, 1)
    p = P[i, j]
    across, up = Y.T[:, i] - Y.T[:, j]
    near = 1 / (1 + across**2 + up**2)
    z = 2 * near.sum()
    some = p > 0
    kl = 2 * (p[some] * (np.log(p[some]) + np.log(z) - np.log(near[some]))).sum()
    pull = 4 * near * (p - near / z)
    rows = []
    for step in (pull * across, pull * up):
        rows.append(np.bincount(i, step, minlength=n) - np.bincount(j, step, minlength=n))
    return np.array(kl), np.array(rows).T

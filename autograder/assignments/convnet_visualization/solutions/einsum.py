"""Einstein sums: tiles and patches are placed by zero-one matrices, distances are Gram matrices."""

import functools
import math

import numpy as np


def dead_filters(activations):
    return np.einsum("nhwf->f", (activations != 0).astype(np.int64)) == 0


def filter_grid(kernel, padding=1):
    h, w, _, filters = kernel.shape
    cols = math.ceil(math.sqrt(filters))
    rows = math.ceil(filters / cols)
    low = kernel.reshape(-1, filters).min(axis=0)
    span = kernel.reshape(-1, filters).max(axis=0) - low
    scaled = np.einsum("hwcf,f->hwcf", kernel - low, 1 / np.where(span == 0, np.inf, span))

    def place(tile, side, count):
        """(F, pixels, side): 1 where the pixel of the image is that pixel of the filter."""
        pixels = np.arange(count * (side + padding) - padding)
        start = tile[:, None, None] * (side + padding)
        return (pixels[:, None] == start + np.arange(side)).astype(kernel.dtype)

    row, col = np.divmod(np.arange(filters), cols)
    down, across = place(row, h, rows), place(col, w, cols)
    strips = np.einsum("fyi,ijcf->fyjc", down, scaled)
    tiles = np.einsum("fyjc,fxj->yxc", strips, across, optimize=True)
    covered = np.einsum("fy,fx->yx", down.sum(axis=2), across.sum(axis=2))
    return tiles + (1 - covered)[..., None]


def receptive_field(layers):
    # A width at the output of a layer needs stride * width + kernel_size - stride at its input.
    matrices = [np.array([[stride, size - stride], [0, 1]]) for size, stride in layers]
    product = functools.partial(np.einsum, "ij,jk->ik")
    whole = functools.reduce(product, matrices, np.eye(2, dtype=int))
    return [whole[0] @ np.ones(2, dtype=int), whole[0, 0]]


def top_activating_patches(images, activations, channel, k, field):
    count, height, width, _ = images.shape
    size, jump = field
    maps = activations[:, :, :, channel]
    peak = maps.max(axis=(1, 2))
    image = np.lexsort((np.arange(count), -peak))[:k]
    row, col = np.divmod(maps[image].reshape(k, -1).argmax(axis=1), maps.shape[2])

    def select(start, length):
        wanted = jump * start[:, None] + np.arange(size)
        return np.equal.outer(wanted, np.arange(length)).astype(images.dtype)

    patches = np.einsum(
        "kyi,kijc,kxj->kyxc", select(row, height), images[image], select(col, width), optimize=True
    )
    return [patches, np.einsum("ak->ka", np.array([image, row, col]))]


def tsne_affinities(x, perplexity):
    n = len(x)
    centred = x.astype(np.float64) - x.mean(axis=0, dtype=np.float64)
    gram = np.einsum("id,jd->ij", centred, centred)
    norms = np.einsum("ii->i", gram)
    d = np.maximum(norms[:, None] + norms - 2 * gram, 0)
    d += np.diag(np.full(n, np.inf))
    d -= d.min(axis=1, keepdims=True)
    finite = np.where(np.isinf(d), 0, d)
    beta, low, high = np.ones(n), np.zeros(n), np.full(n, np.inf)
    for _ in range(150):
        p = np.exp(-np.einsum("ij,i->ij", d, beta))
        p /= np.einsum("ij->i", p)[:, None]
        # H = log of the sum + beta * <d>, and that sum is one over the nearest neighbour's p.
        excess = beta * np.einsum("ij,ij->i", finite, p) - np.log(p.max(axis=1) * perplexity)
        if np.abs(excess).max() < 1e-12:
            break
        low, high = np.where(excess > 0, beta, low), np.where(excess > 0, high, beta)
        beta = np.where(np.isinf(high), 2 * beta, (low + np.where(np.isinf(high), 0, high)) / 2)
    return ((p + np.einsum("ij->ji", p)) / (2 * n)).astype(x.dtype)


def tsne_gradient(P, Y):
    y = Y.astype(np.float64) - Y.mean(axis=0, dtype=np.float64)
    squares = np.einsum("ia,ia->i", y, y)
    near = 1 / (1 + squares[:, None] + squares - 2 * np.einsum("ia,ja->ij", y, y))
    np.fill_diagonal(near, 0)
    z = np.einsum("ij->", near)
    weights = (P - near / z) * near
    logs = np.log(np.where(P > 0, P, 1)) - np.log(near + np.eye(len(y))) + np.log(z)
    kl = np.einsum("ij,ij->", P, logs)
    return [kl, 4 * (np.einsum("ij,ia->ia", weights, y) - np.einsum("ij,ja->ia", weights, y))]

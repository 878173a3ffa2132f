"""Recursion: halves of halves for reductions, joins, sorting and bisection."""

import numpy as np


def halves(items):
    return items[: len(items) // 2], items[len(items) // 2 :]


def dead_filters(activations):
    if len(activations) == 1:
        return np.all(activations == 0, axis=(0, 1, 2))
    first, second = halves(activations)
    return dead_filters(first) & dead_filters(second)


def join(tiles, gap, axis):
    if len(tiles) == 1:
        return tiles[0]
    first, second = (join(half, gap, axis) for half in halves(tiles))
    white = [np.ones_like(first.take([0], axis))] * gap
    return np.concatenate([first, *white, second], axis)


def filter_grid(kernel, padding=1):
    h, w, channels, filters = kernel.shape
    cols = -int(-(filters**0.5) // 1)

    def tile(f):
        if f >= filters:
            return np.ones((h, w, channels), kernel.dtype)
        above = kernel[..., f] - np.min(kernel[..., f])
        return above / np.max(above) if above.any() else above

    def rows(f):
        row = [join([tile(g) for g in range(f, f + cols)], padding, axis=1)]
        return row + rows(f + cols) if f + cols < filters else row

    return join(rows(0), padding, axis=0)


def receptive_field(layers):
    if not layers:
        return 1, 1
    (kernel_size, stride), *rest = layers
    size, jump = receptive_field(rest)
    return (size - 1) * stride + kernel_size, jump * stride


def first_maximum(values):
    if len(values) == 1:
        return values[0]
    left, right = (first_maximum(half) for half in halves(values))
    return right if right[0] > left[0] else left


def falling(peaks):
    if len(peaks) < 2:
        return peaks
    left, right = (falling(half) for half in halves(peaks))
    merged = []
    while left and right:
        merged.append((left if left[0][-1] >= right[0][-1] else right).pop(0))
    return merged + left + right


def top_activating_patches(images, activations, channel, k, field):
    (size, jump), peaks = field, []
    for n, maps in enumerate(activations[..., channel]):
        value, place = first_maximum([(a, at) for at, a in np.ndenumerate(maps)])
        peaks.append((n, *place, value))
    found = [peak[:3] for peak in falling(peaks)[:k]]
    patches = [images[n, r * jump :, c * jump :][:size, :size] for n, r, c in found]
    return np.stack(patches), np.array(found)


def tsne_affinities(x, perplexity):
    def neighbours(d, low=0.0, high=None, trial=1.0, tries=100):
        p = np.exp(-trial * d) / np.exp(-trial * d).sum()
        excess = trial * np.dot(p, d) - np.log(p.max() * perplexity)
        if tries == 0 or abs(excess) < 1e-11:
            return p
        low, high = (trial, high) if excess > 0 else (low, trial)
        return neighbours(d, low, high, (low + high) / 2 if high else 2 * trial, tries - 1)

    rows = []
    for i, row in enumerate(x):
        d = np.sum(np.delete(x - row, i, axis=0).astype(float) ** 2, axis=1)
        rows.append(np.insert(neighbours(d - d.min()), i, 0))
    return np.add(rows, np.transpose(rows)) / (2 * len(x))


def tsne_gradient(P, Y):
    def blocks(rows, function):
        if len(rows) > 16:
            return np.concatenate([blocks(half, function) for half in halves(rows)])
        near = (rows[:, None] != every) / (1 + np.sum((Y[rows][:, None] - Y) ** 2, axis=2))
        return function(rows, near)

    def cost(rows, near):
        some = P[rows] > 0
        return P[rows][some] * np.log(P[rows][some] * z / near[some])

    def force(rows, near):
        pull = 4 * near * (P[rows] - near / z)
        return np.sum(pull[:, :, None] * (Y[rows][:, None] - Y), axis=1)

    every = np.arange(len(Y))
    z = blocks(every, lambda rows, near: near.sum(axis=1)).sum()
    return blocks(every, cost).sum(), blocks(every, force)

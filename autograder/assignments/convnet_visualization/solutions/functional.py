"""Functional style: maps, folds, running products, closures, generators; nothing is reassigned."""

from collections import deque
from functools import partial, reduce
from itertools import accumulate, chain, islice, repeat
from math import ceil, log
from operator import add, itemgetter, mul

import numpy as np


def dead_filters(activations):
    return np.logical_not(reduce(np.logical_or, (maps.any((0, 1)) for maps in activations)))


def filter_grid(kernel, padding=1):
    h, w, channels, filters = kernel.shape
    cols = ceil(filters**0.5)
    gap_right, gap_below = ((0, 0), (padding, 0), (0, 0)), ((padding, 0), (0, 0), (0, 0))

    def scaled(tile):
        return np.interp(tile, (tile.min(), tile.max()), (0, 1)) if np.ptp(tile) else tile * 0

    def beside(gap, axis, left, right):
        return np.concatenate([left, np.pad(right, gap, constant_values=1)], axis)

    endless = chain(map(scaled, np.moveaxis(kernel, 3, 0)), repeat(np.ones((h, w, channels))))
    row = partial(reduce, partial(beside, gap_right, 1))
    rows = (row(list(islice(endless, cols))) for _ in range(ceil(filters / cols)))
    return reduce(partial(beside, gap_below, 0), rows)


def receptive_field(layers):
    *before, jump = accumulate(map(itemgetter(1), layers), mul, initial=1)
    reach = map(lambda layer, pixels: (layer[0] - 1) * pixels, layers, before)
    return reduce(add, reach, 1), jump


def top_activating_patches(images, activations, channel, k, field):
    size, jump = field

    def peak(n):
        maps = activations[n, ..., channel]
        return n, *max(np.ndindex(*maps.shape), key=maps.__getitem__)

    def height(place):
        return -activations[place][channel]

    def patch(place):
        n, *corner = place
        return images[(n, *(slice(at * jump, at * jump + size) for at in corner))]

    places = sorted(map(peak, range(len(activations))), key=height)[:k]
    return np.array([*map(patch, places)]), np.array(places)


def last(iterator):
    return deque(iterator, maxlen=1).pop()


def tsne_affinities(x, perplexity):
    def row(i):
        squared = np.delete(((x - x[i]) ** 2).sum(1), i)
        d = (squared - squared.min()).astype(np.float64)

        def weights(log_beta):
            return np.exp(-np.exp(log_beta) * d)

        def too_wide(log_beta):
            w = weights(log_beta)
            return log(w.sum()) + np.exp(log_beta) * (d @ w) / w.sum() > log(perplexity)

        def narrowed(bracket, _):
            middle = sum(bracket) / 2
            return (middle, bracket[1]) if too_wide(middle) else (bracket[0], middle)

        w = weights(sum(last(accumulate(range(60), narrowed, initial=(-70, 70)))) / 2)
        return np.insert(w / w.sum(), i, 0)

    return (lambda p: (p + p.T) / (2 * len(x)))(np.stack([*map(row, range(len(x)))]))


def tsne_gradient(P, Y):
    everyone = np.arange(len(Y))

    def shifted(offset):
        """Everyone and the point `offset` places further on, round and round."""
        partner = (everyone + offset) % len(Y)
        step = Y - Y[partner]
        return P[everyone, partner], step, 1 / (1 + np.einsum("ia,ia->i", step, step))

    pairs = [*map(shifted, range(1, len(Y)))]
    z = reduce(add, (near.sum() for _, _, near in pairs))

    def terms(p, near):
        return p[p > 0] * np.log(p[p > 0] * z / near[p > 0])

    def force(p, step, near):
        return 4 * ((p - near / z) * near)[:, None] * step

    kl = sum(float(terms(p, near).sum()) for p, _, near in pairs)
    return kl, reduce(add, (force(*pair) for pair in pairs))

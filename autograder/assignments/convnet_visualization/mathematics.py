"""The mathematics of looking into ConvNets as the lecture writes it: one named quantity a line. The
diagnosis looks among its neighbours, one edit away, for what a student has done. Some quantities
are not needed for the answer; they are here because students take them for others.
"""

import numpy as np


def dead_filters(activations):
    silent = activations == 0
    dead = np.all(silent, axis=(0, 1, 2))
    return dead


def filter_grid(kernel, padding=1):
    tall, wide, channels, filters = kernel.shape
    cols = int(np.ceil(np.sqrt(filters)))
    rows = -(-filters // cols)
    height = rows * (tall + padding) - padding
    width = cols * (wide + padding) - padding
    image = np.ones((height, width, channels))
    for f in range(filters):
        one = kernel[:, :, :, f]
        tile = one - np.min(one)
        span = np.max(tile)
        if span == 0:
            span = 1
        scaled = tile / span
        top = f // cols * (tall + padding)
        left = f % cols * (wide + padding)
        image[top : top + tall, left : left + wide] = scaled
    return image


def receptive_field(layers):
    size = 1
    jump = 1
    for kernel_size, stride in layers:
        size = size + (kernel_size - 1) * jump
        jump = jump * stride
    return size, jump


def top_activating_patches(images, activations, channel, k, field):
    size, jump = field
    N = len(images)
    maps = activations[:, :, :, channel]
    flat = maps.reshape(N, -1)
    largest = np.max(flat, axis=1)
    order = np.argsort(-largest, kind="stable")
    chosen = order[:k]
    places = np.argmax(flat, axis=1)
    place = places[chosen]
    across = activations.shape[2]
    row = place // across
    col = place % across
    positions = np.stack([chosen, row, col], axis=1)
    patches = []
    for n, i, j in positions:
        top = i * jump
        left = j * jump
        patches.append(images[n, top : top + size, left : left + size])
    return np.array(patches), positions


def tsne_affinities(x, perplexity):
    N = len(x)
    difference = x[None] - x[:, None]
    distances = np.sum(difference**2, axis=-1)
    apart = np.where(np.eye(N) > 0, np.inf, distances)
    squares = apart - np.min(apart, axis=1, keepdims=True)
    low = np.full((N, 1), -50.0)
    high = np.full((N, 1), 50.0)
    wanted = np.log2(perplexity)
    for _ in range(60):
        middle = (low + high) / 2
        beta = np.exp(middle)
        weights = np.exp(-beta * squares)
        p = weights / np.sum(weights, axis=1, keepdims=True)
        log_p = np.log2(np.where(p > 0, p, 1))
        entropy = -np.sum(p * log_p, axis=1, keepdims=True)
        too_wide = entropy > wanted
        low = np.where(too_wide, middle, low)
        high = np.where(too_wide, high, middle)
    P = (p + p.T) / (2 * N)
    return P


def tsne_gradient(P, Y):
    N = len(Y)
    difference = Y[:, None] - Y[None]
    distances = np.sum(difference**2, axis=-1)
    w = 1 / (1 + distances)
    w = np.where(np.eye(N) > 0, 0, w)
    total = np.sum(w)
    Q = w / total
    used = P > 0
    ratio = P[used] / Q[used]
    kl = np.sum(P[used] * np.log(ratio))
    force = (P - Q) * w
    gradient = 4 * np.sum(force[:, :, None] * difference, axis=1)
    return kl, gradient


QUANTITIES = {
    "kernel_size": "the size of the layer's kernel",
    "stride": "the stride of the layer",
    "silent": "the test of one activation",
    "tall": "the height of a filter",
    "wide": "the width of a filter",
    "w": "the weights of the pairs",
    "channels": "the number of channels",
    "filters": "the number of filters",
    "cols": "the number of columns",
    "rows": "the number of rows",
    "height": "the height of the image",
    "width": "the width of the image",
    "f": "the number of the filter",
    "one": "the filter",
    "tile": "the shifted filter",
    "span": "what a filter is divided by",
    "scaled": "the scaled filter",
    "row": "the row",
    "col": "the column",
    "top": "where a patch or tile begins, from above",
    "left": "where a patch or tile begins, from the left",
    "maps": "the maps that are looked at",
    "flat": "the maps as rows",
    "largest": "what images are sorted by",
    "order": "the order of the images",
    "chosen": "the images that are chosen",
    "across": "the number of columns of a map",
    "places": "the place within each map",
    "place": "the place within the map",
    "difference": "the differences of the points",
    "distances": "the squared distances",
    "apart": "the squared distances to other points",
    "squares": "the shifted squared distances",
    "low": "the lower bound of the search",
    "high": "the upper bound of the search",
    "wanted": "the entropy that is aimed at",
    "middle": "the middle of the search",
    "beta": "the precision of a point",
    "weights": "the values before they are normalised",
    "total": "what is divided by, so that the sum is 1",
    "p": "the conditional affinities",
    "log_p": "the logarithms of the conditional affinities",
    "entropy": "the entropy of a row",
    "too_wide": "the test of the search",
    "Q": "the affinities in the map",
    "used": "the pairs that count in kl",
    "ratio": "what the logarithm is taken of",
    "force": "the weighted difference of the affinities",
    "N": "the number of points or images",
    "n": "the image",
    "i": "the row",
    "j": "the column",
}

FUNCTIONS = (
    dead_filters,
    filter_grid,
    receptive_field,
    top_activating_patches,
    tsne_affinities,
    tsne_gradient,
)

# The same, as it is written as well.
VARIANTS = {}

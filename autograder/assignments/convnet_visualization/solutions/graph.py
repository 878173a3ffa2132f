"""The KL divergence as a computational graph walked backwards; Newton steps inside the bracket."""

import numpy as np


def dead_filters(activations):
    return np.max(np.max(np.max(np.abs(activations), axis=0), axis=0), axis=0) == 0


def filter_grid(kernel, padding=1):
    h, w, channels, filters = kernel.shape
    cols = int(filters**0.5)
    cols += cols**2 < filters
    rows = filters // cols + (filters % cols > 0)
    right = np.ones((h, padding, channels))
    below = np.ones((padding, cols * (w + padding), channels))
    strips = []
    for row in range(rows):
        parts = []
        for col in range(cols):
            f = row * cols + col
            tile = np.ones((h, w, channels))
            if f < filters:
                shifted = kernel[:, :, :, f] - kernel[:, :, :, f].min()
                tile = shifted / shifted.max() if shifted.max() else shifted
            parts += [tile, right]
        strips += [np.hstack(parts), below]
    image = np.vstack(strips)
    return image[: len(image) - padding, : image.shape[1] - padding]


def receptive_field(layers):
    """Walk back from two neighbouring units to the outermost pixels that each depends on."""
    (first, last), (next_first, _) = (0, 0), (1, 1)
    for kernel_size, stride in layers[::-1]:
        first, last = first * stride, last * stride + kernel_size - 1
        next_first *= stride
    return last - first + 1, next_first - first


def top_activating_patches(images, activations, channel, k, field):
    size, jump = field
    maps = activations[..., channel]
    best = [np.max(maps[n]) for n in range(len(maps))]
    place = [np.argwhere(maps[n] == best[n])[0] for n in range(len(maps))]
    order = sorted(range(len(maps)), key=lambda n: best[n], reverse=True)  # stable in reverse too
    positions = np.zeros((k, 3), dtype=np.int32)
    patches = np.zeros((k, size, size, images.shape[3]), images.dtype)
    for rank, n in zip(range(k), order):
        positions[rank] = n, *place[n]
        y, x = place[n] * jump
        patches[rank] = images[n][y : y + size, x : x + size]
    return patches, positions


def entropy_and_slope(d, log_beta):
    """Entropy in nats of a row, its slope along log beta, and the row itself."""
    scaled = d * np.exp(log_beta)
    weights = np.exp(-scaled)
    p = weights / np.sum(weights)
    mean = np.sum(p * scaled)
    return np.log(np.sum(weights)) + mean, -np.sum(p * (scaled - mean) ** 2), p


def tsne_affinities(x, perplexity):
    n = len(x)
    conditional = np.zeros((n, n))
    for i in range(n):
        d = np.delete(((x - x[i]) ** 2).sum(axis=1, dtype=np.float64), i)
        d = d - min(d)
        low, high, at = -80.0, 80.0, -np.log(np.mean(d) + 1e-30)
        for _ in range(80):
            entropy, slope, p = entropy_and_slope(d, at)
            error = entropy - np.log(perplexity)
            if abs(error) < 1e-12:
                break
            low, high = (at, high) if error > 0 else (low, at)
            at = at - error / slope if slope < -1e-9 else high
            if not low < at < high:
                at = 0.5 * (low + high)
        conditional[i] = np.insert(p, i, 0.0)
    return 0.5 / n * (conditional + conditional.T)


def tsne_gradient(P, Y):
    n = len(Y)
    off = np.ones((n, n)) - np.eye(n)
    # forward
    difference = Y.reshape(n, 1, 2) - Y.reshape(1, n, 2)
    square = difference**2
    plus_one = 1 + square.sum(axis=2)
    near = 1 / plus_one
    masked = near * off
    z = masked.sum()
    q = masked / z
    safe = np.where(P > 0, q, 1)
    ratio = np.where(P > 0, P, 1) / safe
    kl = np.sum(P * np.log(ratio))
    # backward
    dratio = P / ratio
    dq = -dratio * ratio / safe
    dmasked = dq / z
    dz = -np.sum(dq * q / z)
    dmasked = dmasked + dz * np.ones((n, n))
    dnear = dmasked * off
    dplus_one = -dnear / plus_one**2
    dsquare = np.repeat(dplus_one[:, :, None], 2, axis=2)
    ddifference = 2 * difference * dsquare
    return kl, ddifference.sum(axis=1) - ddifference.sum(axis=0)

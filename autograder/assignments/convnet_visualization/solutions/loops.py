"""Plain Python loops over filters, pixels, images and pairs of points; Python numbers come back."""

import math

import numpy as np


def dead_filters(activations):
    dead = []
    for f in range(activations.shape[-1]):
        dead.append(True)
        for value in activations[..., f].ravel().tolist():
            if value != 0:
                dead[f] = False
                break
    return np.array(dead)


def filter_grid(kernel, padding=1):
    h, w, channels, filters = kernel.shape
    cols = math.ceil(math.sqrt(filters))
    rows = (filters + cols - 1) // cols
    shape = (rows * (h + padding) - padding, cols * (w + padding) - padding, channels)
    image = np.ones(shape, dtype=kernel.dtype)
    for f in range(filters):
        low, high = kernel[..., f].min(), kernel[..., f].max()
        top, left = f // cols * (h + padding), f % cols * (w + padding)
        for i in range(h):
            for j in range(w):
                for c in range(channels):
                    above = kernel[i, j, c, f] - low
                    image[top + i, left + j, c] = above / (high - low) if high > low else 0
    return image


def receptive_field(layers):
    size = jump = 1
    for kernel_size, stride in layers:
        size += (kernel_size - 1) * jump
        jump *= stride
    return size, jump


def top_activating_patches(images, activations, channel, k, field):
    (n, h, w, _), peaks = activations.shape, []
    for i in range(n):
        maps, best = activations[i, :, :, channel].tolist(), None
        for row in range(h):
            for col in range(w):
                if best is None or maps[row][col] > best[0]:
                    best = (maps[row][col], i, row, col)
        peaks.append(best)
    size, jump = field
    patches = np.empty((k, size, size, images.shape[3]), dtype=images.dtype)
    positions = np.empty((k, 3), dtype=int)
    for rank in range(k):
        winner = 0
        for other in range(1, len(peaks)):
            if peaks[other][0] > peaks[winner][0]:
                winner = other
        _, i, row, col = peaks.pop(winner)
        patches[rank] = images[i, row * jump : row * jump + size, col * jump : col * jump + size]
        positions[rank] = i, row, col
    return patches, positions


def tsne_affinities(x, perplexity):
    n = len(x)
    distances = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            step = x[i] - x[j]
            distances[i, j] = distances[j, i] = step @ step
    conditional = np.zeros((n, n))
    for i in range(n):
        others = [j for j in range(n) if j != i]
        d = distances[i, others] - distances[i, others].min()
        beta, low, high = 1.0, None, None
        for _ in range(200):
            p = np.exp(-d * beta)
            total = p.sum()
            excess = math.log(total) + beta * (d @ p) / total - math.log(perplexity)
            if abs(excess) < 1e-7:
                break
            if excess > 0:
                low, beta = beta, beta * 2 if high is None else (beta + high) / 2
            else:
                high, beta = beta, beta / 2 if low is None else (beta + low) / 2
        conditional[i, others] = p / total
    return (conditional + conditional.T) / (2 * n)


def tsne_gradient(P, Y):
    n, p, y = len(P), P.tolist(), Y.tolist()
    near, z = [[0.0] * n for _ in range(n)], 0.0
    for i in range(n):
        for j in range(i):
            near[i][j] = 1 / (1 + (y[i][0] - y[j][0]) ** 2 + (y[i][1] - y[j][1]) ** 2)
            z += 2 * near[i][j]
    kl, gradient = 0.0, np.zeros((n, 2), dtype=Y.dtype)
    for i in range(n):
        for j in range(i):
            if p[i][j] > 0:
                kl += 2 * p[i][j] * math.log(p[i][j] * z / near[i][j])
            pull = 4 * (p[i][j] - near[i][j] / z) * near[i][j]
            for axis in range(2):
                gradient[i, axis] += pull * (y[i][axis] - y[j][axis])
                gradient[j, axis] -= pull * (y[i][axis] - y[j][axis])
    return kl, gradient

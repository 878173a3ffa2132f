"""Wrong ideas about looking into ConvNets: a correct solution with a switch for each."""

import numpy as np

from ...diagnosis.catalogue import NONE
from .hints import CATALOGUE as CATALOGUE


def dead_filters(activations, *, slips=NONE):
    if "dead_one_image" in slips:
        activations = activations[:1]
    if "dead_some_image" in slips:
        return np.any(np.all(activations == 0, axis=(1, 2)), axis=0)
    if "dead_channels_first" in slips:
        return np.all(activations == 0, axis=(0, 2, 3))
    if "dead_not_positive" in slips:
        return np.all(activations <= 0, axis=(0, 1, 2))
    if "dead_almost_zero" in slips:
        return np.all(np.abs(activations) < 1e-6, axis=(0, 1, 2))
    if "dead_mean" in slips:
        return np.abs(activations.mean(axis=(0, 1, 2))) < 1e-3
    if "dead_sum" in slips:
        return activations.sum(axis=(0, 1, 2)) == 0
    if "dead_sum_of_squares" in slips:
        return np.sum(activations**2, axis=(0, 1, 2)) == 0
    if "dead_alive_instead" in slips:
        return np.any(activations != 0, axis=(0, 1, 2))
    if "dead_indices" in slips:
        return np.flatnonzero(np.all(activations == 0, axis=(0, 1, 2)))
    if "dead_mostly" in slips:
        return np.mean(activations == 0, axis=(0, 1, 2)) > 0.9
    return np.all(activations == 0, axis=(0, 1, 2))


def filter_grid(kernel, padding=1, *, slips=NONE):
    h, w, c, f = kernel.shape
    cols = int(np.ceil(np.sqrt(f)))
    if "grid_one_row" in slips:
        cols = f
    if "grid_floor" in slips:
        cols = max(1, int(np.sqrt(f)))
    rows = cols if "grid_square" in slips else int(np.ceil(f / cols))
    gap = 1 if "grid_fixed_padding" in slips else padding
    border = gap if "grid_outer_border" in slips else -gap
    shape = (rows * (h + gap) + border, cols * (w + gap) + border, c)
    image = np.zeros(shape) if "grid_black_gaps" in slips else np.ones(shape)
    for i in range(f):
        tile = kernel[..., i]
        if "grid_first_axis" in slips:
            tile = kernel.reshape(-1)[i * h * w * c : (i + 1) * h * w * c].reshape(h, w, c)
        low, span = tile.min(), np.ptp(tile)
        if "grid_one_scale" in slips:
            low, span = kernel.min(), np.ptp(kernel)
        if "grid_scale_per_channel" in slips:
            low, span = tile.min(axis=(0, 1)), np.ptp(tile, axis=(0, 1))
        if "grid_no_guard" in slips:
            with np.errstate(all="ignore"):
                tile = (tile - low) / span
        elif "grid_clipped" in slips:
            tile = np.clip(tile, 0, 1)
        elif "grid_symmetric" in slips:
            largest = np.abs(kernel if "grid_one_scale" in slips else tile).max()
            tile = 0.5 + 0.5 * tile / (largest if largest else 1)
        else:
            tile = (tile - low) / np.where(span > 0, span, 1)
        if "grid_constant_is_white" in slips and not np.any(span):
            tile = tile + 1
        if "grid_bgr" in slips:
            tile = tile[..., ::-1]
        row, col = divmod(i, cols)
        if "grid_column_by_column" in slips:
            col, row = divmod(i, rows)
        top, left = row * (h + gap), col * (w + gap)
        if "grid_outer_border" in slips:
            top, left = top + gap, left + gap
        image[top : top + h, left : left + w] = tile
    return image


def receptive_field(layers, *, slips=NONE):
    size, jump = 1, 1
    for kernel_size, stride in layers[::-1] if "field_last_layer_first" in slips else layers:
        if "field_jump_first" in slips:
            jump *= stride
        if "field_no_jump" in slips:
            size += kernel_size - 1
        elif "field_whole_kernel" in slips:
            size += kernel_size * jump
        elif "field_stride_of_layer" in slips:
            size += (kernel_size - 1) * stride
        else:
            size += (kernel_size - 1) * jump
        if "field_jump_added" in slips:
            jump += stride
        elif "field_jump_first" not in slips:
            jump *= stride
        if "field_product" in slips:
            size = kernel_size * jump
    if "field_last_stride_only" in slips and layers:
        jump = layers[-1][1]
    if "field_area" in slips:
        size = size**2
    if "field_swapped" in slips:
        return jump, size
    return size, jump


def top_activating_patches(images, activations, channel, k, field, *, slips=NONE):
    size, jump = field
    maps = activations[..., channel]
    if "patches_channel_first" in slips:
        maps = activations[:, channel % activations.shape[1]]
    if "patches_absolute" in slips:
        maps = np.abs(maps)
    n, h, w = maps.shape
    flat = maps.reshape(n, -1)
    where = flat.argmax(axis=1)
    if "patches_last_maximum" in slips:
        where = flat.shape[1] - 1 - flat[:, ::-1].argmax(axis=1)
    if "patches_column_major" in slips:
        columns = maps.transpose(0, 2, 1).reshape(n, -1).argmax(axis=1)
        where = columns % h * w + columns // h
    best = flat[np.arange(n), where]
    if "patches_mean" in slips:
        best = flat.mean(axis=1)
    key = best if "patches_least_active" in slips else -best
    order = np.argsort(key, kind="stable")[:k]
    if "patches_ties_reversed" in slips:
        order = np.argsort(-key, kind="stable")[::-1][:k]
    if "patches_not_sorted" in slips:
        order = np.sort(order)
    if "patches_several_per_image" in slips:
        order = np.argsort(-maps.reshape(-1), kind="stable")[:k]
        where, order = order % flat.shape[1], order // flat.shape[1]
        rows, cols = np.divmod(where, w)
    else:
        rows, cols = np.divmod(where[order], w)
    if "patches_row_and_column_swapped" in slips:
        rows, cols = cols, rows
    positions = np.stack([order, rows, cols], axis=1)
    if "patches_positions_in_pixels" in slips:
        positions = positions * np.array([1, jump, jump])
    step = 1 if "patches_no_jump" in slips else jump
    shift = size // 2 if "patches_centred" in slips else 0
    patches = np.zeros((len(order), size, size, images.shape[-1]), images.dtype)
    for i, (image, row, col) in enumerate(zip(order, rows, cols)):
        top, left = max(row * step - shift, 0), max(col * step - shift, 0)
        found = images[image, top : top + size, left : left + size]
        patches[i, : found.shape[0], : found.shape[1]] = found
    if "patches_scaled" in slips:
        patches = (patches - patches.min()) / np.ptp(patches)
    return patches, positions


def tsne_affinities(x, perplexity, *, slips=NONE):
    x = x.astype(float)
    n = len(x)
    squares = ((x[:, None] - x[None]) ** 2).sum(axis=-1)
    if "affinities_not_squared" in slips:
        squares = np.sqrt(squares)
    target = np.log(perplexity)
    if "affinities_bits_for_nats" in slips:
        target = np.log2(perplexity)
    if "affinities_nats_for_bits" in slips:
        target = np.log(perplexity) * np.log(2)
    if "affinities_entropy_is_perplexity" in slips:
        target = perplexity
    others = (
        np.ones((n, n), bool) if "affinities_self_included" in slips else ~np.eye(n, dtype=bool)
    )
    d = squares[others].reshape(n, -1)
    if "affinities_not_shifted" not in slips:
        d = d - d.min(axis=1, keepdims=True)
    low, high, beta = np.zeros(n), np.full(n, np.inf), np.ones(n)
    steps = 12 if "affinities_few_steps" in slips else 120
    for _ in range(1 if "affinities_no_search" in slips else steps):
        with np.errstate(all="ignore"):
            p = np.exp(-d * beta[:, None])
            p = p / p.sum(axis=1, keepdims=True)
            entropy = -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=1)
        spread = entropy > target
        low, high = np.where(spread, beta, low), np.where(spread, high, beta)
        if "affinities_precision_below_one" in slips:
            high = np.minimum(high, 1.0)
        beta = np.where(high == np.inf, beta * 2, (low + np.where(high == np.inf, 0, high)) / 2)
    P = np.zeros((n, n))
    P[others] = p.ravel()
    if "affinities_not_symmetric" in slips:
        return P / n
    if "affinities_symmetric_only" in slips:
        return (P + P.T) / 2
    if "affinities_normalised_twice" in slips:
        return (P + P.T) / (2 * n) ** 2
    if "affinities_product" in slips:
        P = P * P.T
        return P / P.sum()
    return (P + P.T) / (2 * n)


def tsne_gradient(P, Y, *, slips=NONE):
    difference = Y[:, None] - Y[None]
    squares = (difference**2).sum(axis=-1)
    weights = 1 / (1 + squares)
    if "gradient_gaussian" in slips:
        weights = np.exp(-squares)
    if "gradient_self_included" not in slips:
        np.fill_diagonal(weights, 0)
    Q = weights / weights.sum()
    if "gradient_row_normalised" in slips:
        Q = weights / weights.sum(axis=1, keepdims=True)
    used = P > 0
    if "gradient_no_guard" in slips:
        with np.errstate(all="ignore"):
            kl = np.sum(P * np.log(P / Q))
    else:
        kl = np.sum(P[used] * np.log(P[used] / Q[used]))
    if "gradient_bits" in slips:
        kl = kl / np.log(2)
    if "gradient_kl_reversed" in slips:
        kl = np.sum(Q[used] * np.log(Q[used] / P[used]))
    if "gradient_entropy_missing" in slips:
        kl = -np.sum(P[used] * np.log(Q[used]))
    pull = P - Q
    if "gradient_sign" in slips:
        pull = Q - P
    if "gradient_q_for_weights" in slips:
        pull = pull * Q
    elif "gradient_no_weights" not in slips:
        pull = pull * weights
    factor = 2 if "gradient_factor_two" in slips else 4
    factor = 1 if "gradient_factor_one" in slips else factor
    gradient = factor * (pull[..., None] * difference).sum(axis=1)
    if "gradient_averaged" in slips:
        gradient = gradient / len(Y)
    return kl, gradient


FUNCTIONS = (
    dead_filters,
    filter_grid,
    receptive_field,
    top_activating_patches,
    tsne_affinities,
    tsne_gradient,
)

# Questions whose function may have the ideas of others written out in it.
INSIDE = {}

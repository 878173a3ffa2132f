"""Wrong ideas about looking into ConvNets: a correct solution with a switch for each."""

import numpy as np

from ...diagnosis.catalogue import NONE


def dead_filters(activations, *, mistakes=NONE):
    if "dead_one_image" in mistakes:
        activations = activations[:1]
    if "dead_some_image" in mistakes:
        return np.any(np.all(activations == 0, axis=(1, 2)), axis=0)
    if "dead_channels_first" in mistakes:
        return np.all(activations == 0, axis=(0, 2, 3))
    if "dead_not_positive" in mistakes:
        return np.all(activations <= 0, axis=(0, 1, 2))
    if "dead_almost_zero" in mistakes:
        return np.all(np.abs(activations) < 1e-6, axis=(0, 1, 2))
    if "dead_mean" in mistakes:
        return np.abs(activations.mean(axis=(0, 1, 2))) < 1e-3
    if "dead_sum" in mistakes:
        return activations.sum(axis=(0, 1, 2)) == 0
    if "dead_sum_of_squares" in mistakes:
        return np.sum(activations**2, axis=(0, 1, 2)) == 0
    if "dead_alive_instead" in mistakes:
        return np.any(activations != 0, axis=(0, 1, 2))
    if "dead_indices" in mistakes:
        return np.flatnonzero(np.all(activations == 0, axis=(0, 1, 2)))
    if "dead_mostly" in mistakes:
        return np.mean(activations == 0, axis=(0, 1, 2)) > 0.9
    return np.all(activations == 0, axis=(0, 1, 2))


def filter_grid(kernel, padding=1, *, mistakes=NONE):
    h, w, c, f = kernel.shape
    cols = int(np.ceil(np.sqrt(f)))
    if "grid_one_row" in mistakes:
        cols = f
    if "grid_floor" in mistakes:
        cols = max(1, int(np.sqrt(f)))
    rows = cols if "grid_square" in mistakes else int(np.ceil(f / cols))
    gap = 1 if "grid_fixed_padding" in mistakes else padding
    border = gap if "grid_outer_border" in mistakes else -gap
    shape = (rows * (h + gap) + border, cols * (w + gap) + border, c)
    image = np.zeros(shape) if "grid_black_gaps" in mistakes else np.ones(shape)
    for i in range(f):
        tile = kernel[..., i]
        if "grid_first_axis" in mistakes:
            tile = kernel.reshape(-1)[i * h * w * c : (i + 1) * h * w * c].reshape(h, w, c)
        low, span = tile.min(), np.ptp(tile)
        if "grid_one_scale" in mistakes:
            low, span = kernel.min(), np.ptp(kernel)
        if "grid_scale_per_channel" in mistakes:
            low, span = tile.min(axis=(0, 1)), np.ptp(tile, axis=(0, 1))
        if "grid_no_guard" in mistakes:
            with np.errstate(all="ignore"):
                tile = (tile - low) / span
        elif "grid_clipped" in mistakes:
            tile = np.clip(tile, 0, 1)
        elif "grid_symmetric" in mistakes:
            largest = np.abs(kernel if "grid_one_scale" in mistakes else tile).max()
            tile = 0.5 + 0.5 * tile / (largest if largest else 1)
        else:
            tile = (tile - low) / np.where(span > 0, span, 1)
        if "grid_constant_is_white" in mistakes and not np.any(span):
            tile = tile + 1
        if "grid_bgr" in mistakes:
            tile = tile[..., ::-1]
        row, col = divmod(i, cols)
        if "grid_column_by_column" in mistakes:
            col, row = divmod(i, rows)
        top, left = row * (h + gap), col * (w + gap)
        if "grid_outer_border" in mistakes:
            top, left = top + gap, left + gap
        image[top : top + h, left : left + w] = tile
    return image


def receptive_field(layers, *, mistakes=NONE):
    size, jump = 1, 1
    for kernel_size, stride in layers[::-1] if "field_last_layer_first" in mistakes else layers:
        if "field_jump_first" in mistakes:
            jump *= stride
        if "field_no_jump" in mistakes:
            size += kernel_size - 1
        elif "field_whole_kernel" in mistakes:
            size += kernel_size * jump
        elif "field_stride_of_layer" in mistakes:
            size += (kernel_size - 1) * stride
        else:
            size += (kernel_size - 1) * jump
        if "field_jump_added" in mistakes:
            jump += stride
        elif "field_jump_first" not in mistakes:
            jump *= stride
        if "field_product" in mistakes:
            size = kernel_size * jump
    if "field_last_stride_only" in mistakes and layers:
        jump = layers[-1][1]
    if "field_area" in mistakes:
        size = size**2
    if "field_swapped" in mistakes:
        return jump, size
    return size, jump


def top_activating_patches(images, activations, channel, k, field, *, mistakes=NONE):
    size, jump = field
    maps = activations[..., channel]
    if "patches_channel_first" in mistakes:
        maps = activations[:, channel % activations.shape[1]]
    if "patches_absolute" in mistakes:
        maps = np.abs(maps)
    n, h, w = maps.shape
    flat = maps.reshape(n, -1)
    where = flat.argmax(axis=1)
    if "patches_last_maximum" in mistakes:
        where = flat.shape[1] - 1 - flat[:, ::-1].argmax(axis=1)
    if "patches_column_major" in mistakes:
        columns = maps.transpose(0, 2, 1).reshape(n, -1).argmax(axis=1)
        where = columns % h * w + columns // h
    best = flat[np.arange(n), where]
    if "patches_mean" in mistakes:
        best = flat.mean(axis=1)
    key = best if "patches_least_active" in mistakes else -best
    order = np.argsort(key, kind="stable")[:k]
    if "patches_ties_reversed" in mistakes:
        order = np.argsort(-key, kind="stable")[::-1][:k]
    if "patches_not_sorted" in mistakes:
        order = np.sort(order)
    if "patches_several_per_image" in mistakes:
        order = np.argsort(-maps.reshape(-1), kind="stable")[:k]
        where, order = order % flat.shape[1], order // flat.shape[1]
        rows, cols = np.divmod(where, w)
    else:
        rows, cols = np.divmod(where[order], w)
    if "patches_row_and_column_swapped" in mistakes:
        rows, cols = cols, rows
    positions = np.stack([order, rows, cols], axis=1)
    if "patches_positions_in_pixels" in mistakes:
        positions = positions * np.array([1, jump, jump])
    step = 1 if "patches_no_jump" in mistakes else jump
    shift = size // 2 if "patches_centred" in mistakes else 0
    patches = np.zeros((len(order), size, size, images.shape[-1]), images.dtype)
    for i, (image, row, col) in enumerate(zip(order, rows, cols)):
        top, left = max(row * step - shift, 0), max(col * step - shift, 0)
        patch = images[image, top : top + size, left : left + size]
        patches[i, : patch.shape[0], : patch.shape[1]] = patch
    if "patches_scaled" in mistakes:
        patches = (patches - patches.min()) / np.ptp(patches)
    return patches, positions


def tsne_affinities(x, perplexity, *, mistakes=NONE):
    x = x.astype(float)
    n = len(x)
    squares = ((x[:, None] - x[None]) ** 2).sum(axis=-1)
    if "affinities_not_squared" in mistakes:
        squares = np.sqrt(squares)
    target = np.log(perplexity)
    if "affinities_bits_for_nats" in mistakes:
        target = np.log2(perplexity)
    if "affinities_nats_for_bits" in mistakes:
        target = np.log(perplexity) * np.log(2)
    if "affinities_entropy_is_perplexity" in mistakes:
        target = perplexity
    others = (
        np.ones((n, n), bool) if "affinities_self_included" in mistakes else ~np.eye(n, dtype=bool)
    )
    d = squares[others].reshape(n, -1)
    if "affinities_not_shifted" not in mistakes:
        d = d - d.min(axis=1, keepdims=True)
    low, high, beta = np.zeros(n), np.full(n, np.inf), np.ones(n)
    steps = 6 if "affinities_few_steps" in mistakes else 120
    for _ in range(1 if "affinities_no_search" in mistakes else steps):
        with np.errstate(all="ignore"):
            p = np.exp(-d * beta[:, None])
            p = p / p.sum(axis=1, keepdims=True)
            entropy = -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=1)
        spread = entropy > target
        low, high = np.where(spread, beta, low), np.where(spread, high, beta)
        if "affinities_precision_below_one" in mistakes:
            high = np.minimum(high, 1.0)
        beta = np.where(high == np.inf, beta * 2, (low + np.where(high == np.inf, 0, high)) / 2)
    P = np.zeros((n, n))
    P[others] = p.ravel()
    if "affinities_not_symmetric" in mistakes:
        return P / n
    if "affinities_symmetric_only" in mistakes:
        return (P + P.T) / 2
    if "affinities_normalised_twice" in mistakes:
        return (P + P.T) / (2 * n) ** 2
    if "affinities_product" in mistakes:
        P = P * P.T
        return P / P.sum()
    return (P + P.T) / (2 * n)


def tsne_gradient(P, Y, *, mistakes=NONE):
    difference = Y[:, None] - Y[None]
    squares = (difference**2).sum(axis=-1)
    weights = 1 / (1 + squares)
    if "gradient_gaussian" in mistakes:
        weights = np.exp(-squares)
    if "gradient_self_included" not in mistakes:
        np.fill_diagonal(weights, 0)
    Q = weights / weights.sum()
    if "gradient_row_normalised" in mistakes:
        Q = weights / weights.sum(axis=1, keepdims=True)
    used = P > 0
    if "gradient_no_guard" in mistakes:
        with np.errstate(all="ignore"):
            kl = np.sum(P * np.log(P / Q))
    else:
        kl = np.sum(P[used] * np.log(P[used] / Q[used]))
    if "gradient_bits" in mistakes:
        kl = kl / np.log(2)
    if "gradient_kl_reversed" in mistakes:
        kl = np.sum(Q[used] * np.log(Q[used] / P[used]))
    if "gradient_entropy_missing" in mistakes:
        kl = -np.sum(P[used] * np.log(Q[used]))
    pull = P - Q
    if "gradient_sign" in mistakes:
        pull = Q - P
    if "gradient_q_for_weights" in mistakes:
        pull = pull * Q
    elif "gradient_no_weights" not in mistakes:
        pull = pull * weights
    factor = 2 if "gradient_factor_two" in mistakes else 4
    factor = 1 if "gradient_factor_one" in mistakes else factor
    gradient = factor * (pull[..., None] * difference).sum(axis=1)
    if "gradient_averaged" in mistakes:
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

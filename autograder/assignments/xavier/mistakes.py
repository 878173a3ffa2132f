"""Wrong ideas about parameter initialization: a correct solution with a switch for each."""

import numpy as np

from ...diagnosis.catalogue import NONE


def compute_fans(shape, *, mistakes=NONE):
    if len(shape) == 0:
        return 1, 1
    if len(shape) == 1:
        if "fans_vector_has_no_input" in mistakes:
            return 1, shape[0]
        return shape[0], shape[0]
    field = 1
    for side in shape[:-2]:
        field *= side
    if "fans_two_axes_only" in mistakes and len(shape) > 2:
        return shape[0], shape[1]
    if "fans_no_receptive_field" in mistakes:
        field = 1
    if "fans_field_in_only" in mistakes:
        return field * shape[-2], shape[-1]
    if "fans_channels_first" in mistakes and len(shape) > 2:
        rest = int(np.prod(shape[2:]))
        return shape[1] * rest, shape[0] * rest
    if "fans_swapped" in mistakes:
        return field * shape[-1], field * shape[-2]
    if "fans_plane_only" in mistakes and len(shape) != 2:
        field = shape[0] * shape[1] if len(shape) == 4 else shape[0]
    if "fans_float" in mistakes:
        return float(field * shape[-2]), float(field * shape[-1])
    return field * shape[-2], field * shape[-1]


def glorot_uniform(shape, rng, *, mistakes=NONE):
    fan_in, fan_out = compute_fans(shape)
    limit = np.sqrt(6 / (fan_in + fan_out))
    if "uniform_root_misplaced" in mistakes:
        limit = np.sqrt(6) / (fan_in + fan_out)
    if "uniform_limit_is_std" in mistakes:
        limit = np.sqrt(2 / (fan_in + fan_out))
    if "uniform_bias_counted" in mistakes:
        limit = np.sqrt(6 / (fan_in + fan_out + 1))
    if "uniform_fan_in_only" in mistakes:
        limit = np.sqrt(3 / fan_in)
    if "uniform_he" in mistakes:
        limit = np.sqrt(6 / fan_in)
    if "uniform_no_root" in mistakes:
        limit = 6 / (fan_in + fan_out)
    if "uniform_positive" in mistakes:
        return rng.uniform(0, limit, shape)
    if "uniform_normal_instead" in mistakes:
        return rng.normal(0, limit / np.sqrt(3), shape)
    if "uniform_shape_reversed" in mistakes:
        return rng.uniform(-limit, limit, shape[::-1])
    if "uniform_global_state" in mistakes:
        return np.random.uniform(-limit, limit, shape)
    if "uniform_seeds_global_state" in mistakes:
        np.random.seed(rng.integers(2**31))
        return np.random.uniform(-limit, limit, shape)
    if "uniform_own_seed" in mistakes:
        rng = np.random.default_rng(0)
    if "uniform_rounded" in mistakes:
        return np.round(rng.uniform(-limit, limit, shape), 2)
    if "uniform_one_row" in mistakes:
        return np.broadcast_to(rng.uniform(-limit, limit, shape[-1]), shape).copy()
    return rng.uniform(-limit, limit, shape)


def glorot_normal(shape, rng, *, mistakes=NONE):
    fan_in, fan_out = compute_fans(shape)
    std = np.sqrt(2 / (fan_in + fan_out))
    scale = std / 0.87962566103423978
    if "normal_he" in mistakes:
        scale = np.sqrt(2 / fan_in) / 0.87962566103423978
    if "normal_variance_as_std" in mistakes:
        scale = scale**2
    if "normal_not_corrected" in mistakes:
        scale = std
    if "normal_corrected_twice" in mistakes:
        scale = scale / 0.87962566103423978
    if "normal_not_truncated" in mistakes:
        return rng.normal(0, std, shape)
    if "normal_clipped" in mistakes:
        return np.clip(rng.normal(0, scale, shape), -2 * scale, 2 * scale)
    if "normal_uniform_instead" in mistakes:
        return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, shape)
    if "normal_redrawn_once" in mistakes:
        draws = rng.normal(0, scale, shape)
        far = np.abs(draws) > 2 * scale
        draws[far] = rng.normal(0, scale, far.sum())
        return draws
    sigmas = 3 if "normal_three_sigmas" in mistakes else 2
    draws = rng.normal(size=shape)
    while np.any(far := np.abs(draws) > sigmas):
        if "normal_zeros_outside" in mistakes:
            draws[far] = 0
        else:
            draws[far] = rng.normal(size=far.sum())
    return scale * draws


def two_layer_gradients(x, y, W1, b1, W2, b2, *, mistakes=NONE):
    h = np.tanh(x @ W1 + b1)
    p = h @ W2 + b2
    error = p - y
    n = x.dtype.type(error.size)
    loss = np.mean(error**2)
    if "layers_loss_over_examples_only" in mistakes:
        n = x.dtype.type(len(x))
        loss = np.sum(error**2) / n
    if "layers_loss_half" in mistakes:
        loss = loss / 2
    factor = 1 if "layers_no_factor_two" in mistakes else 2
    dp = factor * error / n
    if "layers_gradient_over_examples" in mistakes:
        dp = factor * error / x.dtype.type(len(x))
    if "layers_gradient_not_averaged" in mistakes:
        dp = factor * error
    if "layers_sign" in mistakes:
        dp = -dp
    back = W2.T
    if "layers_no_slope" in mistakes:
        dz = dp @ back
    elif "layers_slope_of_gradient" in mistakes:
        dz = dp @ back * (1 - (dp @ back) ** 2)
    elif "layers_slope_tanh_twice" in mistakes:
        dz = dp @ back * (1 - np.tanh(h) ** 2)
    elif "layers_slope_not_squared" in mistakes:
        dz = dp @ back * (1 - h)
    elif "layers_slope_sigmoid" in mistakes:
        dz = dp @ back * h * (1 - h)
    else:
        dz = dp @ back * (1 - h**2)
    db1 = dz.sum(axis=0)
    if "layers_db1_mean" in mistakes:
        db1 = dz.mean(axis=0)
    if "layers_db1_keepdims" in mistakes:
        db1 = dz.sum(axis=0, keepdims=True)
    dW2 = (x @ W1 + b1).T @ dp if "layers_dW2_before_tanh" in mistakes else h.T @ dp
    return loss, x.T @ dz, db1, dW2, dp.sum(axis=0)


def distinct_units(kernel, tolerance=1e-8, *, mistakes=NONE):
    columns = kernel if "units_rows" in mistakes else kernel.T
    if "units_rounded" in mistakes:
        return len(np.unique(np.round(columns, 8), axis=0))
    if "units_exact" in mistakes:
        return len(np.unique(columns, axis=0))
    if "units_fixed_tolerance" in mistakes:
        tolerance = 1e-8
    if "units_sums" in mistakes:
        columns = columns.sum(axis=1, keepdims=True)
    if "units_norms" in mistakes:
        columns = np.linalg.norm(columns, axis=1, keepdims=True)
    if "units_neighbours_only" in mistakes:
        return 1 + int(np.sum(np.abs(np.diff(columns, axis=0)).max(axis=1) > tolerance))
    groups = []
    for column in columns:
        differences = [np.abs(column - other) for other in groups]
        if "units_signed_difference" in mistakes:
            differences = [column - other for other in groups]
        distances = [d.max() for d in differences]
        if "units_mean_difference" in mistakes:
            distances = [d.mean() for d in differences]
        if "units_any_close" in mistakes:
            distances = [d.min() for d in differences]
        if all(distance > tolerance for distance in distances):
            groups.append(column)
    if "units_pairs" in mistakes:
        return len(groups) * (len(groups) - 1) // 2
    return len(groups)


def signal_stds(x, kernels, *, mistakes=NONE):
    activations, before = [x], [x]
    for kernel in kernels:
        z = activations[-1] @ kernel
        last = len(activations) == len(kernels)
        linear = "signal_no_tanh" in mistakes or ("signal_before_tanh" in mistakes and last)
        activations.append(z if linear else np.tanh(z))
        before.append(z)
    if "signal_all_before_tanh" in mistakes:
        activations = before
    if "signal_no_input" in mistakes:
        activations = activations[1:]
    if "signal_one_example" in mistakes:
        activations = [a[:1] for a in activations]
    if "signal_root_mean_square" in mistakes:
        return np.array([np.sqrt(np.mean(a**2)) for a in activations])
    if "signal_unbiased" in mistakes:
        return np.array([a.std(ddof=1) for a in activations])
    if "signal_mean_of_unit_stds" in mistakes:
        return np.array([a.std(axis=0).mean() for a in activations])
    if "signal_variance" in mistakes:
        return np.array([a.var() for a in activations])
    return np.array([a.std() for a in activations])


def gradient_stds(x, kernels, dy, *, mistakes=NONE):
    activations = [x]
    for kernel in kernels:
        activations.append(np.tanh(activations[-1] @ kernel))
    gradients = [dy]
    for kernel, a, below in zip(kernels[::-1], activations[:0:-1], activations[-2::-1]):
        slope = 1 - a**2
        if "gradient_no_slope" in mistakes:
            slope = 1
        if "gradient_slope_below" in mistakes and a.shape == below.shape:
            slope = 1 - below**2
        if "gradient_slope_after_kernel" in mistakes:
            gradients.append(gradients[-1] @ kernel.T * (1 - below**2))
        elif "gradient_not_transposed" in mistakes and kernel.shape[0] == kernel.shape[1]:
            gradients.append((gradients[-1] * slope) @ kernel)
        else:
            gradients.append((gradients[-1] * slope) @ kernel.T)
    if "gradient_not_reversed" not in mistakes:
        gradients = gradients[::-1]
    if "gradient_averaged" in mistakes:
        gradients = [g / len(x) for g in gradients]
    if "gradient_root_mean_square" in mistakes:
        return np.array([np.sqrt(np.mean(g**2)) for g in gradients])
    return np.array([g.std() for g in gradients])


FUNCTIONS = (
    compute_fans,
    glorot_uniform,
    glorot_normal,
    two_layer_gradients,
    distinct_units,
    signal_stds,
    gradient_stds,
)

# Questions whose function may have the ideas of others written out in it.
INSIDE = {}

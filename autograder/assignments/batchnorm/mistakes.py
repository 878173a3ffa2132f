"""Wrong ideas about normalisation: a correct solution in which each can be switched on."""

import numpy as np

from ...diagnosis.catalogue import NONE


def min_max_normalize(x, *, mistakes=NONE):
    axis = (
        None if "minmax_whole_matrix" in mistakes else 1 if "minmax_per_example" in mistakes else 0
    )
    keep = axis is not None
    low, high = x.min(axis=axis, keepdims=keep), x.max(axis=axis, keepdims=keep)
    width = high - low
    if "minmax_no_guard" not in mistakes:
        width = np.where(width > 0, width, 1)
    if "minmax_in_place" in mistakes:
        x -= low
        x /= width
        return x
    if "minmax_to_minus_one" in mistakes:
        return 2 * (x - low) / width - 1
    return (x - low) / width


def standardize(x, *, mistakes=NONE):
    axis = None if "standardize_whole_matrix" in mistakes else 0
    ddof = 1 if "standardize_unbiased" in mistakes and len(x) > 1 else 0
    mean, std = x.mean(axis=axis), x.std(axis=axis, ddof=ddof)
    if "standardize_one_pass" in mistakes:
        std = np.sqrt(np.maximum((x**2).mean(axis=axis) - mean**2, 0))
    if "standardize_no_guard" in mistakes:
        return (x - mean) / std
    constant = x.max(axis=0) == x.min(axis=0)
    if "standardize_guards_std" in mistakes:
        constant = std == 0
    divisor = std**2 if "standardize_by_variance" in mistakes else std
    return np.where(constant, 0, (x - mean) / np.where(constant, 1, divisor))


def batchnorm_forward(
    x,
    gamma,
    beta,
    moving_mean,
    moving_variance,
    training,
    momentum=0.99,
    epsilon=1e-3,
    *,
    mistakes=NONE,
):
    axes = tuple(range(x.ndim - 1))
    if "conv_first_axis" in mistakes:
        axes = (0,)
    if "conv_per_image" in mistakes and x.ndim > 2:
        axes = tuple(range(1, x.ndim - 1))
    if "train_per_example" in mistakes:
        axes = (-1,)
    if "train_whole_batch" in mistakes:
        axes = tuple(range(x.ndim))
    keep = not {"conv_first_axis", "conv_per_image", "train_per_example"}.isdisjoint(mistakes)
    mean, variance = moving_mean, moving_variance
    if training or "inference_batch_statistics" in mistakes:
        mean, variance = x.mean(axis=axes, keepdims=keep), x.var(axis=axes, keepdims=keep)
        n = x.size / max(variance.size, 1)
        record = variance
        with np.errstate(all="ignore"):
            if "train_unbiased" in mistakes:
                variance = variance * n / np.float64(n - 1)
            if "moving_unbiased" in mistakes:
                record = record * n / np.float64(n - 1)
        if "moving_std" in mistakes:
            record = np.sqrt(record)
    if training or "inference_updates_moving" in mistakes:
        old, new = momentum, 1 - momentum
        batch_mean = x.mean(axis=tuple(range(x.ndim - 1)))
        batch_variance = x.var(axis=tuple(range(x.ndim - 1)))
        if training and record.shape == moving_variance.shape:
            batch_variance = record
        if "moving_momentum_swapped" in mistakes:
            old, new = new, old
        if "moving_momentum_fixed" in mistakes:
            old, new = 0.9, 0.1
        if "moving_replaced" in mistakes:
            old, new = 0.0, 1.0
        if "moving_in_place" in mistakes:
            moving_mean *= old
            moving_mean += new * batch_mean
            moving_variance *= old
            moving_variance += new * batch_variance
        elif "moving_parenthesis" in mistakes:
            moving_mean = old * moving_mean + (1 - old * batch_mean)
            moving_variance = old * moving_variance + (1 - old * batch_variance)
        elif "moving_never_updated" not in mistakes:
            moving_mean = old * moving_mean + new * batch_mean
            moving_variance = old * moving_variance + new * batch_variance
        if "moving_keepdims" in mistakes:
            moving_mean, moving_variance = (
                moving_mean.reshape(1, -1),
                moving_variance.reshape(1, -1),
            )
    inv_std = 1 / np.sqrt(variance + epsilon)
    if "epsilon_outside_root" in mistakes:
        inv_std = 1 / (np.sqrt(variance) + epsilon)
    with np.errstate(all="ignore"):
        if "train_no_epsilon" in mistakes and training:
            inv_std = 1 / np.sqrt(variance)
        if "inference_no_epsilon" in mistakes and not training:
            inv_std = 1 / np.sqrt(variance)
    if "train_divides_by_variance" in mistakes and training:
        inv_std = 1 / (variance + epsilon)
    if "inference_divides_by_variance" in mistakes and not training:
        inv_std = 1 / (variance + epsilon)
    if "inference_epsilon_outside" in mistakes and not training:
        inv_std = 1 / (np.sqrt(variance) + epsilon)
    with np.errstate(all="ignore"):
        x_hat = (x - mean) * inv_std
    if "inference_brackets" in mistakes and not training:
        x_hat = x - mean * inv_std
    if "train_brackets" in mistakes and training:
        x_hat = x - mean * inv_std
    y = gamma * x_hat + beta
    if "no_gamma_beta" in mistakes:
        y = x_hat + 0 * gamma
    if "inference_no_gamma_beta" in mistakes and not training:
        y = x_hat
    if "train_nothing_normalised" in mistakes and training:
        y = gamma * x + beta
    if "train_adds_gamma" in mistakes and training:
        y = beta * x_hat + gamma
    if "inference_adds_gamma" in mistakes and not training:
        y = beta * x_hat + gamma
    cache = (x, x_hat, gamma, inv_std, variance, epsilon, training)
    return y, moving_mean, moving_variance, cache


def batchnorm_backward(dy, cache, *, mistakes=NONE):
    x, x_hat, gamma, inv_std, variance, epsilon, training = cache
    axes = tuple(range(dy.ndim - 1))
    n = dy.size // dy.shape[-1]
    if "backward_divides_by_features" in mistakes:
        n = dy.shape[-1]
    if "conv_backward_divides_by_batch" in mistakes:
        n = dy.shape[0]
    if "backward_in_place" in mistakes:
        dy *= gamma
        d_hat = dy
    else:
        d_hat = dy if "backward_no_gamma" in mistakes else dy * gamma
    dgamma, dbeta = np.sum(d_hat / gamma * x_hat, axis=axes), np.sum(d_hat / gamma, axis=axes)
    if "backward_no_gamma" in mistakes:
        dgamma, dbeta = np.sum(dy * x_hat, axis=axes), dy.sum(axis=axes)
    if "backward_dgamma_raw" in mistakes:
        dgamma = np.sum(dy * x, axis=axes)
    if "backward_dbeta_mean" in mistakes:
        dbeta = dy.mean(axis=axes)
    if "backward_keepdims" in mistakes:
        dgamma, dbeta = dgamma.reshape(1, -1), dbeta.reshape(1, -1)
    statistics = training or "backward_inference_as_training" in mistakes
    if not statistics or "backward_constant_statistics" in mistakes:
        return d_hat * inv_std, dgamma, dbeta
    if "backward_no_epsilon" in mistakes:
        with np.errstate(all="ignore"):
            inv_std = 1 / np.sqrt(variance)
    mean_term = np.sum(d_hat, axis=axes) / n
    variance_term = x_hat * np.sum(d_hat * x_hat, axis=axes) / n
    if "backward_epsilon_sign" in mistakes:
        with np.errstate(all="ignore"):
            flipped = (variance - epsilon) / (variance + epsilon)
            variance_term = variance_term * flipped**-1.5
    if "backward_no_variance_path" in mistakes:
        variance_term = 0
    if "backward_no_mean_path" in mistakes:
        mean_term = 0
    if "backward_mean_twice" in mistakes:
        mean_term = mean_term / n
    if "backward_variance_factor" in mistakes:
        variance_term = variance_term / 2
    with np.errstate(all="ignore"):
        return inv_std * (d_hat - mean_term - variance_term), dgamma, dbeta


FUNCTIONS = (min_max_normalize, standardize, batchnorm_forward, batchnorm_backward)

# Questions whose function may have the ideas of others written out in it.
INSIDE = {"batchnorm_conv": ("batchnorm_train", "batchnorm_inference", "batchnorm_backward")}

"""Wrong ideas about normalisation: a correct solution in which each can be switched on."""

import numpy as np

from ...diagnosis.catalogue import NONE
from .hints import CATALOGUE as CATALOGUE


def min_max_normalize(x, *, slips=NONE):
    axis = None if "minmax_whole_matrix" in slips else 1 if "minmax_per_example" in slips else 0
    keep = axis is not None
    low, high = x.min(axis=axis, keepdims=keep), x.max(axis=axis, keepdims=keep)
    width = high - low
    if "minmax_no_guard" not in slips:
        width = np.where(width > 0, width, 1)
    if "minmax_in_place" in slips:
        x -= low
        x /= width
        return x
    if "minmax_to_minus_one" in slips:
        return 2 * (x - low) / width - 1
    return (x - low) / width


def standardize(x, *, slips=NONE):
    axis = None if "standardize_whole_matrix" in slips else 0
    ddof = 1 if "standardize_unbiased" in slips and len(x) > 1 else 0
    mean, std = x.mean(axis=axis), x.std(axis=axis, ddof=ddof)
    if "standardize_one_pass" in slips:
        std = np.sqrt(np.maximum((x**2).mean(axis=axis) - mean**2, 0))
    if "standardize_no_guard" in slips:
        return (x - mean) / std
    constant = x.max(axis=0) == x.min(axis=0)
    if "standardize_guards_std" in slips:
        constant = std == 0
    divisor = std**2 if "standardize_by_variance" in slips else std
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
    slips=NONE,
):
    axes = tuple(range(x.ndim - 1))
    if "conv_first_axis" in slips:
        axes = (0,)
    if "conv_per_image" in slips and x.ndim > 2:
        axes = tuple(range(1, x.ndim - 1))
    if "train_per_example" in slips:
        axes = (-1,)
    if "train_whole_batch" in slips:
        axes = tuple(range(x.ndim))
    keep = not {"conv_first_axis", "conv_per_image", "train_per_example"}.isdisjoint(slips)
    mean, variance = moving_mean, moving_variance
    if training or "inference_batch_statistics" in slips:
        mean, variance = x.mean(axis=axes, keepdims=keep), x.var(axis=axes, keepdims=keep)
        n = x.size / max(variance.size, 1)
        record = variance
        with np.errstate(all="ignore"):
            if "train_unbiased" in slips:
                variance = variance * n / np.float64(n - 1)
            if "moving_unbiased" in slips:
                record = record * n / np.float64(n - 1)
        if "moving_std" in slips:
            record = np.sqrt(record)
    if training or "inference_updates_moving" in slips:
        old, new = momentum, 1 - momentum
        batch_mean = x.mean(axis=tuple(range(x.ndim - 1)))
        batch_variance = x.var(axis=tuple(range(x.ndim - 1)))
        if training and record.shape == moving_variance.shape:
            batch_variance = record
        if "moving_momentum_swapped" in slips:
            old, new = new, old
        if "moving_momentum_fixed" in slips:
            old, new = 0.9, 0.1
        if "moving_replaced" in slips:
            old, new = 0.0, 1.0
        if "moving_in_place" in slips:
            moving_mean *= old
            moving_mean += new * batch_mean
            moving_variance *= old
            moving_variance += new * batch_variance
        elif "moving_parenthesis" in slips:
            moving_mean = old * moving_mean + (1 - old * batch_mean)
            moving_variance = old * moving_variance + (1 - old * batch_variance)
        elif "moving_never_updated" not in slips:
            moving_mean = old * moving_mean + new * batch_mean
            moving_variance = old * moving_variance + new * batch_variance
        if "moving_keepdims" in slips:
            moving_mean, moving_variance = (
                moving_mean.reshape(1, -1),
                moving_variance.reshape(1, -1),
            )
    inv_std = 1 / np.sqrt(variance + epsilon)
    if "epsilon_outside_root" in slips:
        inv_std = 1 / (np.sqrt(variance) + epsilon)
    with np.errstate(all="ignore"):
        if "train_no_epsilon" in slips and training:
            inv_std = 1 / np.sqrt(variance)
        if "inference_no_epsilon" in slips and not training:
            inv_std = 1 / np.sqrt(variance)
    if "train_divides_by_variance" in slips and training:
        inv_std = 1 / (variance + epsilon)
    if "inference_divides_by_variance" in slips and not training:
        inv_std = 1 / (variance + epsilon)
    if "inference_epsilon_outside" in slips and not training:
        inv_std = 1 / (np.sqrt(variance) + epsilon)
    with np.errstate(all="ignore"):
        x_hat = (x - mean) * inv_std
    if "inference_brackets" in slips and not training:
        x_hat = x - mean * inv_std
    if "train_brackets" in slips and training:
        x_hat = x - mean * inv_std
    y = gamma * x_hat + beta
    if "no_gamma_beta" in slips:
        y = x_hat + 0 * gamma
    if "inference_no_gamma_beta" in slips and not training:
        y = x_hat
    if "train_nothing_normalised" in slips and training:
        y = gamma * x + beta
    if "train_adds_gamma" in slips and training:
        y = beta * x_hat + gamma
    if "inference_adds_gamma" in slips and not training:
        y = beta * x_hat + gamma
    cache = (x, x_hat, gamma, inv_std, variance, epsilon, training)
    return y, moving_mean, moving_variance, cache


def batchnorm_backward(dy, cache, *, slips=NONE):
    x, x_hat, gamma, inv_std, variance, epsilon, training = cache
    axes = tuple(range(dy.ndim - 1))
    n = dy.size // dy.shape[-1]
    if "backward_divides_by_features" in slips:
        n = dy.shape[-1]
    if "conv_backward_divides_by_batch" in slips:
        n = dy.shape[0]
    if "backward_in_place" in slips:
        dy *= gamma
        d_hat = dy
    else:
        d_hat = dy if "backward_no_gamma" in slips else dy * gamma
    dgamma, dbeta = np.sum(d_hat / gamma * x_hat, axis=axes), np.sum(d_hat / gamma, axis=axes)
    if "backward_no_gamma" in slips:
        dgamma, dbeta = np.sum(dy * x_hat, axis=axes), dy.sum(axis=axes)
    if "backward_dgamma_raw" in slips:
        dgamma = np.sum(dy * x, axis=axes)
    if "backward_dbeta_mean" in slips:
        dbeta = dy.mean(axis=axes)
    if "backward_keepdims" in slips:
        dgamma, dbeta = dgamma.reshape(1, -1), dbeta.reshape(1, -1)
    statistics = training or "backward_inference_as_training" in slips
    if not statistics or "backward_constant_statistics" in slips:
        return d_hat * inv_std, dgamma, dbeta
    if "backward_no_epsilon" in slips:
        with np.errstate(all="ignore"):
            inv_std = 1 / np.sqrt(variance)
    mean_term = np.sum(d_hat, axis=axes) / n
    variance_term = x_hat * np.sum(d_hat * x_hat, axis=axes) / n
    if "backward_epsilon_sign" in slips:
        with np.errstate(all="ignore"):
            flipped = (variance - epsilon) / (variance + epsilon)
            variance_term = variance_term * flipped**-1.5
    if "backward_no_variance_path" in slips:
        variance_term = 0
    if "backward_no_mean_path" in slips:
        mean_term = 0
    if "backward_mean_twice" in slips:
        mean_term = mean_term / n
    if "backward_variance_factor" in slips:
        variance_term = variance_term / 2
    with np.errstate(all="ignore"):
        return inv_std * (d_hat - mean_term - variance_term), dgamma, dbeta


FUNCTIONS = (min_max_normalize, standardize, batchnorm_forward, batchnorm_backward)

# Questions whose function may have the ideas of others written out in it.
INSIDE = {"batchnorm_conv": ("batchnorm_train", "batchnorm_inference", "batchnorm_backward")}

"""Wrong ideas about normalisation: a correct solution in which each can be switched on."""

import numpy as np

from . import NONE, catalogue

TRAIN, MOVING, INFERENCE = "batchnorm_train", "batchnorm_moving", "batchnorm_inference"
BACKWARD, CONV = "batchnorm_backward", "batchnorm_conv"


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
        if "train_unbiased" in slips and n > 1:
            variance = variance * n / (n - 1)
        if "moving_unbiased" in slips and n > 1:
            record = record * n / (n - 1)
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
    if "train_no_epsilon" in slips and training:
        inv_std = 1 / np.sqrt(np.where(variance > 0, variance, 1))
    if "train_divides_by_variance" in slips and training:
        inv_std = 1 / (variance + epsilon)
    if "inference_epsilon_outside" in slips and not training:
        inv_std = 1 / (np.sqrt(variance) + epsilon)
    x_hat = (x - mean) * inv_std
    if "inference_brackets" in slips and not training:
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
        inv_std = 1 / np.sqrt(np.where(variance > 0, variance, epsilon))
    mean_term = np.sum(d_hat, axis=axes) / n
    variance_term = x_hat * np.sum(d_hat * x_hat, axis=axes) / n
    if "backward_epsilon_sign" in slips:
        flipped = np.abs(variance - epsilon) + 1e-12
        variance_term = variance_term * (flipped / (variance + epsilon)) ** -1.5
    if "backward_no_variance_path" in slips:
        variance_term = 0
    if "backward_no_mean_path" in slips:
        mean_term = 0
    if "backward_mean_twice" in slips:
        mean_term = mean_term / n
    if "backward_variance_factor" in slips:
        variance_term = variance_term / 2
    return inv_std * (d_hat - mean_term - variance_term), dgamma, dbeta


FUNCTIONS = (min_max_normalize, standardize, batchnorm_forward, batchnorm_backward)

CATALOGUE = catalogue(
    {
        ("min_max",): {
            "minmax_whole_matrix": "Minimum and maximum of the whole matrix, not of each feature",
            "minmax_per_example": "Minimum and maximum of each example, not of each feature",
            "minmax_no_guard": "A constant feature is divided by zero",
            "minmax_in_place": "The caller's array is scaled in place",
            "minmax_to_minus_one": "Features are scaled to [-1, 1], not to [0, 1]",
        },
        ("standardize",): {
            "standardize_whole_matrix": "One mean and standard deviation for all features",
            "standardize_unbiased": "The variance is divided by N - 1",
            "standardize_by_variance": "Divided by the variance, not by the standard deviation",
            "standardize_no_guard": "A constant feature is divided by zero",
            "standardize_guards_std": "Constant is taken to mean a std of exactly 0",
            "standardize_one_pass": "E[x^2] - E[x]^2 loses all digits on a large offset",
        },
        (TRAIN, BACKWARD): {
            "train_whole_batch": "One mean and variance for the whole batch, not per channel",
            "train_unbiased": "The batch variance is divided by N - 1",
            "train_no_epsilon": "Epsilon is left out in training",
            "train_divides_by_variance": "Divided by the variance, not its root",
        },
        (TRAIN, BACKWARD, CONV): {
            "train_per_example": "Statistics over each example's features (layer normalisation)",
        },
        (TRAIN, INFERENCE, BACKWARD): {
            "epsilon_outside_root": "Epsilon is added outside the root",
        },
        (TRAIN, CONV): {
            "train_nothing_normalised": "gamma * x + beta: nothing is normalised",
        },
        (TRAIN,): {
            "train_adds_gamma": "gamma and beta are exchanged",
            "moving_in_place": "The moving statistics are updated in place",
        },
        (TRAIN, INFERENCE, CONV): {
            "no_gamma_beta": "gamma and beta are left out",
        },
        (MOVING,): {
            "moving_momentum_swapped": "Momentum weighs the new value, not the old one",
            "moving_std": "The moving statistic keeps the std, not the variance",
            "moving_unbiased": "The moving variance is divided by N - 1",
            "moving_parenthesis": "m * old + (1 - m * new): a misplaced bracket",
            "moving_never_updated": "The moving statistics never change",
            "moving_keepdims": "The moving statistics come back as (1, C)",
        },
        (INFERENCE, BACKWARD, CONV): {
            "inference_batch_statistics": "Inference uses the statistics of the batch",
        },
        (INFERENCE, CONV): {
            "inference_no_gamma_beta": "gamma and beta are left out at inference",
        },
        (INFERENCE,): {
            "inference_epsilon_outside": "Epsilon is added outside the root at inference",
            "inference_brackets": "x - mean / std: brackets missing at inference",
            "inference_updates_moving": "Inference updates the moving statistics",
        },
        (BACKWARD,): {
            "backward_constant_statistics": "Mean and variance are taken as constants",
            "backward_no_gamma": "gamma is left out of dx",
            "backward_no_variance_path": "The path through the variance is missing",
            "backward_no_mean_path": "The path through the mean is missing",
            "backward_variance_factor": "The variance path lacks its factor 2",
            "backward_mean_twice": "The mean's path is divided by N twice",
            "backward_no_epsilon": "The backward pass leaves epsilon out",
            "backward_epsilon_sign": "variance - epsilon in the backward pass",
            "backward_divides_by_features": "Divided by the features, not by the examples",
            "backward_dgamma_raw": "dgamma uses x where x_hat belongs",
            "backward_dbeta_mean": "dbeta is the mean of dy, not its sum",
            "backward_keepdims": "dgamma and dbeta come back as (1, C)",
            "backward_inference_as_training": "After inference dx still corrects for statistics",
            "backward_in_place": "dy is modified in place",
        },
        (CONV,): {
            "conv_first_axis": "Statistics over the first axis only: one mean per pixel",
            "conv_per_image": "Statistics of each image on its own (instance normalisation)",
            "conv_backward_divides_by_batch": "Divided by N where N H W belongs",
        },
    }
)

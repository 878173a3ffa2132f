"""What Keras' convolutions and the gradient tape show, said in NumPy: the same without Keras."""

import numpy as np

from . import mistakes


def conv_maps(images, kernel, bias, strides=1, activation="relu"):
    """As `reference.conv_maps`."""
    images, kernel, bias = (np.asarray(a, np.float64) for a in (images, kernel, bias))
    windows = np.lib.stride_tricks.sliding_window_view(images, kernel.shape[:2], axis=(1, 2))
    windows = windows[:, ::strides, ::strides]  # (N, h, w, C, size, size)
    maps = np.einsum("nijcab,abcf->nijf", windows, kernel) + bias
    return np.maximum(maps, 0.0) if activation == "relu" else maps


def receptive_field(layers):
    """As `reference.receptive_field`."""
    return tuple(mistakes.receptive_field(layers))


def kl_divergence(P, Y):
    """As `reference.kl_divergence`."""
    kl, gradient = mistakes.tsne_gradient(*(np.asarray(a, np.float64) for a in (P, Y)))
    return {"kl": kl, "gradient": gradient}

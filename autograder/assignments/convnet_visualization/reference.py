"""What Keras' convolutions show, and what no layer gives: brute force, a search run to its end."""

import numpy as np

from ...answers.key import also_in, keras_and_tensorflow, remembered
from . import formulas


@also_in(formulas.conv_maps)
def conv_maps(images, kernel, bias, strides=1, activation="relu"):
    """Activation maps (N, h, w, F) of a `keras.layers.Conv2D` with 'valid' padding."""
    keras, _ = keras_and_tensorflow()
    layer = keras.layers.Conv2D(
        np.shape(kernel)[-1], np.shape(kernel)[:2], strides, activation=activation, dtype="float64"
    )
    layer.build(np.shape(images))
    layer.set_weights([np.asarray(w, np.float64) for w in (kernel, bias)])
    return keras.ops.convert_to_numpy(layer(np.asarray(images, np.float64)))


@also_in(formulas.receptive_field)
def receptive_field(layers):
    """(size, jump) of one unit of a Keras stack, seen in where the tape's gradient is not zero.

    Layers take turns between `Conv2D` with positive weights and `AveragePooling2D`, both linear.

    Args:
        layers: list of (kernel_size, stride), first layer first, 'valid' padding.
    """
    keras, tf = keras_and_tensorflow()
    side = 2  # units at the top, so that the jump from one to the next can be seen
    for kernel_size, stride in reversed(layers):
        side = (side - 1) * stride + kernel_size
    tensor = image = tf.ones((1, side, side, 1), tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(image)
        for i, (size, stride) in enumerate(layers):
            options = {"strides": stride, "dtype": "float64"}
            if i % 2:
                layer = keras.layers.AveragePooling2D(size, **options)
            else:
                layer = keras.layers.Conv2D(1, size, kernel_initializer="ones", **options)
            tensor = layer(tensor)
        units = [tensor[0, i, i, 0] for i in (0, 1)]
    first, second = (np.argwhere(tape.gradient(unit, image).numpy()[0, ..., 0]) for unit in units)
    size = int(np.max(first.max(axis=0) - first.min(axis=0) + 1))
    return size, int(second.min() - first.min())


@also_in(formulas.kl_divergence)
def kl_divergence(P, Y):
    """The KL divergence of t-SNE in nats and its gradient, by `tf.GradientTape`.

    Q from a Student t with one degree of freedom (van der Maaten & Hinton 2008, equations 2 and 4).

    Returns:
        dict: kl (), gradient (N, 2), float64.
    """
    _, tf = keras_and_tensorflow()
    P, Y = np.asarray(P, np.float64), tf.constant(np.asarray(Y, np.float64))
    used = P > 0
    with tf.GradientTape() as tape:
        tape.watch(Y)
        squares = tf.reduce_sum((Y[:, None] - Y[None]) ** 2, axis=-1)
        weights = (1 - np.eye(len(P))) / (1 + squares)
        Q = weights / tf.reduce_sum(weights)
        kl = tf.reduce_sum(P[used] * (np.log(P[used]) - tf.math.log(Q[used])))
    return {"kl": kl.numpy(), "gradient": tape.gradient(kl, Y).numpy()}


@remembered
def affinities(x, perplexity):
    """The symmetrised affinities P (N, N) of t-SNE, each row's precision searched to the last bit.

    p_j|i = exp(-beta_i d_ij^2) / sum, with beta_i such that the entropy in bits is
    log2(perplexity); P = (P + P.T) / 2N (van der Maaten & Hinton 2008, section 2).
    """
    x = np.asarray(x, np.float64)
    squares = ((x[:, None] - x[None]) ** 2).sum(axis=-1)
    others = ~np.eye(len(x), dtype=bool)
    P = np.zeros_like(squares)
    P[others] = probabilities(squares[others].reshape(len(x), -1), np.log(perplexity)).ravel()
    return (P + P.T) / (2 * len(x))


def probabilities(squares, entropy):
    """Probabilities exp(-beta d) / sum of the given entropy in nats, for each row; bisection on
    log(beta).
    """
    squares = squares - squares.min(axis=-1, keepdims=True)
    low = np.full((*squares.shape[:-1], 1), -80.0)
    high = -low
    while True:
        middle = (low + high) / 2
        weights = np.exp(-np.exp(middle) * squares)
        p = weights / weights.sum(axis=-1, keepdims=True)
        if not np.any((low < middle) & (middle < high)):  # no number lies between them any more
            return p
        logs = np.log(p, out=np.zeros_like(p), where=p > 0)
        is_wide = -np.sum(p * logs, axis=-1, keepdims=True) > entropy
        low, high = np.where(is_wide, middle, low), np.where(is_wide, high, middle)


def filter_grid(kernel, padding):
    """Filters (h, w, C, F) side by side, each min-max scaled; gaps and empty tiles are 1."""
    h, w, channels, filters = kernel.shape
    cols = int(np.ceil(np.sqrt(filters)))
    rows = -(-filters // cols)
    height, width = (n * (side + padding) - padding for n, side in ((rows, h), (cols, w)))
    image = np.ones((height, width, channels))
    for f in range(filters):
        tile = kernel[..., f].astype(np.float64)
        span = np.ptp(tile)
        top, left = f // cols * (h + padding), f % cols * (w + padding)
        scaled = (tile - tile.min()) / span if span else np.zeros_like(tile)
        image[top : top + h, left : left + w] = scaled
    return image


def top_patches(images, activations, channel, k, field):
    """(patches (k, size, size, C), positions (k, 3)), by looking at every unit of every image."""
    size, jump = field
    best = []
    for n, image_maps in enumerate(activations):
        largest = None
        for row, col in np.ndindex(image_maps.shape[:2]):
            value = image_maps[row, col, channel]
            if largest is None or value > largest[0]:
                largest = (value, row, col)
        best.append((-largest[0], n, *largest[1:]))
    positions = np.array([place for _, *place in sorted(best)[:k]])
    patches = [
        images[n, row * jump : row * jump + size, col * jump : col * jump + size]
        for n, row, col in positions
    ]
    return np.array(patches), positions

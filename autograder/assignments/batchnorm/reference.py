"""What Keras' normalising layers give."""

import numpy as np

from ...answers.key import also_in, keras_and_tensorflow
from . import formulas


@also_in(formulas.rescaled)
def rescaled(x):
    """Min-max scaling by `keras.layers.Rescaling`: x (N, D) -> (N, D); constant features give 0."""
    keras, _ = keras_and_tensorflow()
    x = np.asarray(x, np.float64)
    low, high = x.min(axis=0), x.max(axis=0)
    scale = np.divide(1.0, high - low, out=np.zeros_like(low), where=high > low)
    layer = keras.layers.Rescaling(scale, offset=-low * scale, dtype="float64")
    return keras.ops.convert_to_numpy(layer(x))


@also_in(formulas.normalized)
def normalized(x):
    """`keras.layers.Normalization` after `adapt` on the same data: x (N, D) -> (N, D)."""
    keras, _ = keras_and_tensorflow()
    x = np.asarray(x, np.float64)
    layer = keras.layers.Normalization(axis=-1, dtype="float64")
    layer.adapt(x)
    return keras.ops.convert_to_numpy(layer(x))


@also_in(formulas.batchnorm)
def batchnorm(
    x,
    gamma,
    beta,
    moving_mean,
    moving_variance,
    training,
    momentum=0.99,
    epsilon=1e-3,
    dy=None,
):
    """`keras.layers.BatchNormalization(axis=-1)` with these weights, called once.

    Args:
        x: inputs (..., C); the vectors (C,).
        dy: gradient arriving at y, or None for the forward pass alone.

    Returns:
        dict of float64 arrays: y, moving_mean, moving_variance, and with dy also dx, dgamma, dbeta
        from `tf.GradientTape`.
    """
    keras, tf = keras_and_tensorflow()
    layer = keras.layers.BatchNormalization(momentum=momentum, epsilon=epsilon, dtype="float64")
    layer.build(x.shape)
    vectors = (gamma, beta, moving_mean, moving_variance)
    layer.set_weights([np.asarray(v, np.float64) for v in vectors])
    inputs = tf.constant(np.asarray(x, np.float64))
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = layer(inputs, training=training)
    answer = {"y": y, "moving_mean": layer.moving_mean, "moving_variance": layer.moving_variance}
    if dy is not None:
        sources = [inputs, layer.gamma.value, layer.beta.value]
        upstream = tf.constant(np.asarray(dy, np.float64))
        gradients = tape.gradient(y, sources, output_gradients=upstream)
        answer |= dict(zip(("dx", "dgamma", "dbeta"), gradients))
    return {name: keras.ops.convert_to_numpy(value) for name, value in answer.items()}

"""What Keras' initializers draw, and what its dense layers compute and differentiate."""

import numpy as np

from ...answers.key import also_in, keras_and_tensorflow
from . import formulas

SEED = 20  # of Keras' own draws; limits and fans do not depend on it


@also_in(formulas.fans)
def fans(shape):
    """The (fan_in, fan_out) that `keras.initializers.VarianceScaling` uses, seen in its draws.

    With one seed two uniform initializers draw the same numbers and only their limits differ, so
    the ratio of the draws is sqrt(3 / fan), whatever the numbers are.
    """
    keras, _ = keras_and_tensorflow()
    unit = keras.initializers.RandomUniform(-1.0, 1.0, seed=SEED)(shape, dtype="float64")
    fan_in_and_out = []
    for mode in ("fan_in", "fan_out"):
        scaling = keras.initializers.VarianceScaling(1.0, mode, "uniform", seed=SEED)
        fan_in_and_out.append(
            round(float(3.0 / np.max(_ratio(keras, scaling(shape, "float64"), unit)) ** 2))
        )
    return tuple(fan_in_and_out)


@also_in(formulas.glorot_limit)
def glorot_limit(shape):
    """The limit of `keras.initializers.GlorotUniform` for a shape, seen in its draws."""
    keras, _ = keras_and_tensorflow()
    unit = keras.initializers.RandomUniform(-1.0, 1.0, seed=SEED)(shape, dtype="float64")
    drawn = keras.initializers.GlorotUniform(seed=SEED)(shape, "float64")
    return float(np.median(_ratio(keras, drawn, unit)))


@also_in(formulas.glorot_stddev)
def glorot_stddev(shape):
    """The stddev, before truncation at two of them, that `keras.initializers.GlorotNormal` draws
    with.
    """
    keras, _ = keras_and_tensorflow()
    unit = keras.initializers.TruncatedNormal(0.0, 1.0, seed=SEED)(shape, dtype="float64")
    drawn = keras.initializers.GlorotNormal(seed=SEED)(shape, "float64")
    return float(np.median(_ratio(keras, drawn, unit)))


def _ratio(keras, a, b):
    return keras.ops.convert_to_numpy(a) / keras.ops.convert_to_numpy(b)


@also_in(formulas.two_layers)
def two_layers(x, y, W1, b1, W2, b2):
    """`Dense(U, "tanh")`, `Dense(K)` and `MeanSquaredError` under `tf.GradientTape`.

    Args:
        x, y: examples (N, D) and targets (N, K).
        W1, b1, W2, b2: kernels and biases of the two layers.

    Returns:
        dict of float64 arrays: loss (), dW1, db1, dW2, db2.
    """
    keras, tf = keras_and_tensorflow()
    hidden = _dense(keras, W1, "tanh", bias=b1)
    output = _dense(keras, W2, None, bias=b2)
    loss_of = keras.losses.MeanSquaredError(dtype="float64")
    with tf.GradientTape() as tape:
        prediction = output(hidden(np.asarray(x, np.float64)))
        loss = loss_of(np.asarray(y, np.float64), prediction)
    sources = [w.value for layer in (hidden, output) for w in layer.trainable_variables]
    values = [loss, *tape.gradient(loss, sources)]
    names = ("loss", "dW1", "db1", "dW2", "db2")
    return {n: keras.ops.convert_to_numpy(v) for n, v in zip(names, values)}


@also_in(formulas.tanh_stack)
def tanh_stack(x, kernels, dy=None):
    """A stack of `Dense(tanh, use_bias=False)`.

    Args:
        x: inputs (N, D0). kernels: list of L arrays (D_l, D_{l+1}).
        dy: gradient of the scalar S = sum(a_L * dy) at the last activations, or None.

    Returns:
        (L+1,) standard deviations of a_0 … a_L, or with dy those of dS/da_0 … dS/da_L.
    """
    keras, tf = keras_and_tensorflow()
    layers = [_dense(keras, kernel, "tanh") for kernel in kernels]
    activations = [tf.constant(np.asarray(x, np.float64))]
    with tf.GradientTape() as tape:
        tape.watch(activations[0])
        for layer in layers:
            activations.append(layer(activations[-1]))
        if dy is not None:
            signal = tf.reduce_sum(activations[-1] * np.asarray(dy, np.float64))
    if dy is not None:
        activations = tape.gradient(signal, activations)
    return np.array([np.std(keras.ops.convert_to_numpy(a)) for a in activations])


@also_in(formulas.trained_twins)
def trained_twins(starts, inputs, steps=30):
    """The kernel (D, U) of a `Dense(tanh)` whose units began as constants, trained by Keras' SGD.

    Args:
        starts: (U,) the constant that each unit's weights and output weights begin with; units
            with the same constant stay twins.
        inputs: (N, D) examples; the target is the sine of their sum.
    """
    keras, tf = keras_and_tensorflow()
    starts, inputs = np.asarray(starts, np.float64), np.asarray(inputs, np.float64)
    hidden = _dense(keras, np.tile(starts, (inputs.shape[1], 1)), "tanh", bias=0 * starts)
    output = _dense(keras, starts[:, None], None, bias=np.zeros(1))
    model = keras.Sequential([hidden, output])
    target = np.sin(inputs.sum(axis=1, keepdims=True))
    optimizer = keras.optimizers.SGD(0.1)
    variables = model.trainable_variables
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(inputs) - target) ** 2)
        gradients = tape.gradient(loss, [v.value for v in variables])
        optimizer.apply(gradients, variables)
    return keras.ops.convert_to_numpy(hidden.kernel)


def _dense(keras, kernel, activation, bias=None):
    """A built `Dense` in float64 with these weights."""
    layer = keras.layers.Dense(
        np.shape(kernel)[1], activation, use_bias=bias is not None, dtype="float64"
    )
    layer.build((None, np.shape(kernel)[0]))
    weights = [kernel] if bias is None else [kernel, bias]
    layer.set_weights([np.asarray(w, np.float64) for w in weights])
    return layer

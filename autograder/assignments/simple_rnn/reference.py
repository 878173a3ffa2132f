"""What Keras' recurrent layer, its gradient, TensorFlow's clipping and Keras' loss give."""

import numpy as np

from ...answers.key import also_in, keras_and_tensorflow
from . import formulas


@also_in(formulas.cell)
def cell(x_t, h_prev, kernel, recurrent_kernel, bias, dh=None):
    """One step of `keras.layers.SimpleRNNCell`.

    Args:
        x_t, h_prev: input (N, D) and state before (N, U).
        kernel, recurrent_kernel, bias: (D, U), (U, U), (U,).
        dh: gradient arriving at the new state, or None.

    Returns:
        dict of float64 arrays: h_t, and with dh also dx_t, dh_prev, dkernel, drecurrent_kernel,
        dbias from `tf.GradientTape`.
    """
    keras, _ = keras_and_tensorflow()
    layer = keras.layers.SimpleRNNCell(np.shape(bias)[0], dtype="float64")
    _fill(layer, np.shape(x_t), kernel, recurrent_kernel, bias)
    names = ("dx_t", "dh_prev", "dkernel", "drecurrent_kernel", "dbias")

    def step(inputs, state):
        return layer(inputs, [state])[0]

    h_t, gradients = _differentiated(step, layer, x_t, h_prev, dh)
    return {"h_t": h_t, **dict(zip(names, gradients))}


@also_in(formulas.rnn)
def rnn(x, h0, kernel, recurrent_kernel, bias, mask=None, dstates=None):
    """`keras.layers.SimpleRNN(return_sequences=True)` called once.

    Args:
        x, h0: inputs (N, T, D) and first state (N, U).
        kernel, recurrent_kernel, bias: (D, U), (U, U), (U,).
        mask: (N, T) bool, or None.
        dstates: gradient arriving at the states (N, T, U), or None.

    Returns:
        dict of float64 arrays: states (N, T, U), and with dstates also dx, dh0, dkernel,
        drecurrent_kernel, dbias from `tf.GradientTape`.
    """
    keras, _ = keras_and_tensorflow()
    layer = keras.layers.SimpleRNN(np.shape(bias)[0], return_sequences=True, dtype="float64")
    _fill(layer, np.shape(x), kernel, recurrent_kernel, bias)
    names = ("dx", "dh0", "dkernel", "drecurrent_kernel", "dbias")

    def sequence(inputs, state):
        return layer(inputs, initial_state=[state], mask=None if mask is None else np.array(mask))

    states, gradients = _differentiated(sequence, layer, x, h0, dstates)
    return {"states": states, **dict(zip(names, gradients))}


@also_in(formulas.clipped)
def clipped(gradients, max_norm):
    """`tf.clip_by_global_norm`: (list of float64 arrays, global norm before clipping)."""
    _, tf = keras_and_tensorflow()
    tensors = [tf.constant(_f64(g)) for g in gradients]
    scaled, norm = tf.clip_by_global_norm(tensors, tf.constant(max_norm, tf.float64))
    return [g.numpy() for g in scaled], float(norm)


@also_in(formulas.cross_entropy)
def cross_entropy(logits, labels):
    """`keras.losses.SparseCategoricalCrossentropy(from_logits=True)` and its gradient.

    Returns:
        dict: loss (), dlogits (N, K), float64.
    """
    keras, tf = keras_and_tensorflow()
    logits = tf.constant(_f64(logits))
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = loss_of(np.asarray(labels), logits)
    return {"loss": loss.numpy(), "dlogits": tape.gradient(loss, logits).numpy()}


def _differentiated(call, layer, inputs, state, upstream):
    """The output of `call(inputs, state)`, and the tape's gradients of inputs, state, kernel,
    recurrent_kernel and bias where an upstream gradient is given.
    """
    _, tf = keras_and_tensorflow()
    sources = [tf.constant(_f64(inputs)), tf.constant(_f64(state))]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        output = call(*sources)
    if upstream is None:
        return output.numpy(), []
    sources += [variable.value for variable in layer.trainable_variables]
    gradients = tape.gradient(output, sources, output_gradients=tf.constant(_f64(upstream)))
    return output.numpy(), [tf.convert_to_tensor(gradient).numpy() for gradient in gradients]


def _fill(layer, input_shape, *weights):
    layer.build(input_shape)
    layer.set_weights([_f64(w) for w in weights])


def _f64(array):
    return np.asarray(array, np.float64)

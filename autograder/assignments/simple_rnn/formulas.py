"""What Keras' recurrent layer, its gradient, clipping and loss give, said in NumPy: the same
without Keras.
"""

import numpy as np

from .mistakes import (
    clip_by_global_norm,
    rnn_backward,
    rnn_forward,
    rnn_step,
    rnn_step_backward,
    softmax_cross_entropy,
)


def cell(x_t, h_prev, kernel, recurrent_kernel, bias, dh=None):
    """As `reference.cell`."""
    arrays = (x_t, h_prev, kernel, recurrent_kernel, bias)
    x_t, h_prev, kernel, recurrent_kernel, bias = map(_f64, arrays)
    h_t = rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias)
    if dh is None:
        return {"h_t": h_t}
    gradients = rnn_step_backward(_f64(dh), x_t, h_prev, h_t, kernel, recurrent_kernel)
    names = ("dx_t", "dh_prev", "dkernel", "drecurrent_kernel", "dbias")
    return {"h_t": h_t, **dict(zip(names, gradients))}


def rnn(x, h0, kernel, recurrent_kernel, bias, mask=None, dstates=None):
    """As `reference.rnn`."""
    arrays = map(_f64, (x, h0, kernel, recurrent_kernel, bias))
    states, cache = rnn_forward(*arrays, mask)
    if dstates is None:
        return {"states": states}
    gradients = rnn_backward(_f64(dstates), cache)
    names = ("dx", "dh0", "dkernel", "drecurrent_kernel", "dbias")
    return {"states": states, **dict(zip(names, gradients))}


def clipped(gradients, max_norm):
    """As `reference.clipped`."""
    scaled, norm = clip_by_global_norm([_f64(g) for g in gradients], max_norm)
    return scaled, float(norm)


def cross_entropy(logits, labels):
    """As `reference.cross_entropy`."""
    loss, dlogits = softmax_cross_entropy(_f64(logits), np.asarray(labels))
    return {"loss": loss, "dlogits": dlogits}


def _f64(array):
    return np.asarray(array, np.float64)

"""Computes in float64 and casts back; a step touches only the rows that are not masked."""

from collections import namedtuple

import numpy as np

Cache = namedtuple("Cache", "x path mask kernel recurrent_kernel dtype")


def wide(*arrays):
    return [np.asarray(array, dtype=np.float64) for array in arrays]


def narrow(dtype, *arrays):
    return tuple(array.astype(dtype) for array in arrays)


def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    x, h, w, r, b = wide(x_t, h_prev, kernel, recurrent_kernel, bias)
    a = x @ w + h @ r + b
    e = np.expm1(-2 * np.abs(a))
    return np.copysign(e / (2 + e), a).astype(x_t.dtype)


def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    dtype = x.dtype
    x, h0, w, r, b = wide(x, h0, kernel, recurrent_kernel, bias)
    n, steps, _ = x.shape
    mask = np.full((n, steps), True) if mask is None else mask.copy()
    path = np.empty((steps + 1, n, len(b)))
    path[0] = h0
    for t in range(steps):
        rows = np.flatnonzero(mask[:, t])
        path[t + 1] = path[t]
        path[t + 1, rows] = np.tanh(x[rows, t] @ w + path[t, rows] @ r + b)
    states = np.moveaxis(path[1:], 0, 1).astype(dtype)
    return states, Cache(x, path, mask, w, r, dtype)


def backward(dh, x, before, after, w, r):
    da = dh * (1 - after**2)
    return da @ w.T, da @ r.T, x.T @ da, before.T @ da, da.sum(0)


def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    return narrow(dh.dtype, *backward(*wide(dh, x_t, h_prev, h_t, kernel, recurrent_kernel)))


def rnn_backward(dstates, cache):
    x, path, mask, w, r, dtype = cache
    dx, dw, dr, db = (np.zeros(shape) for shape in (x.shape, w.shape, r.shape, r.shape[1:]))
    dh = np.zeros(path[0].shape)
    for t in range(x.shape[1] - 1, -1, -1):
        dh += dstates[:, t]
        rows = np.flatnonzero(mask[:, t])
        if not rows.size:
            continue
        step = backward(dh[rows], x[rows, t], path[t, rows], path[t + 1, rows], w, r)
        dx[rows, t], dh[rows] = step[:2]
        dw, dr, db = dw + step[2], dr + step[3], db + step[4]
    return narrow(dtype, dx, dh, dw, dr, db)


def clip_by_global_norm(gradients, max_norm):
    norm = sum(np.vdot(g, g) for g in wide(*gradients)) ** 0.5
    if norm <= max_norm:
        return list(gradients), norm
    return [(g.astype(np.float64) * max_norm / norm).astype(g.dtype) for g in gradients], norm


def softmax_cross_entropy(logits, labels):
    [z] = wide(logits)
    log_total = np.logaddexp.reduce(z, axis=1, keepdims=True)
    loss = np.average(log_total[:, 0] - z[range(len(z)), labels])
    dlogits = np.exp(z - log_total)
    np.subtract.at(dlogits, (np.arange(len(z)), labels), 1.0)
    return logits.dtype.type(loss), (dlogits / len(z)).astype(logits.dtype)

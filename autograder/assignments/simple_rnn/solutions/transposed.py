"""Time first, then features, examples last; the input, the state and a 1 make one column."""

import numpy as np


def column(x_t, h_prev):
    """(D + U + 1, N) from (D, N) and (U, N)."""
    return np.vstack([x_t, h_prev, np.ones_like(x_t[:1])])


def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    weights = np.hstack([kernel.T, recurrent_kernel.T, bias[:, None]])
    return np.tanh(weights @ column(x_t.T, h_prev.T)).T


def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    weights = np.hstack([kernel.T, recurrent_kernel.T, bias[:, None]])
    inputs = x.transpose(1, 2, 0)  # (T, D, N)
    asleep = None if mask is None else np.logical_not(mask).T
    columns = []
    states = np.empty((len(inputs), *h0.T.shape), dtype=h0.dtype)
    h = h0.T
    for t, x_t in enumerate(inputs):
        columns.append(column(x_t, h))
        np.tanh(weights @ columns[t], out=states[t])
        if asleep is not None:
            states[t][:, asleep[t]] = h[:, asleep[t]]
        h = states[t]
    cache = dict(columns=columns, states=states, weights=weights, asleep=asleep, d=x.shape[2])
    return states.transpose(2, 0, 1), cache


def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    d = kernel.shape[0]
    da = ((1 - h_t**2) * dh).T
    dcolumn = np.concatenate([kernel, recurrent_kernel]) @ da
    dweights = column(x_t.T, h_prev.T) @ da.T  # (D + U + 1, U)
    return dcolumn[:d].T, dcolumn[d:].T, dweights[:d], dweights[d:-1], dweights[-1]


def rnn_backward(dstates, cache):
    columns, states, weights, asleep, d = cache.values()
    incoming = dstates.transpose(1, 2, 0)
    dweights = np.zeros_like(weights)
    dinputs = np.empty((len(columns), d, states.shape[2]), dtype=states.dtype)
    dh = np.zeros_like(states[0])
    for t in range(len(columns))[::-1]:
        dh = dh + incoming[t]
        da = dh * (1 - states[t] ** 2)
        if asleep is not None:
            da[:, asleep[t]] = 0
        dweights += da @ columns[t].T
        dcolumn = weights.T @ da
        dinputs[t] = dcolumn[:d]
        dh = dcolumn[d:-1] if asleep is None else dcolumn[d:-1] + dh * asleep[t]
    dkernel, drecurrent_kernel, dbias = np.split(dweights.T, [d, len(weights) + d])
    return dinputs.transpose(2, 0, 1), dh.T, dkernel, drecurrent_kernel, dbias[0]


def clip_by_global_norm(gradients, max_norm):
    vector = np.concatenate([gradient.ravel() for gradient in gradients])
    norm = np.linalg.norm(vector)
    if norm > max_norm:
        vector = vector * (max_norm / norm)
    ends = np.cumsum([gradient.size for gradient in gradients])
    pieces = np.split(vector, ends[:-1])
    return [piece.reshape(g.shape) for piece, g in zip(pieces, gradients)], norm


def softmax_cross_entropy(logits, labels):
    z = logits.T  # (K, N): now classes go down, and broadcasting needs no extra axis
    classes, n = z.shape
    top = z.max(0)
    log_total = np.log(np.exp(z - top).sum(0)) + top
    flat = np.asarray(labels, dtype=np.intp) * n + np.arange(n)
    loss = np.sum(log_total - z.ravel()[flat]) / n
    p = np.exp(z - top)
    p /= p.sum(0)
    target = np.zeros(classes * n, dtype=z.dtype)
    target[flat] = 1
    return loss, ((p - target.reshape(classes, n)) / n).T

"""Recursion in place of loops: a step calls the next one, and the cache is a linked list."""

import math

import numpy as np


def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    return np.tanh(np.dot(x_t, kernel) + np.dot(h_prev, recurrent_kernel) + bias)


def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    def unfold(past, h, t):
        """The states from step t on, and the list of all steps, the newest outermost."""
        if t == x.shape[1]:
            return [], past
        new = rnn_step(x[:, t], h, kernel, recurrent_kernel, bias)
        live = True if mask is None else mask[:, [t]]
        after = np.where(live, new, h)
        later, past = unfold((past, x[:, t], h, new, live), after, t + 1)
        return [after, *later], past

    states, past = unfold(None, h0, 0)
    return [np.stack(states, axis=1), (past, kernel, recurrent_kernel)]


def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    da = dh - dh * np.square(h_t)
    dx_t, dh_prev = np.dot(da, kernel.T), np.dot(da, recurrent_kernel.T)
    return [dx_t, dh_prev, np.dot(x_t.T, da), np.dot(h_prev.T, da), np.sum(da, axis=0)]


def rnn_backward(dstates, cache):
    past, kernel, recurrent_kernel = cache

    def fold(past, dh, t):
        """dx of the steps up to t, dh0, and the sums of the weights' gradients up to t."""
        if past is None:
            return [], dh, (0.0, 0.0, 0.0)
        earlier, x_t, h_prev, h_t, live = past
        dh = dh + dstates[:, t]
        dx_t, dh_prev, *here = rnn_step_backward(
            np.where(live, dh, 0.0), x_t, h_prev, h_t, kernel, recurrent_kernel
        )
        dh_prev = np.where(live, dh_prev, dh)
        dx, dh0, before = fold(earlier, dh_prev, t - 1)
        return [*dx, dx_t], dh0, [a + b for a, b in zip(before, here)]

    dx, dh0, weights = fold(past, np.zeros_like(dstates[:, 0]), dstates.shape[1] - 1)
    return [np.stack(dx, axis=1), dh0, *weights]


def clip_by_global_norm(gradients, max_norm):
    def norm_of(arrays):
        if not arrays:
            return 0.0
        first, *others = arrays
        return math.hypot(float(np.linalg.norm(first)), norm_of(others))

    def shrink(arrays, factor):
        return [arrays[0] * factor, *shrink(arrays[1:], factor)] if arrays else []

    norm = norm_of(gradients)
    return [shrink(gradients, min(1.0, max_norm / norm) if norm > 0 else 1.0), norm]


def softmax_cross_entropy(logits, labels):
    def log_sum_exp(z):
        """Halve the classes until one is left."""
        half = z.shape[1] // 2
        if half == 0:
            return z[:, 0]
        return np.logaddexp(log_sum_exp(z[:, :half]), log_sum_exp(z[:, half:]))

    rows = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - log_sum_exp(shifted)[:, None]
    dlogits = np.exp(log_p)
    dlogits[rows, labels] -= 1
    return [float(-np.mean(log_p[rows, labels])), dlogits / len(rows)]

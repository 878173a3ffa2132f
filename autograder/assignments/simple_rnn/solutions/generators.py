"""One sequence after the other, its masked steps cut out; generators walk there and back."""

from dataclasses import make_dataclass

import numpy as np

# Of one sequence: the inputs of its unmasked steps, the states before and after those, where those
# steps are, and for every step how many unmasked ones there have been.
Walk = make_dataclass("Walk", ["inputs", "path", "places", "count"])


def forwards(inputs, h, kernel, recurrent_kernel, bias):
    yield h
    for x in inputs:
        h = np.tanh(x @ kernel + h @ recurrent_kernel + bias)
        yield h


def backwards(dpath, path, recurrent_kernel):
    """The gradients before tanh, from the last step to the first, and then the one of h0."""
    dh = np.zeros_like(path[0])
    for d, h in zip(dpath[:0:-1], path[:0:-1]):
        da = (d + dh) * (1 - h * h)
        yield da
        dh = recurrent_kernel @ da
    yield dpath[0] + dh


def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    walks = (forwards([x], h, kernel, recurrent_kernel, bias) for x, h in zip(x_t, h_prev))
    return np.array([after for _, after in walks])


def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    def walk(sequence, h, live):
        inputs = sequence[live]
        path = np.stack([*forwards(inputs, h, kernel, recurrent_kernel, bias)])
        return Walk(inputs, path, np.flatnonzero(live), np.cumsum(live))

    live = np.ones(x.shape[:2], dtype=bool) if mask is None else mask
    walks = [walk(*of_one) for of_one in zip(x, h0, live)]
    return np.stack([w.path[w.count] for w in walks]), (walks, kernel, recurrent_kernel)


def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    dx_t, dh_prev = np.empty_like(x_t), np.empty_like(h_prev)
    dkernel, drecurrent_kernel = np.zeros_like(kernel), np.zeros_like(recurrent_kernel)
    dbias = np.zeros_like(dh[0])
    for n, (d, before, after) in enumerate(zip(dh, h_prev, h_t)):
        da, dh_prev[n] = backwards([0, d], [before, after], recurrent_kernel)
        dx_t[n] = kernel @ da
        dkernel += np.outer(x_t[n], da)
        drecurrent_kernel += np.outer(before, da)
        dbias += da
    return dx_t, dh_prev, dkernel, drecurrent_kernel, dbias


def rnn_backward(dstates, cache):
    walks, kernel, recurrent_kernel = cache
    n, steps, units = dstates.shape
    dx = np.zeros((n, steps, len(kernel)), dtype=kernel.dtype)
    dh0 = np.zeros((n, units), dtype=kernel.dtype)
    dkernel, drecurrent_kernel = np.zeros_like(kernel), np.zeros_like(recurrent_kernel)
    dbias = np.zeros_like(kernel[0])
    for i, w in enumerate(walks):
        dpath = np.zeros_like(w.path)
        np.add.at(dpath, w.count, dstates[i])  # a masked step repeats the state before it
        *das, dh0[i] = backwards(dpath, w.path, recurrent_kernel)
        da = np.reshape(das[::-1], (-1, units))
        dx[i, w.places] = da @ kernel.T
        dkernel += w.inputs.T @ da
        drecurrent_kernel += w.path[:-1].T @ da
        dbias += da.sum(0)
    return dx, dh0, dkernel, drecurrent_kernel, dbias


def clip_by_global_norm(gradients, max_norm):
    squares = (np.float64(value) ** 2 for gradient in gradients for value in gradient.ravel())
    norm = np.sqrt(sum(squares))
    factor = np.reciprocal(np.fmax(norm / max_norm, 1.0))
    return [factor * gradient for gradient in gradients], norm


def softmax_cross_entropy(logits, labels):
    def examples():
        for z, label in zip(logits, labels):
            margins = z - z[label]
            loss = np.logaddexp.reduce(margins)  # minus the log of the label's probability
            slope = np.exp(margins - loss)
            slope[label] -= 1
            yield loss, slope

    losses, slopes = zip(*examples())
    return np.mean(losses), np.stack(slopes) / len(losses)

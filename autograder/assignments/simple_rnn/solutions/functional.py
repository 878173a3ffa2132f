"""Scans and folds of small functions; the cache is a closure that carries gradients backwards."""

from functools import partial, reduce
from itertools import accumulate, repeat
from math import fsum, hypot

import numpy as np


def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    return np.tanh(sum(map(np.matmul, (x_t, h_prev), (kernel, recurrent_kernel)), start=bias))


def time_first(array):
    return np.swapaxes(array, 0, 1)


def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    def computed(h_prev, x_t):
        h_t = rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias)

        def pull(dh):
            return rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel)

        return h_t, pull

    def select(live, h_prev, result):
        h_t, pull_all = result
        choose = partial(np.where, np.expand_dims(live, -1))

        def pull(dh):
            dx_t, dh_prev, *weights = pull_all(choose(dh, 0))
            return dx_t, choose(dh_prev, dh), *weights

        return choose(h_t, h_prev), pull

    def step(carried, inputs):
        x_t, live = inputs
        result = computed(carried[0], x_t)
        return result if live is None else select(live, carried[0], result)

    inputs = zip(time_first(x), repeat(None) if mask is None else mask.T)
    _, *scanned = accumulate(inputs, step, initial=(h0, None))
    states, pulls = zip(*scanned)

    def pull_back(dstates):
        def back(carried, step):
            pull, dstate = step
            return pull(carried[1] + dstate)

        backwards = zip(pulls[::-1], time_first(dstates)[::-1])
        _, *steps = accumulate(backwards, back, initial=(None, np.zeros_like(h0)))
        dx, dh, *weights = zip(*steps)
        return time_first(np.array(dx[::-1])), dh[-1], *map(partial(reduce, np.add), weights)

    return time_first(np.array(states)), pull_back


def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    da = np.multiply(dh, 1 - h_t**2)
    to_inputs = map(np.matmul, repeat(da), (kernel.T, recurrent_kernel.T))
    to_weights = map(np.matmul, (x_t.T, h_prev.T), repeat(da))
    return *to_inputs, *to_weights, np.add.reduce(da)


def rnn_backward(dstates, cache):
    return cache(dstates)


def clip_by_global_norm(gradients, max_norm):
    norm = reduce(hypot, map(np.linalg.norm, gradients), 0.0)
    return tuple(map(lambda g: g * max_norm / max(norm, max_norm), gradients)), norm


def softmax_cross_entropy(logits, labels):
    def example(z, label):
        shifted = z - max(z)
        weights = np.exp(shifted)
        total = sum(weights)
        target = np.arange(len(z)) == label
        return np.log(total) - shifted[label], weights / total - target

    losses, slopes = zip(*map(example, logits, labels))
    return fsum(losses) / len(losses), np.array(slopes) / len(slopes)

"""A cell, a step and a layer are objects; the cache is the layer, and a mask blends two states."""

import numpy as np


class Weights:
    """One array for each of kernel, recurrent kernel and bias: the parameters or gradients."""

    def __init__(self, kernel, recurrent_kernel, bias):
        self.kernel, self.recurrent_kernel, self.bias = kernel, recurrent_kernel, bias

    def __add__(self, other):
        return Weights(*(a + b for a, b in zip(self, other)))

    def __iter__(self):
        return iter((self.kernel, self.recurrent_kernel, self.bias))


class Cell(Weights):
    """What happens at every step, the same each time."""

    def __call__(self, x, h):
        return np.tanh(x @ self.kernel + h @ self.recurrent_kernel + self.bias)

    def pull_back(self, dh, x, before, after):
        d = dh * (1 - after) * (1 + after)
        weights = Weights(x.T @ d, before.T @ d, d.sum(axis=0))
        return d @ self.kernel.T, d @ self.recurrent_kernel.T, weights


class Step:
    """One step of the unfolded network, with what went in and what came out."""

    def __init__(self, cell, x, before, live):
        self.cell, self.x, self.before, self.live = cell, x, before, live
        self.computed = cell(x, before)

    @property
    def after(self):
        return self.live * self.computed + (1 - self.live) * self.before

    def pull_back(self, dh):
        dx, dh_prev, weights = self.cell.pull_back(
            self.live * dh, self.x, self.before, self.computed
        )
        return dx, dh_prev + (1 - self.live) * dh, weights


class Layer:
    """The cell, unfolded over a minibatch of sequences."""

    def __init__(self, cell, x, h0, mask):
        live = np.ones(x.shape[:2], x.dtype) if mask is None else mask.astype(x.dtype)
        self.steps, h = [], h0
        for t in range(x.shape[1]):
            self.steps.append(Step(cell, x[:, t], h, live[:, t : t + 1]))
            h = self.steps[-1].after

    @property
    def states(self):
        return np.stack([step.after for step in self.steps], axis=1)

    def pull_back(self, dstates):
        dx, dh, total = [], 0.0, Weights(0.0, 0.0, 0.0)
        for t in reversed(range(len(self.steps))):
            dx_t, dh, weights = self.steps[t].pull_back(dh + dstates[:, t])
            dx.insert(0, dx_t)
            total = total + weights
        return np.stack(dx, axis=1), dh, *total


class Softmax:
    def __init__(self, logits):
        shifted = logits - np.amax(logits, axis=1, keepdims=True)
        self.log = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))

    def surprise(self, labels):
        return -np.take_along_axis(self.log, labels[:, np.newaxis], axis=1).mean()

    def slope(self, labels):
        classes = np.arange(self.log.shape[1])
        return (np.exp(self.log) - (labels[:, np.newaxis] == classes)) / len(labels)


def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    return Cell(kernel, recurrent_kernel, bias)(x_t, h_prev)


def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    layer = Layer(Cell(kernel, recurrent_kernel, bias), x, h0, mask)
    return layer.states, layer


def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    dx, dh_prev, weights = Cell(kernel, recurrent_kernel, None).pull_back(dh, x_t, h_prev, h_t)
    return dx, dh_prev, *weights


def rnn_backward(dstates, cache):
    return cache.pull_back(dstates)


def clip_by_global_norm(gradients, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    return (gradients if norm <= max_norm else [g / norm * max_norm for g in gradients]), norm


def softmax_cross_entropy(logits, labels):
    softmax = Softmax(logits)
    return softmax.surprise(labels), softmax.slope(labels)

"""Every gradient comes from a small graph of operations, walked from outputs to leaves."""

import numpy as np


class Node:
    """A value, and for each parent the function that turns its gradient into the parent's."""

    def __init__(self, value, *edges):
        self.value, self.edges = value, edges
        self.depth = 1 + max((parent.depth for parent, _ in edges), default=0)

    def __matmul__(a, b):
        return Node(
            a.value @ b.value,
            (a, lambda g: g @ np.transpose(b.value)),
            (b, lambda g: np.transpose(a.value) @ g),
        )

    def __add__(a, b):
        return Node(a.value + b.value, (a, fitting(a)), (b, fitting(b)))

    def times(self, constant):
        return Node(self.value * constant, (self, lambda g: g * constant))

    def tanh(self, value=None):
        y = np.tanh(self.value) if value is None else value
        return Node(y, (self, lambda g: g * (1 - y * y)))

    def exp(self):
        y = np.exp(self.value)
        return Node(y, (self, lambda g: g * y))

    def log(self):
        return Node(np.log(self.value), (self, lambda g: g / self.value))

    def sum(self, axis=None):
        total = self.value.sum(axis=axis, keepdims=True)
        return Node(total, (self, lambda g: np.broadcast_to(g, self.value.shape)))


def fitting(node):
    """Sum a gradient over the examples that share the value, as with a bias."""
    return lambda g: g if np.ndim(node.value) == np.ndim(g) else g.sum(axis=0)


def choose(live, a, b):
    zero = np.zeros_like(a.value)
    return Node(
        np.where(live, a.value, b.value),
        (a, lambda g: np.where(live, g, zero)),
        (b, lambda g: np.where(live, zero, g)),
    )


def backpropagate(outputs, seeds, leaves):
    """The gradients of the leaves, given those that arrive at the outputs."""
    found, waiting = {}, list(outputs)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = True
            waiting.extend(parent for parent, _ in node.edges)
    gradient = dict(zip(outputs, seeds))
    for node in sorted(found, key=lambda node: node.depth, reverse=True):
        for parent, pull in node.edges if node in gradient else ():
            g = pull(gradient[node])
            gradient[parent] = gradient[parent] + g if parent in gradient else g
    return [gradient[leaf] for leaf in leaves]


def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    x, h, w, r, b = map(Node, (x_t, h_prev, kernel, recurrent_kernel, bias))
    return (x @ w + h @ r + b).tanh().value


def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    w, r, b, start = map(Node, (kernel, recurrent_kernel, bias, h0))
    inputs = [Node(x[:, t]) for t in range(x.shape[1])]
    states, h = [], start
    for t, x_t in enumerate(inputs):
        new = (x_t @ w + h @ r + b).tanh()
        h = new if mask is None else choose(mask[:, t, np.newaxis], new, h)
        states.append(h)
    return np.stack([h.value for h in states], axis=1), (states, inputs, [start, w, r, b])


def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    leaves = x, h, w, r, b = [*map(Node, (x_t, h_prev, kernel, recurrent_kernel, h_t[0]))]
    after = (x @ w + h @ r + b).tanh(value=h_t)  # only the bias' shape counts
    return backpropagate([after], [dh], leaves)


def rnn_backward(dstates, cache):
    states, inputs, others = cache
    seeds = [dstates[:, t] for t in range(len(states))]
    found = backpropagate(states, seeds, inputs + others)
    return np.stack(found[: len(inputs)], axis=1), *found[len(inputs) :]


def clip_by_global_norm(gradients, max_norm):
    norm = sum([Node(g).times(g).sum().value.item() for g in gradients]) ** 0.5
    factor = max_norm / norm if norm > max_norm else 1.0
    return tuple(Node(g).times(factor).value for g in gradients), norm


def softmax_cross_entropy(logits, labels):
    z = Node(logits - logits.max(axis=1, keepdims=True))
    target = np.array(labels[:, None] == np.arange(logits.shape[1]), dtype=logits.dtype)
    losses = z.exp().sum(axis=1).log() + z.times(-target).sum(axis=1)
    loss = losses.sum().times(1 / len(labels))
    return loss.value.item(), *backpropagate([loss], [np.ones_like(loss.value)], [z])

"""A small computational graph that differentiates itself, node by node, back along a tape."""

from collections import deque
from functools import reduce

import numpy as np


class Node:
    def __init__(self, value, tape, parents=()):
        self.value, self.tape, self.parents, self.gradient = value, tape, parents, 0.0
        tape.append(self)

    def then(self, value, *parents):
        return Node(value, self.tape, parents)

    def __matmul__(self, other):
        a, b = self.value, other.value
        return self.then(a @ b, (self, lambda g: g @ b.T), (other, lambda g: a.T @ g))

    def __add__(self, bias):
        value = self.value + bias.value
        return self.then(value, (self, lambda g: g), (bias, lambda g: g.sum(axis=0)))

    def __sub__(self, constant):
        return self.then(self.value - constant, (self, lambda g: g))

    def __mul__(self, constant):
        return self.then(self.value * constant, (self, lambda g: g * constant))

    def square(self):
        return self.then(self.value**2, (self, lambda g: 2 * self.value * g))

    def tanh(self):
        out = np.tanh(self.value)
        return self.then(out, (self, lambda g: g * (1 - out**2)))

    def sum(self):
        return self.then(self.value.sum(), (self, lambda g: np.broadcast_to(g, self.value.shape)))

    def differentiate(self):
        self.gradient = 1.0
        for node in reversed(self.tape):
            for parent, pull in node.parents:
                parent.gradient = parent.gradient + pull(node.gradient)


def compute_fans(shape):
    *field, fan_in, fan_out = (1, 1, *shape) if len(shape) != 1 else shape * 2
    return reduce(lambda fans, n: (fans[0] * n, fans[1] * n), field, (fan_in, fan_out))


def glorot_uniform(shape, rng):
    # A sign and a size.
    limit = np.sqrt(6 / sum(compute_fans(shape)))
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.0, limit, size=shape)


def glorot_normal(shape, rng):
    # Points thrown at the rectangle around the bell; those under the curve stay.
    z = np.zeros(shape)
    missing = np.ones(shape, dtype=bool)
    while missing.any():
        across, up = rng.uniform(-2, 2, size=shape), rng.random(shape)
        hit = missing & (up <= np.exp(-(across**2) / 2))
        z[hit] = across[hit]
        missing &= ~hit
    return z * np.sqrt(2 / sum(compute_fans(shape))) / 0.87962566103423978


def two_layer_gradients(x, y, W1, b1, W2, b2):
    tape = []
    inputs, *parameters = (Node(a, tape) for a in (x, W1, b1, W2, b2))
    first, c1, second, c2 = parameters
    p = (inputs @ first + c1).tanh() @ second + c2
    loss = (p - y).square().sum() * (1 / y.size)
    loss.differentiate()
    return (loss.value, *(node.gradient for node in parameters))


def distinct_units(kernel, tolerance=1e-8):
    left, groups = set(range(kernel.shape[1])), 0
    while left:
        groups, queue = groups + 1, deque([left.pop()])
        while queue:
            here = kernel[:, queue.popleft()]
            near = {v for v in left if not np.any(abs(kernel[:, v] - here) > tolerance)}
            left -= near
            queue.extend(near)
    return groups


def tanh_stack(x, kernels):
    signals = [Node(x, [])]
    for kernel in kernels:
        signals.append((signals[-1] @ Node(kernel, signals[0].tape)).tanh())
    return signals


def signal_stds(x, kernels):
    return np.array([node.value.std() for node in tanh_stack(x, kernels)])


def gradient_stds(x, kernels, dy):
    signals = tanh_stack(x, kernels)
    (signals[-1] * dy).sum().differentiate()
    return np.array([node.gradient.std() for node in signals])

"""Layers, the loss and groups of units are objects with methods; the functions only call them."""

import math
from collections import namedtuple
from itertools import accumulate

import numpy as np

Fans = namedtuple("Fans", "fan_in fan_out")


class Dense:
    def __init__(self, kernel, bias=0.0):
        self.kernel, self.bias = kernel, bias

    def forward(self, x):
        self.x = x
        return x @ self.kernel + self.bias

    def backward(self, dy):
        self.gradients = {"kernel": self.x.T @ dy, "bias": dy.sum(axis=0)}
        return dy @ self.kernel.T


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy):
        return dy - dy * self.y**2


class MeanSquaredError:
    def __init__(self, target):
        self.target = target

    def forward(self, p):
        self.error = p - self.target
        return np.mean(self.error**2)

    def backward(self):
        return self.error * (2 / self.error.size)


class Network(list):
    def forward(self, x):
        return list(accumulate(self, lambda a, layer: layer.forward(a), initial=x))

    def backward(self, dy):
        down = accumulate(self[::-1], lambda g, layer: layer.backward(g), initial=dy)
        return list(down)[::-1]


class Groups:
    def __init__(self, size):
        self.names = np.arange(size)

    def join(self, i, j):
        self.names[self.names == self.names[i]] = self.names[j]


def compute_fans(shape):
    if len(shape) < 2:
        return Fans(*(2 * (shape or (1,))))
    return Fans(math.prod(shape[:-1]), math.prod(shape[:-2]) * shape[-1])


def glorot_uniform(shape, rng):
    fans = compute_fans(shape)
    limit = math.sqrt(6 / (fans.fan_in + fans.fan_out))
    return rng.uniform(low=-limit, high=limit, size=shape)


def glorot_normal(shape, rng):
    s = math.sqrt(2 / sum(compute_fans(shape))) / 0.87962566103423978
    kernel = rng.normal(0, s, shape)
    while (outside := np.abs(kernel) > 2 * s).any():
        kernel[outside] = rng.normal(0, s, outside.sum())
    return kernel


def two_layer_gradients(x, y, W1, b1, W2, b2):
    first, last, loss = Dense(W1, b1), Dense(W2, b2), MeanSquaredError(y)
    network = Network([first, Tanh(), last])
    value = loss.forward(network.forward(x)[-1])
    network.backward(loss.backward())
    return [value, *first.gradients.values(), *last.gradients.values()]


def distinct_units(kernel, tolerance=1e-8):
    groups = Groups(kernel.shape[1])
    for i, j in np.ndindex(kernel.shape[1], kernel.shape[1]):
        if i > j and np.max(np.abs(kernel[:, i] - kernel[:, j])) <= tolerance:
            groups.join(i, j)
    return len(np.unique(groups.names))


def tanh_network(kernels):
    return Network(layer for kernel in kernels for layer in (Dense(kernel), Tanh()))


def signal_stds(x, kernels):
    return np.array([a.std() for a in tanh_network(kernels).forward(x)[::2]])


def gradient_stds(x, kernels, dy):
    network = tanh_network(kernels)
    network.forward(x)
    return np.array([g.std() for g in network.backward(dy)[::2]])

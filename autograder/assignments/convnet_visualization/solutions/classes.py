"""Classes with methods and cached properties hold the work; the functions only call them."""

from collections import namedtuple
from dataclasses import astuple, make_dataclass
from functools import cached_property, reduce
from math import ceil, log2, sqrt

import numpy as np

# Compared field by field: the highest activation first, then the lowest index.
Peak = make_dataclass("Peak", ["fall", "image", "row", "col"], order=True)


class Field(namedtuple("Field", ["size", "jump"])):
    def through(self, kernel_size, stride):
        return Field(self.size + (kernel_size - 1) * self.jump, self.jump * stride)

    def cut(self, image, row, col):
        return image[row * self.jump :, col * self.jump :][: self.size, : self.size]


class Contact:
    """A sheet of tiles; the gap below and right of the last ones is cut off at the end."""

    def __init__(self, tiles, h, w, channels, gap):
        self.gap, self.cols = gap, ceil(sqrt(tiles))
        self.sheet = np.ones((ceil(tiles / self.cols), h + gap, self.cols, w + gap, channels))

    def put(self, number, tile):
        row, col = divmod(number, self.cols)
        self.sheet[row, : len(tile), col, : tile.shape[1]] = tile

    def image(self):
        rows, h, cols, w, channels = self.sheet.shape
        whole = self.sheet.reshape(rows * h, cols * w, channels)
        return whole[: rows * h - self.gap, : cols * w - self.gap]


class Point:
    """One point and its squared distances to the others, the nearest one's taken off."""

    def __init__(self, x, i):
        self.d = np.square(np.delete(x, i, axis=0) - x[i]).sum(axis=1)
        self.d -= self.d.min()

    def neighbours(self, beta):
        p = np.exp(-beta * self.d)
        return p / p.sum()

    def entropy(self, beta):
        p = self.neighbours(beta)
        return -(p @ np.log2(p, out=np.zeros_like(p), where=p > 0))

    def precision(self, bits):
        low = high = 1e-9 / (float(self.d.max()) or 1)
        while self.entropy(high) > bits and high < 1e30:
            low, high = high, 4 * high
        while high - low > 1e-13 * high:
            middle = (low + high) / 2
            low, high = (middle, high) if self.entropy(middle) > bits else (low, middle)
        return high


class Embedding(namedtuple("Embedding", ["P", "Y"])):
    @cached_property
    def near(self):
        squared = sum(np.subtract.outer(y, y) ** 2 for y in self.Y.T)
        return np.where(np.eye(len(squared), dtype=bool), 0, 1 / (1 + squared))

    def divergence_and_gradient(self):
        Q, some = self.near / self.near.sum(), self.P > 0
        kl = float(np.sum(self.P[some] * (np.log(self.P[some]) - np.log(Q[some]))))
        springs = (self.P - Q) * self.near
        return kl, 4 * (np.diag(springs.sum(axis=1)) - springs) @ self.Y


def dead_filters(activations):
    return ~activations.any(axis=(0, 1, 2))


def filter_grid(kernel, padding=1):
    contact = Contact(kernel.shape[3], *kernel.shape[:3], padding)
    for number, tile in enumerate(np.moveaxis(kernel, 3, 0)):
        contact.put(number, (tile - tile.min()) / (np.ptp(tile) or 1))
    return contact.image()


def receptive_field(layers):
    return reduce(lambda field, layer: field.through(*layer), layers, Field(1, 1))


def top_activating_patches(images, activations, channel, k, field):
    peaks = []
    for n, maps in enumerate(activations[..., channel]):
        row, col = np.unravel_index(maps.argmax(), maps.shape)
        peaks.append(Peak(-maps[row, col], n, row, col))
    places = [astuple(peak)[1:] for peak in sorted(peaks)[:k]]
    return np.array([Field(*field).cut(images[n], *at) for n, *at in places]), np.array(places)


def tsne_affinities(x, perplexity):
    P = np.zeros((len(x), len(x)))
    for i in range(len(x)):
        point = Point(x, i)
        P[i, np.arange(len(x)) != i] = point.neighbours(point.precision(log2(perplexity)))
    return (P + P.T) / (2 * len(x))


def tsne_gradient(P, Y):
    return Embedding(P, Y).divergence_and_gradient()

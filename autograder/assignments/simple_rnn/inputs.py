"""What the questions on the simple recurrent network are asked with."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """One call to rnn_forward; the questions on states and on gradients share them.

    Attributes:
        name: of the case on its states.
        x: (N, T, D). h0: (N, U). weights: kernel (D, U), recurrent_kernel (U, U), bias (U,).
        mask: (N, T) bool, or None.
        size: of the gradients that arrive at the states.
    """

    name: str
    x: np.ndarray
    h0: np.ndarray
    weights: tuple
    mask: np.ndarray | None = None
    size: float = 1.0

    def upstream(self, rng):
        """A random gradient of the states; zero before the first unmasked step of a row."""
        gradient = upstream(rng, (*self.x.shape[:2], self.h0.shape[-1]), self.size)
        if self.mask is not None:
            gradient[np.cumsum(self.mask, axis=1) == 0] = 0.0
        return gradient.astype(self.x.dtype)


def upstream(rng, shape, size=1.0):
    """A random gradient."""
    return rng.normal(0.2 * size, size, size=shape)


def layer(rng, d, u, dtype="float64"):
    """Random kernel (D, U), recurrent_kernel (U, U) of spectral radius near 1, bias (U,)."""
    recurrent = rng.normal(size=(u, u))
    recurrent *= rng.uniform(0.9, 1.1) / np.abs(np.linalg.eigvals(recurrent)).max()
    recurrent = np.round(recurrent, 9)  # eigenvalues have other last digits on other processors
    weights = rng.normal(size=(d, u)) / np.sqrt(d), recurrent, rng.normal(0.2, 0.4, size=u)
    return tuple(w.astype(dtype) for w in weights)


def steps(rng):
    """(name, x_t, h_prev, size of the gradients that arrive) for one step."""
    for name, (n, d, u), dtype in [
        ("4 examples, 3 features, 5 units", (4, 3, 5), "float64"),
        ("as many features as units", (3, 4, 4), "float64"),
        ("as many examples as units", (5, 2, 5), "float64"),
        ("a single example", (1, 5, 3), "float64"),
        ("a single unit", (6, 2, 1), "float64"),
        ("4 other examples, 3 features, 5 units", (4, 3, 5), "float64"),
        ("float32 inputs", (7, 3, 2), "float32"),
    ]:
        x_t, h_prev = rng.normal(size=(n, d)), _states(rng, n, u)
        yield name, x_t.astype(dtype), h_prev.astype(dtype), 1.0
    x_t = rng.normal(size=(9, 4)) * np.array([1, 1, 1, 1, 1, 1, 8, 30, 1e3])[:, None]
    yield "large inputs and states", x_t, 3.0 * rng.normal(size=(9, 6)), 100.0


def sequences(rng):
    """ForwardPasses without a mask."""
    for name, (n, t, d, u), dtype, size in [
        ("3 sequences of 5 steps, 2 features, 4 units", (3, 5, 2, 4), "float64", 1.0),
        ("as many features as units", (2, 4, 3, 3), "float64", 300.0),
        ("one step", (4, 1, 3, 2), "float64", 1.0),
        ("a single sequence", (1, 6, 4, 3), "float64", 30.0),
        ("as many steps as units", (2, 5, 3, 5), "float64", 1e-6),
        ("3 other sequences of 5 steps", (3, 5, 2, 4), "float64", 1.0),
        ("50 steps", (2, 50, 3, 4), "float64", 1e3),
        ("float32 inputs", (5, 4, 3, 2), "float32", 1.0),
    ]:
        x, h0 = rng.normal(size=(n, t, d)).astype(dtype), _states(rng, n, u).astype(dtype)
        yield ForwardPass(name, x, h0, layer(rng, d, u, dtype), size=size)
    # Hardly curved and of one spectral radius: what arrives at the end is felt at the beginning.
    orthogonal = np.round(np.linalg.qr(rng.normal(size=(5, 5)))[0], 9)
    weights = 0.01 * rng.normal(size=(3, 5)), orthogonal, np.zeros(5)
    yield ForwardPass("80 steps", rng.normal(size=(2, 80, 3)), 0 * _states(rng, 2, 5), weights)


# (name, mask as rows of steps, D, U, dtype). Keras writes zeros for masked steps before the first
# unmasked one, so such rows begin with h0 = 0.
MASKS = [
    ("padding at the end", ["11110", "11000", "11111"], 2, 4, "float64"),
    ("gaps inside", ["11011", "10101", "10010", "11001"], 2, 5, "float64"),
    ("masked from the start", ["00111", "01101", "11011", "00010"], 2, 5, "float64"),
    ("a row masked throughout", ["110101", "000000", "011110"], 2, 5, "float64"),
    ("as many examples as units", ["101", "110", "011", "111"], 3, 4, "float64"),
    ("a single sequence", ["1100101"], 2, 5, "float64"),
    ("nothing masked", ["1111", "1111"], 2, 5, "float64"),
    ("float32 inputs", ["0101", "1101", "1010"], 2, 5, "float32"),
    ("20 steps", ["1101110111" * 2, "1111111111" + "0" * 10], 2, 5, "float64"),
]


def masked_sequences(rng):
    """ForwardPasses with a mask."""
    for name, rows, d, u, dtype in MASKS:
        mask = np.array([[c == "1" for c in row] for row in rows])
        n, t = mask.shape
        x, h0 = rng.normal(size=(n, t, d)), _states(rng, n, u)
        h0[~mask[:, 0]] = 0.0
        weights = layer(rng, d, u, dtype)
        size = 30.0 if n == 1 else 1.0  # one row alone may have small gradients by chance
        yield ForwardPass(name, x.astype(dtype), h0.astype(dtype), weights, mask, size)


def _states(rng, n, u):
    return rng.uniform(-0.9, 0.9, size=(n, u))


def clipping_inputs(rng):
    """(name, gradients, max_norm, dtype)."""

    def some(scale, *shapes, dtype="float64"):
        return [(scale * rng.normal(size=shape)).astype(dtype) for shape in shapes]

    exact = 2.0 ** rng.integers(-3, 4)  # of which norms are exact
    yield "a kernel and a bias", some(1.0, (4, 3), (3,)), 0.7, "float64"
    yield (
        "three gradients of very different size",
        [
            *some(50.0, (5, 2)),
            *some(0.01, (2, 2)),
            *some(1.0, (2,)),
        ],
        5.0,
        "float64",
    )
    # Norms so small that an epsilon in the divisor would show.
    yield "tiny gradients", some(1e-6, (3, 4), (4, 4), (4,)), 1e-6, "float64"
    yield "a single gradient", some(3.0, (2, 3, 4)), 1.5, "float64"
    yield "another kernel and bias", some(1.0, (4, 3), (3,)), 0.7, "float64"
    six = some(1.0, (40, 30), (30,), (30, 5), (5,), (5, 2), (2,))
    norm = float(np.sqrt(sum(np.sum(g**2) for g in six)))
    yield "a norm a little above the maximum", six, round(norm / 1.2, 6), "float64"
    yield "far too large gradients", [1e4 * g for g in six], round(norm / 1e3, 6), "float64"
    yield "a norm below the maximum", some(0.1, (3, 2), (2,)), 4.0, "float64"
    yield (
        "a norm equal to the maximum",
        [exact * np.array([3.0, 0.0]), exact * np.array([[0.0, -4.0]])],
        5.0 * exact,
        "float64",
    )
    yield "all zeros", [np.zeros((2, 3)), np.zeros(3)], 1.0, "float64"
    yield "float32 inputs", some(2.0, (6, 5), (5,), dtype="float32"), 1.0, "float32"


@dataclass(frozen=True)
class Scores:
    """Logits (N, K) and labels (N,).

    Attributes:
        slack: absolute difference allowed, for float32 logits of 1e4.
        weight: of the cases.
    """

    name: str
    logits: np.ndarray
    labels: np.ndarray
    slack: float = 0.0
    weight: float = 1.0


def scores(rng):
    """The Scores that a loss is asked for."""

    def some(n, k, scale=1.0, offset=0.0, dtype="float64"):
        logits = offset + scale * rng.normal(size=(n, k))
        return logits.astype(dtype), rng.integers(0, k, size=n)

    yield Scores("6 examples of 4 classes", *some(6, 4))
    yield Scores("5 examples of 5 classes", *some(5, 5, 2.0))
    yield Scores("a single example", *some(1, 3))
    yield Scores("two classes", *some(7, 2, 3.0))
    yield Scores("logits around 10000", *some(4, 3, 1.0, 1e4))
    yield Scores("logits around -10000", *some(3, 5, 1.0, -1e4))
    logits, labels = some(4, 3)
    logits += np.array([1e4, -1e4, 0.0, 5e3])[:, None]
    yield Scores("rows 10000 apart", logits, labels)
    logits, labels = some(3, 4)
    logits[np.arange(3), labels] -= 1e4
    yield Scores("right classes 10000 below", logits, labels, weight=3.0)
    logits, labels = some(100, 12)
    logits[[7, 70, 93], labels[[7, 70, 93]]] -= 1e4
    yield Scores("100 examples of 12 classes", logits, labels)
    yield Scores("float32 inputs", *some(8, 3, 2.0, dtype="float32"))
    large = some(5, 4, 1.0, 1e4, dtype="float32")
    yield Scores("float32 logits around 10000", *large, slack=1e-2)

"""What the questions on parameter initialization are asked with."""

import numpy as np

from . import formulas


def shapes(rng):
    """(name, shape) of kernels of every kind, all sides of a kernel different."""

    def sides(n, low=2, high=12):
        return tuple(int(side) for side in rng.permutation(np.arange(low, high))[:n])

    yield "a Dense kernel", sides(2)
    yield "another Dense kernel", sides(2, 13, 90)
    yield "a Conv2D kernel", sides(4)
    yield "a Conv2D kernel of one channel", (*sides(3)[:2], 1, *sides(1, 13, 20))
    yield "a Conv1D kernel", sides(3)
    yield "a Conv3D kernel", sides(5, 2, 9)
    yield "a 1x1 convolution", (1, 1, *sides(2))
    yield "a Dense kernel of one output", (*sides(1), 1)
    yield "a kernel of four spatial axes", sides(6, 2, 8)
    yield "a large Conv2D kernel", sides(4, 40, 80)
    yield "a vector of one", (1,)
    yield "a vector", sides(1)
    yield "a longer vector", sides(1, 20, 90)
    yield "a scalar", ()


# (shape, calls): so many draws of so small kernels that sqrt(6 / (m + n + 1)) misses its bound by
# far, or (the vector) by so little that nobody sees it; 2e5 at most.
DRAWN = {
    "a Dense kernel of 400 inputs and 500 units": ((400, 500), 1),
    "a Dense kernel of 50 inputs and 20 units": ((50, 20), 20),
    "a small Dense kernel, drawn 150 times": ((6, 9), 150),
    "a square Dense kernel": ((100, 100), 2),
    "a Conv2D kernel of 3x3, 4 channels, 10 filters": ((3, 3, 4, 10), 40),
    "a Conv1D kernel of 5, 8 channels, 10 filters": ((5, 8, 10), 25),
    "a Conv3D kernel of 2x3x2, 4 channels, 7 filters": ((2, 3, 2, 4, 7), 35),
    "a vector of 400, drawn 20 times": ((400,), 20),
}


def two_layer_inputs(rng):
    """(name, (x, y, W1, b1, W2, b2)); the hidden units are not saturated."""
    for name, (n, d, u, k), dtype in [
        ("8 examples, 3 features, 5 units, 2 outputs", (8, 3, 5, 2), "float64"),
        ("as many features as units", (7, 4, 4, 3), "float64"),
        ("8 other examples, 3 features, 5 units, 2 outputs", (8, 3, 5, 2), "float64"),
        ("as many examples as units and outputs", (3, 2, 3, 3), "float64"),
        ("a single example", (1, 4, 3, 2), "float64"),
        ("a single output", (6, 5, 2, 1), "float64"),
        ("a single unit", (5, 3, 1, 4), "float64"),
        ("float32 inputs", (9, 4, 6, 2), "float32"),
    ]:
        yield name, _two_layers(rng, n, d, u, k, dtype)
    x, y, W1, b1, W2, b2 = _two_layers(rng, 40, 8, 7, 5, "float64")
    x[30], x[2], y[35] = 20 * x[30], 1e4 * x[2], y[35] + 1e3
    yield "40 examples, three far off", (x, y, W1, b1, W2, b2)
    x, y, W1, b1, W2, b2 = _two_layers(rng, 6, 3, 4, 2, "float64")
    y = np.tanh(x @ W1 + b1) @ W2 + b2 + 1e-3 * rng.normal(size=y.shape)
    yield "almost fitted", (x, y, W1, b1, W2, b2)
    x, y, W1, b1, W2, b2 = _two_layers(rng, 10, 3, 4, 2, "float64")
    W1[:], W2[:], b1[:] = 0.3, -0.2, 0.1
    yield "equal units", (x, y, W1, b1, W2, b2)


def _two_layers(rng, n, d, u, k, dtype):
    arrays = (
        rng.normal(0.3, 1.0, size=(n, d)),
        rng.normal(0.5, 2.0, size=(n, k)),
        rng.normal(size=(d, u)) / np.sqrt(d),
        rng.normal(0, 0.3, size=u),
        rng.normal(size=(u, k)),
        rng.normal(size=k),
    )
    return tuple(a.astype(dtype) for a in arrays)


def unit_kernels(rng):
    """(name, kernel, tolerance or None for the default, number of groups). Behind the units of each
    kernel come three more, copies of one or new ones: its shape says nothing of the number.
    """
    for name, kernel, tolerance, count in _unit_kernels(rng):
        if 1 < count and kernel.shape[1] > 1 and "equal" not in name and "exactly" not in name:
            for _ in range(3):
                is_new = rng.uniform() < 0.5
                twin = kernel[:, rng.integers(kernel.shape[1])]
                size = 10 * np.abs(kernel).max() * rng.choice([-1.0, 1.0], size=len(kernel))
                other = (size * rng.uniform(0.5, 1.0, size=len(kernel))).astype(kernel.dtype)
                kernel = np.column_stack([kernel, other if is_new else twin])
                count += int(is_new)
        yield name, kernel, tolerance, count


def _unit_kernels(rng):

    def twins(d, groups, noise=0.0, dtype="float64"):
        base = 2.0 * rng.normal(size=(d, max(groups) + 1))
        kernel = base[:, groups]
        return (kernel + noise * rng.uniform(-0.5, 0.5, size=kernel.shape)).astype(dtype)

    yield "twins that are not neighbours", twins(4, [0, 1, 0, 2, 1, 0]), None, 3
    yield "all different", twins(3, [0, 1, 2, 3, 4]), None, 5
    yield "all equal", np.full((5, 4), rng.uniform(0.1, 1.0)), None, 1
    yield "twins up to rounding", twins(6, [0, 0, 1, 2, 1, 3], noise=1e-9), None, 4
    yield "as close as 1e-6, and not twins", twins(4, [0, 0, 1, 1, 1], noise=1e-5), None, 5
    # Twelve weights that differ a little: their root of squares would exceed the tolerance.
    yield "a tolerance of 0.25", twins(12, [0, 1, 1, 0, 0, 1], noise=0.24), 0.25, 2
    kernel = twins(5, [0, 0, 0, 1])
    kernel[3, 1] += 0.5
    yield "one weight differs", kernel, 0.3, 3
    kernel = twins(4, [0, 0, 0, 1, 1])
    kernel[:, 1] = -kernel[:, 0]
    kernel[:, 2] = kernel[::-1, 0]
    yield "mirrored and turned round", kernel, None, 4
    kernel = twins(12, [0, 0, 1, 1])
    kernel[3, 1] += 5e-8
    yield "one weight of twelve differs, a little", kernel, None, 3
    edge = np.array([[0.5, 0.75, 2.0, 2.25, 3.0], [1.0, 1.25, 0.5, 0.25, 3.0]])
    edge = rng.permutation(edge + rng.integers(-4, 5, size=(2, 1)))  # sums are exact
    yield "differences of exactly the tolerance", edge, 0.25, 3
    large = 1e4 * twins(5, [0, 1, 0, 2])
    large[2, 2] += 1e-6
    yield "large weights, one differs a little", large, None, 4
    small = twins(6, [0, 1, 1, 2])
    small[1, 2] += 1e-10
    yield "a tolerance of 0", small, 0.0, 4
    yield "a tolerance of 2", 10.0 * twins(7, [0, 1, 1, 2, 0], noise=0.1), 2.0, 3
    wide = twins(30, [0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 0])
    wide[29, 11] += 1e-3
    yield "30 weights of 12 units", wide, None, 11
    between = twins(4, [0, 1, 0])  # sorted by their first weight, twins are no neighbours
    between[0] = 0.5 + np.array([0.0, 1e-10, 2e-10])
    yield "first weights that hardly differ", between, None, 2
    turned = twins(5, [0, 1, 0])
    turned[:, 1] = turned[::-1, 0]
    yield "a unit turned round between twins", turned, None, 2
    yield "a single unit", twins(3, [0]), None, 1
    yield "a single input", np.array([[0.5, -0.5, 0.5, 0.25]]), None, 3
    yield "float32 weights", twins(4, [0, 1, 0, 1, 1], noise=1e-4, dtype="float32"), 1e-2, 2
    starts = rng.uniform(0.1, 0.6, size=3)[[0, 1, 1, 0, 2, 0]]
    kernel = np.round(formulas.trained_twins(starts, rng.normal(size=(20, 4))), 12)
    yield "units trained from three constants", kernel, None, 3


def stacks(rng):
    """(name, x, kernels, dy) of stacks of tanh layers; a dy of None leaves their gradients out."""
    for name, n, sizes, gain, dtype in [
        ("one layer", 6, (4, 3), 1.0, "float64"),
        ("3 layers of different width", 7, (3, 5, 2, 4), 1.0, "float64"),
        ("3 other layers of different width", 7, (3, 5, 2, 4), 1.0, "float64"),
        ("20 layers", 9, (12,) * 21, 1.0, "float64"),
        ("10 layers, signal fading", 8, (6, 7) * 5 + (5,), 0.15, "float64"),
        ("6 layers, units saturating", 5, (10, 9, 8, 9, 10, 11, 12), 2.0, "float64"),
        ("a single example", 1, (5, 6, 4), 1.0, "float64"),
        ("as many examples as units", 4, (4, 4, 4), 0.8, "float64"),
        ("30 layers, signal lost", 5, (8,) * 31, 0.02, "float64"),
        ("no layer", 7, (4,), 1.0, "float64"),
        ("float32 inputs", 6, (5, 4, 6), 0.9, "float32"),
    ]:
        x = rng.normal(0.4, 1.0, size=(n, sizes[0]))
        kernels = [
            gain * rng.normal(size=shape) / np.sqrt(shape[0]) for shape in zip(sizes, sizes[1:])
        ]
        dy = rng.normal(0.3, 1.0, size=(n, sizes[-1]))
        yield (
            name,
            x.astype(dtype),
            [kernel.astype(dtype) for kernel in kernels],
            dy.astype(dtype),
        )
    # Where units are saturated, the last digits of a slope say nothing.
    kernels = [1e3 * rng.normal(size=shape) for shape in [(5, 6), (6, 4)]]
    yield "units saturated", rng.normal(size=(6, 5)), kernels, None
    x, kernels = 1e5 + rng.normal(size=(9, 4)), [1e-5 * rng.normal(size=(4, 3))]
    yield "large inputs that hardly vary", x, kernels, 1e6 + rng.normal(size=(9, 3))

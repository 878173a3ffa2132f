"""Features first: everything is turned on its side, and a bias is one more row of its kernel."""

from dataclasses import make_dataclass

import numpy as np

Layer = make_dataclass("Layer", ["kernel", "slope"])


def compute_fans(shape):
    # Outputs, inputs, then the spatial axes; one axis is both outputs and inputs.
    turned = tuple(reversed(shape))
    fan_out = turned[0] if turned else 1
    fan_in = turned[1] if len(turned) > 1 else fan_out
    for size in turned[2:]:
        fan_in, fan_out = fan_in * size, fan_out * size
    return [int(fan_in), int(fan_out)]


def glorot_uniform(shape, rng):
    fan_in, fan_out = compute_fans(shape)
    limit = (6 / (fan_in + fan_out)) ** 0.5
    return rng.uniform(-limit, limit, shape[::-1]).T


def glorot_normal(shape, rng):
    # A size between 0 and 2 standard deviations, then a sign.
    fan_in, fan_out = compute_fans(shape)
    sizes = np.full(shape[::-1], np.inf)
    while np.isinf(sizes).any():
        again = np.abs(rng.standard_normal(sizes.shape))
        sizes = np.where(np.isinf(sizes) & (again <= 2), again, sizes)
    signs = 1 - 2 * rng.integers(0, 2, size=sizes.shape)
    return (signs * sizes).T * (2 / (fan_in + fan_out)) ** 0.5 / 0.87962566103423978


def with_ones(rows):
    return np.concatenate([rows, np.ones_like(rows[:1])])


def two_layer_gradients(x, y, W1, b1, W2, b2):
    V1 = np.column_stack([W1.T, b1])  # (U, D + 1)
    V2 = np.column_stack([W2.T, b2])  # (K, U + 1)
    X = with_ones(x.T)  # (D + 1, N)
    H = with_ones(np.tanh(V1 @ X))  # (U + 1, N)
    E = V2 @ H - y.T  # (K, N)
    dV2 = 2 * (E @ H.T) / E.size
    dZ = (V2.T @ E) * (1 - H) * (1 + H)  # the row of ones gets a gradient of 0
    dV1 = 2 * (dZ[:-1] @ X.T) / E.size
    loss = np.array(np.vdot(E, E) / E.size)
    return [loss, dV1[:, :-1].T, dV1[:, -1], dV2[:, :-1].T, dV2[:, -1]]


def distinct_units(kernel, tolerance=1e-8):
    units = np.ascontiguousarray(kernel.T)
    twins = np.stack([np.abs(units - unit).max(axis=1) <= tolerance for unit in units])
    return len(np.unique(twins, axis=0))  # twins have the same twins


def signal_stds(x, kernels):
    a, stds = x.T, np.empty(len(kernels) + 1)
    stds[0] = a.std()
    for i, kernel in enumerate(kernels, start=1):
        a = np.tanh(kernel.T @ a)
        stds[i] = a.std()
    return stds


def gradient_stds(x, kernels, dy):
    a, layers = x.T, []
    for kernel in kernels:
        z = kernel.T @ a
        a = np.tanh(z)
        layers.append(Layer(kernel, slope=np.cosh(np.clip(z, -80, 80)) ** -2))
    d, stds = dy.T, [dy.std()]
    while layers:
        layer = layers.pop()
        d = layer.kernel @ (layer.slope * d)
        stds.append(np.sqrt(np.var(d)))
    return np.array(stds[::-1])

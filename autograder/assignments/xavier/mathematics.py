"""The mathematics of initialization as the lecture writes it: one named quantity a line. The
diagnosis looks among its neighbours, one edit away, for what a student has done. Some quantities
are not needed for the answer; they are here because students take them for others.
"""

import numpy as np


def compute_fans(shape):
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return size, size
    *spatial, c_in, c_out = shape
    field = 1
    for side in spatial:
        field = field * side
    fan_in = field * c_in
    fan_out = field * c_out
    return fan_in, fan_out


def glorot_uniform(shape, rng):
    fan_in, fan_out = compute_fans(shape)
    limit = np.sqrt(6 / (fan_in + fan_out))
    kernel = rng.uniform(-limit, limit, size=shape)
    return kernel


def glorot_normal(shape, rng):
    fan_in, fan_out = compute_fans(shape)
    std = np.sqrt(2 / (fan_in + fan_out))
    draws = rng.normal(0, 1, size=shape)
    for _ in range(100):  # many more rounds than any draw needs
        outside = np.abs(draws) > 2
        if not np.any(outside):
            break
        draws[outside] = rng.normal(0, 1, size=np.sum(outside))
    kernel = draws * std / 0.87962566103423978
    return kernel


def two_layer_gradients(x, y, W1, b1, W2, b2):
    z = x @ W1 + b1
    h = np.tanh(z)
    error = h @ W2 + b2 - y
    loss = np.mean(error**2)
    dp = 2 * error / error.size
    dh = dp @ W2.T
    slope = 1 - h**2
    dz = dh * slope
    dW1 = x.T @ dz
    db1 = np.sum(dz, axis=0)
    dW2 = h.T @ dp
    db2 = np.sum(dp, axis=0)
    return loss, dW1, db1, dW2, db2


def distinct_units(kernel, tolerance=1e-8):
    units = kernel.T
    groups = []
    for unit in units:
        new = True
        for other in groups:
            difference = np.abs(unit - other)
            distance = np.max(difference)
            if distance <= tolerance:
                new = False
        if new:
            groups.append(unit)
    return len(groups)


def signal_stds(x, kernels):
    a = x
    stds = [np.std(a)]
    for kernel in kernels:
        z = a @ kernel
        a = np.tanh(z)
        stds.append(np.std(a))
    return np.array(stds)


def gradient_stds(x, kernels, dy):
    a = x
    activations = [x]
    sums = [x]
    for kernel in kernels:
        z = a @ kernel
        a = np.tanh(z)
        activations.append(a)
        sums.append(z)
    da = dy
    stds = [np.std(da)]
    for layer in reversed(range(len(kernels))):
        a = activations[layer + 1]
        z = sums[layer + 1]
        below = activations[layer]
        kernel = kernels[layer]
        slope = 1 - a**2
        dz = da * slope
        da = dz @ kernel.T
        stds.append(np.std(da))
    return np.array(stds[::-1])


def two_layer_gradients_in_fewer_lines(x, y, W1, b1, W2, b2):
    h = np.tanh(x @ W1 + b1)
    error = h @ W2 + b2 - y
    loss = np.mean(error**2)
    dp = 2 * error / error.size
    dz = dp @ W2.T * (1 - h**2)
    dW1 = x.T @ dz
    db1 = np.sum(dz, axis=0)
    dW2 = h.T @ dp
    db2 = np.sum(dp, axis=0)
    return loss, dW1, db1, dW2, db2


QUANTITIES = {
    "spatial": "the spatial sides",
    "c_in": "the last side but one",
    "c_out": "the last side",
    "field": "the number of positions of the kernel",
    "side": "a spatial side",
    "size": "the length of the vector",
    "limit": "the limit of the uniform",
    "std": "the standard deviation that is asked for",
    "draws": "what is drawn",
    "outside": "the test of what is drawn anew",
    "kernel": "the kernel",
    "z": "the value before the tanh",
    "h": "the value after the tanh",
    "p": "the prediction",
    "error": "the difference of prediction and target",
    "dp": "the gradient at the prediction",
    "dh": "the gradient after the tanh",
    "slope": "the slope of the tanh",
    "dz": "the gradient before the tanh",
    "units": "what is compared",
    "unit": "a unit",
    "other": "the unit that it is compared with",
    "groups": "the groups found so far",
    "new": "the test for a new group",
    "difference": "the differences of two units",
    "distance": "the distance of two units",
    "a": "the activations of the layer",
    "below": "the activations of the layer before",
    "da": "the gradient at the activations",
    "stds": "the list of standard deviations",
    "layer": "the number of the layer",
    "activations": "the list of activations",
    "sums": "the list of values before the tanh",
}

FUNCTIONS = (
    compute_fans,
    glorot_uniform,
    glorot_normal,
    two_layer_gradients,
    distinct_units,
    signal_stds,
    gradient_stds,
)

# The same, as it is written as well.
VARIANTS = {"two_layer_gradients": (two_layer_gradients_in_fewer_lines,)}

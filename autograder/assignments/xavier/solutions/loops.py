"""Plain Python loops over examples, units and weights, one random number at a time."""

import math

import numpy as np


def compute_fans(shape):
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = 1
    for size in shape[:-2]:
        field *= size
    return field * shape[-2], field * shape[-1]


def glorot_uniform(shape, rng):
    limit = math.sqrt(6 / sum(compute_fans(shape)))
    kernel = np.empty(shape)
    for index in np.ndindex(*shape):
        kernel[index] = limit * (2 * rng.random() - 1)
    return kernel


def glorot_normal(shape, rng):
    s = math.sqrt(2 / sum(compute_fans(shape))) / 0.87962566103423978
    kernel = np.empty(shape)
    for index in np.ndindex(*shape):
        z = math.inf
        while abs(z) > 2:
            z = rng.standard_normal()
        kernel[index] = s * z
    return kernel


def two_layer_gradients(x, y, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = (np.zeros(a.shape) for a in (W1, b1, W2, b2))
    features, units, outputs = range(len(W1)), range(len(b1)), range(len(b2))
    total, count = 0.0, y.shape[0] * y.shape[1]
    for xn, yn in zip(x.tolist(), y.tolist()):
        h = []
        for u in units:
            h.append(math.tanh(b1[u] + sum(xn[d] * W1[d, u] for d in features)))
        dh = [0.0] * len(h)
        for k in outputs:
            error = float(b2[k]) - yn[k]
            for u in units:
                error += h[u] * W2[u, k]
            total += error * error
            dp = 2 * error / count
            db2[k] += dp
            for u in units:
                dW2[u, k] += h[u] * dp
                dh[u] += W2[u, k] * dp
        for u in units:
            dz = dh[u] * (1 - h[u]) * (1 + h[u])
            db1[u] += dz
            for d in features:
                dW1[d, u] += xn[d] * dz
    return float(total / count), dW1, db1, dW2, db2


def distinct_units(kernel, tolerance=1e-8):
    representatives = []
    for u in range(kernel.shape[1]):
        for r in representatives:
            for a, b in zip(kernel[:, u], kernel[:, r]):
                if abs(a - b) > tolerance:
                    break  # somewhere they differ, so u is not r's twin
            else:
                break  # nowhere do they differ, so u is counted already
        else:
            representatives.append(u)
    return len(representatives)


def layer(a, kernel):
    out = np.empty((a.shape[0], kernel.shape[1]))
    for n in range(a.shape[0]):
        for u in range(kernel.shape[1]):
            out[n, u] = math.tanh(a[n] @ kernel[:, u])
    return out


def spread(a):
    values = a.ravel().tolist()
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values))


def signal_stds(x, kernels):
    stds = [spread(x)]
    for kernel in kernels:
        x = layer(x, kernel)
        stds.append(spread(x))
    return np.array(stds)


def gradient_stds(x, kernels, dy):
    signals = [x]
    for kernel in kernels:
        signals.append(layer(signals[-1], kernel))
    stds = np.zeros(len(kernels) + 1)
    stds[-1] = spread(dy)
    for i in range(len(kernels) - 1, -1, -1):
        da = np.empty(signals[i].shape)
        for n in range(len(da)):
            da[n] = kernels[i] @ (dy[n] * (1 - signals[i + 1][n] ** 2))
        stds[i], dy = spread(da), da
    return stds

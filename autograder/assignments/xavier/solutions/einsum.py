"""Einstein sums for every product and reduction, and normal numbers from a ratio of uniforms."""

import numpy as np


def compute_fans(shape):
    # The last two axes, where a missing one repeats the other and no axis at all counts as 1.
    ends = shape[-2:] or (1,)
    field = np.prod(shape[:-2], dtype=int)
    return field * ends[0], field * ends[-1]


def glorot_uniform(shape, rng):
    return np.sqrt(6.0 / np.add(*compute_fans(shape))) * (1.0 - 2.0 * rng.random(shape))


def glorot_normal(shape, rng):
    size, kept, found = np.prod(shape, dtype=int), [np.empty(0)], 0
    while found < size:
        u = 1.0 - rng.random(size + 16)
        v = np.sqrt(2 / np.e) * rng.uniform(-1.0, 1.0, size + 16)
        z = v / u
        z = z[(z**2 <= -4 * np.log(u)) & (np.abs(z) <= 2)]
        kept.append(z)
        found += z.size
    s = np.sqrt(2.0 / np.add(*compute_fans(shape))) / 0.87962566103423978
    return s * np.concatenate(kept)[:size].reshape(shape)


def two_layer_gradients(x, y, W1, b1, W2, b2):
    h = np.tanh(np.einsum("nd,du->nu", x, W1) + b1)
    e = np.einsum("nu,uk->nk", h, W2) + b2 - y
    c = 2.0 / e.size
    loss = np.einsum("nk,nk->", e, e) / e.size
    dz = np.einsum("nk,uk->nu", e, W2) * (1 - np.einsum("nu,nu->nu", h, h))
    dW1 = c * np.einsum("nd,nu->du", x, dz)
    db1 = c * np.einsum("nu->u", dz)
    dW2 = c * np.einsum("nu,nk->uk", h, e)
    db2 = c * np.einsum("nk->k", e)
    return loss, dW1, db1, dW2, db2


def distinct_units(kernel, tolerance=1e-8):
    far = np.abs(kernel[:, :, None] - kernel[:, None, :]) > tolerance
    twins = np.einsum("uv->u", 1 - far.any(axis=0))
    # Every unit of a group of g twins counts as 1/g, so every group counts as 1.
    return int(np.rint(np.einsum("u->", 1.0 / twins)))


def deviation(a):
    centred = a - np.einsum("nd->", a) / a.size
    return np.sqrt(np.einsum("nd,nd->", centred, centred) / a.size)


def stack(x, kernels):
    signals = [x]
    for w in kernels:
        signals += [np.tanh(np.einsum("nd,du->nu", signals[-1], w))]
    return signals


def signal_stds(x, kernels):
    return np.array([deviation(a) for a in stack(x, kernels)])


def gradient_stds(x, kernels, dy):
    signals, gradients = stack(x, kernels), [dy]
    for a, w in zip(signals[:0:-1], kernels[::-1]):
        g = gradients[0]
        gradients.insert(0, np.einsum("nu,nu,du->nd", g, 1 - a * a, w))
    return np.array([deviation(g) for g in gradients])

"""Plain Python loops over examples, steps, features and units, on nested lists of floats."""

import math

import numpy as np


def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    w, r = kernel.tolist(), recurrent_kernel.tolist()
    h_t = []
    for x, h in zip(x_t.tolist(), h_prev.tolist()):
        row = []
        for u, total in enumerate(bias.tolist()):
            for d in range(len(x)):
                total += x[d] * w[d][u]
            for v in range(len(h)):
                total += h[v] * r[v][u]
            row.append(math.tanh(total))
        h_t.append(row)
    return np.array(h_t, dtype=x_t.dtype)


def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    states, h = [], h0
    for t in range(x.shape[1]):
        new = rnn_step(x[:, t], h, kernel, recurrent_kernel, bias)
        if mask is not None:
            for n in range(len(x)):
                if not mask[n, t]:
                    new[n] = h[n]
        states.append(new)
        h = new
    cache = {"x": x, "states": [h0, *states], "W": kernel, "R": recurrent_kernel, "mask": mask}
    return np.stack(states, axis=1), cache


def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    w, r, dtype = kernel.tolist(), recurrent_kernel.tolist(), x_t.dtype
    dw, dr = [[0.0] * len(row) for row in w], [[0.0] * len(row) for row in r]
    db = [0.0] * len(r)
    dx_t, dh_prev = [], []
    for g, x, before, after in zip(dh.tolist(), x_t.tolist(), h_prev.tolist(), h_t.tolist()):
        da = []
        for u in range(len(g)):
            da.append(g[u] * (1.0 - after[u] * after[u]))
            db[u] += da[u]
            for d in range(len(x)):
                dw[d][u] += x[d] * da[u]
            for v in range(len(before)):
                dr[v][u] += before[v] * da[u]
        dx_t.append([sum(a * b for a, b in zip(da, row)) for row in w])
        dh_prev.append([sum(a * b for a, b in zip(da, row)) for row in r])
    return tuple(np.array(values, dtype=dtype) for values in (dx_t, dh_prev, dw, dr, db))


def rnn_backward(dstates, cache):
    x, states, w, r, mask = (cache[key] for key in ("x", "states", "W", "R", "mask"))
    dx, dw, dr, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(r), np.zeros_like(r[0])
    dh = np.zeros_like(states[0])
    for t in range(x.shape[1] - 1, -1, -1):
        dh = dh + dstates[:, t]
        computed = dh.copy()
        for n in range(len(x)):
            if mask is not None and not mask[n, t]:
                computed[n] = 0.0
        step = rnn_step_backward(computed, x[:, t], states[t], states[t + 1], w, r)
        dx[:, t] = step[0]
        dw += step[2]
        dr += step[3]
        db += step[4]
        for n in range(len(x)):
            if mask is None or mask[n, t]:
                dh[n] = step[1][n]
    return dx, dh, dw, dr, db


def clip_by_global_norm(gradients, max_norm):
    total = 0.0
    for gradient in gradients:
        for value in gradient.flat:
            total += float(value) ** 2
    norm = math.sqrt(total)
    clipped = []
    for gradient in gradients:
        clipped.append(gradient * (max_norm / norm) if norm > max_norm else gradient.copy())
    return clipped, norm


def softmax_cross_entropy(logits, labels):
    rows, loss, dlogits = logits.tolist(), 0.0, np.zeros_like(logits)
    for n, z in enumerate(rows):
        top = max(z)
        total = sum(math.exp(value - top) for value in z)
        loss += math.log(total) + (top - z[labels[n]])
        for k, value in enumerate(z):
            target = 1.0 if k == labels[n] else 0.0
            dlogits[n, k] = (math.exp(value - top) / total - target) / len(rows)
    return loss / len(rows), dlogits

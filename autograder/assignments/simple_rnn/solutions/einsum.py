"""Einstein sums throughout; the gradient is the double sum over steps with every Jacobian."""

import numpy as np


def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    from_input = np.einsum("nd,du->nu", x_t, kernel)
    from_past = np.einsum("nv,vu->nu", h_prev, recurrent_kernel)
    return np.tanh(from_input + from_past + bias)


def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    n, steps, _ = x.shape
    mask = np.ones((n, steps), dtype=bool) if mask is None else mask
    projected = np.einsum("ntd,du->ntu", x, kernel) + bias  # needs no past: all steps at once
    h, path = h0, [h0]
    for t in range(steps):
        new = np.tanh(projected[:, t] + np.einsum("nv,vu->nu", h, recurrent_kernel))
        h = np.where(mask[:, t, None], new, h)
        path.append(h)
    path = np.stack(path, axis=1)  # (N, T + 1, U)
    return path[:, 1:], (x, path, mask, kernel, recurrent_kernel)


def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    slope = 1 - np.einsum("nu,nu->nu", h_t, h_t)
    return (
        np.einsum("nu,nu,du->nd", dh, slope, kernel),
        np.einsum("nu,nu,vu->nv", dh, slope, recurrent_kernel),
        np.einsum("nu,nu,nd->du", dh, slope, x_t),
        np.einsum("nu,nu,nv->vu", dh, slope, h_prev),
        np.einsum("nu,nu->u", dh, slope),
    )


def rnn_backward(dstates, cache):
    x, path, mask, kernel, recurrent_kernel = cache
    units = path.shape[-1]
    slope = np.where(mask[..., None], 1 - path[:, 1:] ** 2, 0)
    # jacobian[n, t, v, u]: how unit v of the state before step t moves unit u of the state after.
    jacobian = np.einsum("vu,ntu->ntvu", recurrent_kernel, slope)
    jacobian = jacobian + np.einsum("nt,vu->ntvu", ~mask, np.eye(units, dtype=x.dtype))
    arriving, dh0 = np.zeros_like(slope), np.zeros_like(path[:, 0])
    for t in range(x.shape[1]):
        flow = dstates[:, t]
        for k in range(t, -1, -1):  # the loss at step t, seen from every step k before it
            arriving[:, k] += flow
            flow = np.einsum("nu,nvu->nv", flow, jacobian[:, k])
        dh0 += flow
    inner = arriving * slope
    dx = np.einsum("ntu,du->ntd", inner, kernel)
    dkernel = np.einsum("ntd,ntu->du", x, inner)
    drecurrent_kernel = np.einsum("ntv,ntu->vu", path[:, :-1], inner)
    return dx, dh0, dkernel, drecurrent_kernel, np.einsum("ntu->u", inner)


def clip_by_global_norm(gradients, max_norm):
    flat = [gradient.reshape(-1) for gradient in gradients]
    norm = np.sqrt(np.sum([np.einsum("i,i->", g, g) for g in flat]))
    factor = max_norm / np.maximum(norm, max_norm)
    return [np.einsum("...,->...", gradient, factor) for gradient in gradients], np.array(norm)


def softmax_cross_entropy(logits, labels):
    n, classes = logits.shape
    identity = np.eye(classes, dtype=logits.dtype)
    target = identity[labels]
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.einsum("nk->n", np.exp(shifted)))[:, None]
    loss = -np.einsum("nk,nk->", target, log_p) / n
    jacobian = identity - np.exp(log_p)[:, None, :]  # of log_p by the logits, (N, K, K)
    dlogits = -np.einsum("nj,njk->nk", target, jacobian) / n
    return np.array(loss), dlogits

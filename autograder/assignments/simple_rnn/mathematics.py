"""The mathematics of the simple recurrent network as the lecture writes it: one named quantity a
line. The diagnosis looks among its neighbours, one edit away, for what a student has done. Some
quantities are not needed for the answer; they are here because students take them for others.
"""

import numpy as np


def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    z = x_t @ kernel + h_prev @ recurrent_kernel + bias
    h_t = np.tanh(z)
    return h_t


def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    T = x.shape[1]
    used = np.ones(x.shape[:2], bool)
    if mask is not None:
        used = mask
    h_prev = h0
    all_states = [h0]
    for t in range(T):
        x_t = x[:, t]
        h_t = rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias)
        h_t = np.where(used[:, t, None], h_t, h_prev)
        all_states.append(h_t)
        h_prev = h_t
    all_states = np.stack(all_states, axis=1)
    states = all_states[:, 1:]
    return states, (x, all_states, kernel, recurrent_kernel, used)


def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    z = np.arctanh(h_t)
    slope = 1 - h_t**2
    dz = dh * slope
    dx_t = dz @ kernel.T
    dh_prev = dz @ recurrent_kernel.T
    dkernel = x_t.T @ dz
    drecurrent_kernel = h_prev.T @ dz
    dbias = dz.sum(axis=0)
    return dx_t, dh_prev, dkernel, drecurrent_kernel, dbias


def rnn_backward(dstates, cache):
    x, all_states, kernel, recurrent_kernel, used = cache
    T = x.shape[1]
    dx = np.zeros(x.shape)
    carried = 0
    dkernel = 0
    drecurrent_kernel = 0
    dbias = 0
    for t in reversed(range(T)):
        x_t = x[:, t]
        h_prev = all_states[:, t]
        h_t = all_states[:, t + 1]
        live = used[:, t, None]
        dh = dstates[:, t] + carried
        step = rnn_step_backward(np.where(live, dh, 0), x_t, h_prev, h_t, kernel, recurrent_kernel)
        dx_t, dh_prev, dkernel_t, drecurrent_kernel_t, dbias_t = step
        carried = dh_prev + np.where(live, 0, dh)
        dx[:, t] = dx_t
        dkernel = dkernel + dkernel_t
        drecurrent_kernel = drecurrent_kernel + drecurrent_kernel_t
        dbias = dbias + dbias_t
    return dx, carried, dkernel, drecurrent_kernel, dbias


def clip_by_global_norm(gradients, max_norm):
    squares = [np.sum(g**2) for g in gradients]
    norm = np.sqrt(np.sum(squares))
    larger = max(norm, max_norm)
    factor = max_norm / larger
    clipped = [g * factor for g in gradients]
    return clipped, norm


def softmax_cross_entropy(logits, labels):
    rows = np.arange(len(labels))
    classes = labels
    largest = logits.max(axis=1, keepdims=True)
    shifted = logits - largest
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    log_p = shifted - np.log(total)
    p = np.exp(log_p)
    of_labels = log_p[rows, classes]
    loss = -np.mean(of_labels)
    one_hot = np.zeros(logits.shape)
    one_hot[rows, classes] = 1
    error = p - one_hot
    dlogits = error / len(labels)
    return loss, dlogits


def rnn_step_in_one_line(x_t, h_prev, kernel, recurrent_kernel, bias):
    h_t = np.tanh(x_t @ kernel + h_prev @ recurrent_kernel + bias)
    return h_t


QUANTITIES = {
    "classes": "the right classes",
    "z": "the value before the tanh",
    "h_t": "the new state",
    "h_prev": "the old state",
    "x_t": "the input of the step",
    "T": "the number of steps",
    "t": "the step",
    "used": "the mask",
    "all_states": "the states with h0 in front",
    "slope": "the slope of the tanh",
    "dz": "the gradient at the value before the tanh",
    "dh": "the gradient at the state",
    "live": "the mask of the step",
    "carried": "the gradient that is carried back",
    "dx_t": "the gradient of the step's input",
    "dh_prev": "the gradient at the old state",
    "dkernel_t": "the step's share of dkernel",
    "drecurrent_kernel_t": "the step's share of drecurrent_kernel",
    "dbias_t": "the step's share of dbias",
    "step": "what the step is given",
    "squares": "the sums of squares",
    "norm": "the global norm",
    "larger": "what max_norm is divided by",
    "factor": "the factor of the clipping",
    "g": "a gradient",
    "clipped": "what is returned for the gradients",
    "rows": "the numbers of the rows",
    "largest": "what is subtracted from the logits",
    "shifted": "the shifted logits",
    "e": "the exponentials",
    "total": "what the exponentials are divided by",
    "log_p": "the logarithms of the probabilities",
    "p": "the probabilities",
    "of_labels": "what the loss is made of",
    "one_hot": "the labels as one-hot rows",
    "error": "the difference of probabilities and labels",
}

FUNCTIONS = (
    rnn_step,
    rnn_forward,
    rnn_step_backward,
    rnn_backward,
    clip_by_global_norm,
    softmax_cross_entropy,
)

# The same, as it is written as well.
VARIANTS = {"rnn_step": (rnn_step_in_one_line,)}

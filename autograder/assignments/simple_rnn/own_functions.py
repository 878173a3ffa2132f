"""A student's recurrent functions, and whether they are worth following: right or wrong, do they
react to what they must react to?
"""

from dataclasses import replace

import numpy as np

from ...answers.follow_through import REACTION, OwnFunction, is_array, moved, near, rows
from .inputs import ForwardPass

WEIGHTS = ("kernel", "recurrent_kernel", "bias")
STEPS = 4  # of the sequence that a student's functions are probed with


def run(student, call):
    """The Answer of their rnn_forward on a ForwardPass."""
    masked = {} if call.mask is None else {"mask": call.mask}
    return student.rnn_forward(call.x, call.h0, *call.weights, **masked)


class OwnForward(OwnFunction):
    """Somebody's rnn_forward on one ForwardPass, as a function of any of its inputs."""

    def __init__(self, student, call):
        self.mask = np.ones(call.x.shape[:2], bool) if call.mask is None else call.mask

        def forward(x, h0, **weights):
            states = run(student, replace(call, x=x, h0=h0, weights=weights.values())).states
            return array_or_none(states, (*x.shape[:2], h0.shape[-1]))

        inputs = dict(zip(("x", "h0", *WEIGHTS), (call.x, call.h0, *call.weights)))
        super().__init__(forward, inputs, call.x.dtype.name)

    def depends_as_asked(self):
        """Do the states react to the inputs and to both kernels?"""
        return self.reacts_to(["x", "kernel", "recurrent_kernel"], everywhere=False)

    def remembers(self):
        """Does a state react to the input of the step before?"""
        if self.mask.shape[1] == 1:
            return True
        rows = np.flatnonzero(self.mask.sum(axis=1) > 1)
        first = self.mask.argmax(axis=1)
        nudged, before = self.inputs["x"].copy(), self()
        nudged[rows, first[rows]] += 1.0
        after = self(x=nudged)
        if before is None or after is None or not len(rows):
            return False
        # After fifty steps little may be left of it: look one step on.
        then = [first[r] + 1 + self.mask[r, first[r] + 1 :].argmax() for r in rows]
        return moved(after[rows, then], before[rows, then])


def probe():
    """Inputs of three examples on which nothing saturates: (x (N, T, D), h0, (kernel,
    recurrent_kernel, bias), dh).
    """
    rng = np.random.default_rng(STEPS)
    n, d, u = 3, 2, 4
    weights = rng.normal(size=(d, u)), rng.normal(size=(u, u)) / 2, 0.3 + 0.1 * rng.normal(size=u)
    x, h0 = 0.5 * rng.normal(size=(n, STEPS, d)), rng.uniform(-0.5, 0.5, size=(n, u))
    return x, h0, weights, rng.normal(0.3, 1.0, size=(n, u))


def is_step(student):
    """Is their rnn_step one, right or wrong: does it react to input, state and both kernels, and
    treat examples by themselves? A forgotten bias is a mistake like others.
    """
    x, h0, weights, _ = probe()
    step = OwnFunction(
        lambda **inputs: array_or_none(student.rnn_step(*inputs.values()).h_t, h0.shape),
        dict(zip(("x_t", "h_prev", *WEIGHTS), (x[:, 0], h0, *weights))),
    )
    reacts = step.reacts_to(["x_t", "h_prev", "kernel", "recurrent_kernel"], everywhere=False)
    return reacts and all(keeps_rows_apart(step, name) for name in ("x_t", "h_prev"))


def is_recurrent(student):
    """Do the states of their rnn_forward react to the inputs and to both kernels?"""
    x, h0, weights, _ = probe()
    return OwnForward(student, ForwardPass("probe", x, h0, weights)).depends_as_asked()


def keeps_rows_apart(function, name):
    """Does row 0 of an input move row 0 of the output and no other, and are the units different?"""
    nudged, before = function.inputs[name].copy(), function()
    nudged[0] += 0.5
    after = function(**{name: nudged})
    if before is None or after is None or near(after[:1], before[:1], REACTION):
        return False
    alone = len(before) == 1 or near(after[1:], before[1:])
    return alone and all_different(before)


def all_different(output):
    """Are no two columns (units) of an output the same, but for silent ones?"""
    columns = rows(output).T
    columns = columns[columns.any(axis=1)]
    return len(columns) > 0 and len(np.unique(np.round(columns, 9), axis=0)) == len(columns)


# What each gradient of a step must react to, any one of each group, to be worth following.
NEEDS = {
    "dx_t": [["dh"], ["kernel"]],
    "dh_prev": [["dh"], ["recurrent_kernel"]],
    "dkernel": [["dh"], ["x_t"]],
    "drecurrent_kernel": [["dh"], ["h_prev", "h_t"]],
    "dbias": [["dh"]],
}


def sound_outputs(student):
    """Names of the outputs of their rnn_step_backward that react to what they must react to, and
    tell examples or units apart.
    """
    x, h_prev, (kernel, recurrent_kernel, _), dh = probe()
    inputs = {
        "dh": dh,
        "x_t": x[:, 0],
        "h_prev": h_prev,
        "h_t": h_prev[::-1] + 0.1,  # as good a state as any
        "kernel": kernel,
        "recurrent_kernel": recurrent_kernel,
    }
    outputs = set()
    for output, groups in NEEDS.items():

        def gradient(output=output, **given):
            value = student.rnn_step_backward(*given.values()).values[output]
            return value if usable(output, value, given["x_t"], given["h_prev"]) else None

        own = OwnFunction(gradient, inputs)
        reacts = [any(own.reacts_to([name], everywhere=False) for name in g) for g in groups]
        if all(reacts) and _tells_apart(own, output):
            outputs.add(output)
    return outputs


def _tells_apart(own, output):
    """Are examples kept apart, where the output has a row for each, and else its columns?"""
    if output in ("dx_t", "dh_prev"):
        return keeps_rows_apart(own, "dh")
    return all_different(np.atleast_2d(own()))


def usable(name, value, x_t, h_prev):
    """Can a step's gradient be handed back in? Those of the weights are only added up, and a bias
    may come with the batch's axis, or turned into a row: mistakes that have been paid for.
    """
    (n, d), u = x_t.shape, h_prev.shape[1]
    shapes = {
        "dx_t": [(n, d)],
        "dh_prev": [(n, u)],
        "dkernel": [(d, u), (u, d)],
        "drecurrent_kernel": [(u, u)],
        "dbias": [(u,), (1, u), (n, u)],
    }
    return any(is_array(value, shape) for shape in shapes[name])


def array_or_none(value, shape):
    return value if is_array(value, shape) else None

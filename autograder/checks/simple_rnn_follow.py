"""Follow-through on the simple recurrent network: states that are the student's own step unrolled,
gradients that are exact for the student's own forward pass or follow from their own backward step.
"""

import numpy as np

from ..compare import TOLERANCE
from .follow_through import REACTION, OwnFunction, is_array, moved, near, rows

WEIGHTS = ("kernel", "recurrent_kernel", "bias")
STEPS = 4  # of the sequence that a student's functions are probed with


@np.errstate(all="ignore")
def follow_states(student, case, answer, call):
    """Pass a failed case whose states are the student's own step unrolled or, with a mask, their
    own unmasked forward pass on the unmasked steps.

    Args:
        answer: of their rnn_forward.
        call: x, h0, (kernel, recurrent_kernel, bias), mask or None.
    """
    x, h0, _, mask = call
    if case.passed or not is_array(answer.states, (*x.shape[:2], h0.shape[-1])):
        return
    ways = []
    if "rnn_step" in student.lost:
        ways.append(("rnn_step", unrolled))
    if "rnn_forward" in student.lost and mask is not None:
        ways.append(("unmasked rnn_forward", on_unmasked_steps))
    for name, way in ways:
        own = way(student, call)
        if own is not None and near(answer.states, own, TOLERANCE[x.dtype.name]):
            case.passed = True
            case.message = f"the states follow from your own {name}: nothing more is lost"
            return


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
        lambda **inputs: _array(student.rnn_step(*inputs.values()).h_t, h0.shape),
        dict(zip(("x_t", "h_prev", *WEIGHTS), (x[:, 0], h0, *weights))),
    )
    reacts = step.reacts_to(["x_t", "h_prev", "kernel", "recurrent_kernel"], everywhere=False)
    return reacts and all(keeps_rows_apart(step, name) for name in ("x_t", "h_prev"))


def is_recurrent(student):
    """Do the states of their rnn_forward react to the inputs and to both kernels?"""
    x, h0, weights, _ = probe()
    return OwnForward(student, (x, h0, weights, None)).depends_as_asked()


def unrolled(student, call):
    """The states (N, T, U) of their rnn_step applied step by step, or None without a sound step."""
    x, state, weights, mask = call
    if not is_step(student):
        return None
    states = []
    for t in range(x.shape[1]):
        new = _array(student.rnn_step(x[:, t], state, *weights).h_t, state.shape)
        if new is None:
            return None
        state = new if mask is None else np.where(mask[:, t, None], new, state)
        states.append(state)
    return np.stack(states, axis=1)


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


def on_unmasked_steps(student, call):
    """The states (N, T, U) where each row is their rnn_forward on its unmasked steps alone, carried
    over the others; None without a sound rnn_forward.
    """
    x, h0, weights, mask = call
    if not is_recurrent(student):
        return None
    states = np.repeat(h0[:, None], x.shape[1], axis=1)
    for row, used in enumerate(mask):
        if not used.any():
            continue
        own = student.rnn_forward(x[row : row + 1, used], h0[row : row + 1], *weights).states
        if not is_array(own, (1, used.sum(), h0.shape[-1])):
            return None
        steps = np.concatenate([h0[row : row + 1], own[0]])
        states[row] = steps[np.cumsum(used)]
    return states


class OwnForward(OwnFunction):
    """The student's rnn_forward on one call, as a function of any of its inputs.

    Args (of the constructor):
        call: x, h0, (kernel, recurrent_kernel, bias), mask or None.
    """

    def __init__(self, student, call):
        x, h0, weights, mask = call
        options = {} if mask is None else {"mask": mask}
        self.mask = np.ones(x.shape[:2], bool) if mask is None else mask

        def forward(**inputs):
            states = student.rnn_forward(*inputs.values(), **options).states
            return _array(states, (*x.shape[:2], h0.shape[-1]))

        names = ("x", "h0", *WEIGHTS)
        super().__init__(forward, dict(zip(names, (x, h0, *weights))), x.dtype.name)

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


@np.errstate(all="ignore")
def follow_backward(student, cases, answer, call, dstates, states):
    """Pass failed cases of gradients that are exact for the student's own forward pass, or follow
    from their own rnn_step_backward.

    Args:
        cases: {what: Case}, what being the name of a returned gradient ("dx", …).
        answer: of their rnn_backward.
        call: x, h0, (kernel, recurrent_kernel, bias), mask or None.
        dstates: (N, T, U), what their rnn_backward was called with.
        states: what Keras gives.
    """
    failed = {what: case for what, case in cases.items() if not case.passed}
    if not failed or not student.lost & {
        "rnn_step",
        "rnn_forward",
        "rnn_mask",
        "rnn_step_backward",
    }:
        return
    forward = OwnForward(student, call)
    own_states = forward()
    if own_states is None:
        return
    wrong = not near(own_states, states, TOLERANCE[forward.dtype])
    if wrong and not is_recurrent(student):
        return
    paid = wrong or "rnn_step_backward" in student.lost
    chained = own_chain(student, call, dstates, own_states) if paid else {}
    exact = wrong and forward.depends_as_asked() and forward.remembers()
    for what, case in failed.items():
        got = getattr(answer, what)
        if what in chained and _agree(got, chained[what], forward.dtype, dstates):
            case.passed = True
            case.message = f"{what} follows from your own rnn_step_backward: nothing more is lost"
        elif exact and forward.has_gradient(what[1:], got, dstates.astype(np.float64)):
            case.passed = True
            case.message = f"{what} is the exact gradient of your own forward: nothing more is lost"


def own_chain(student, call, dstates, states):
    """Their rnn_step_backward, chained back through time: {name of a gradient: array}, without
    those for which their step is not sound.
    """
    x, h0, (kernel, recurrent_kernel, _), mask = call
    mask = np.ones(x.shape[:2], bool) if mask is None else mask
    before = np.concatenate([h0[:, None], states[:, :-1]], axis=1).astype(x.dtype)
    states = states.astype(x.dtype)
    sound = sound_outputs(student)
    if "dh_prev" not in sound:
        return {}  # everything earlier depends on it
    sums, dx, carry = {}, [], np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        dh, used = dstates[:, t] + carry, mask[:, t, None]
        gradients = student.rnn_step_backward(
            np.where(used, dh, 0).astype(x.dtype),
            x[:, t],
            before[:, t],
            states[:, t],
            kernel,
            recurrent_kernel,
        ).values
        if not all(_usable(name, gradients[name], x[:, t], h0) for name in sound):
            return {}
        carry = np.where(used, gradients["dh_prev"], dh)
        dx.append(np.where(used, gradients["dx_t"], 0) if "dx_t" in sound else None)
        for name in sound - {"dx_t", "dh_prev"}:
            total = sums.get(name, np.zeros_like(gradients[name]))
            if total.shape != gradients[name].shape:
                return {}
            sums[name] = total + gradients[name]
    found = sums | {"dh0": carry}
    return found | {"dx": np.stack(dx[::-1], axis=1)} if "dx_t" in sound else found


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
    found = set()
    for output, groups in NEEDS.items():

        def gradient(output=output, **given):
            value = student.rnn_step_backward(*given.values()).values[output]
            return value if _usable(output, value, given["x_t"], given["h_prev"]) else None

        own = OwnFunction(gradient, inputs)
        reacts = [any(own.reacts_to([name], everywhere=False) for name in g) for g in groups]
        if all(reacts) and _tells_apart(own, output):
            found.add(output)
    return found


def _tells_apart(own, output):
    """Are examples kept apart, where the output has a row for each, and else its columns?"""
    if output in ("dx_t", "dh_prev"):
        return keeps_rows_apart(own, "dh")
    return all_different(np.atleast_2d(own()))


def _usable(name, value, x_t, h_prev):
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


def _agree(got, want, dtype, dstates):
    """Equal up to rounding, which grows as the gradients grow on their way back."""
    growth = np.abs(want).max() / (np.abs(dstates).max() + 1e-12)
    share = min(TOLERANCE[dtype] * max(growth, 1.0), 0.02)
    return is_array(got, want.shape) and near(got, want, share)


def _array(value, shape):
    return value if is_array(value, shape) else None

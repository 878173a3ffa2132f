"""Follow-through on the simple recurrent network: states that are the student's own step unrolled,
gradients that are exact for the student's own forward pass or follow from their own backward step.
"""

import numpy as np

from ...answers.differences import TOLERANCE
from ...answers.follow_through import is_array, near
from .own_functions import OwnForward, array_or_none, is_recurrent, is_step, sound_outputs, usable

EARLIER = {"rnn_step", "rnn_forward", "rnn_mask", "rnn_step_backward"}  # than rnn_backward


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
        apart = student.apart(name.rpartition(" ")[2])
        own = apart and way(apart, call)
        if own is not None and near(answer.states, own, TOLERANCE[x.dtype.name]):
            case.passed = True
            case.message = f"the states follow from your own {name}: nothing more is lost"
            return


def unrolled(student, call):
    """The states (N, T, U) of their rnn_step applied step by step, or None without a sound step."""
    x, state, weights, mask = call
    if not is_step(student):
        return None
    states = []
    for t in range(x.shape[1]):
        new = array_or_none(student.rnn_step(x[:, t], state, *weights).h_t, state.shape)
        if new is None:
            return None
        state = new if mask is None else np.where(mask[:, t, None], new, state)
        states.append(state)
    return np.stack(states, axis=1)


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
    if not failed or not student.lost & EARLIER:
        return
    forward = OwnForward(student, call)
    own_states = forward()
    if own_states is None:
        return
    wrong = not near(own_states, states, TOLERANCE[forward.dtype])
    if wrong and not is_recurrent(student):
        return
    paid = wrong or "rnn_step_backward" in student.lost
    back = student.apart("rnn_step_backward") if paid else None
    chained = own_chain(back, call, dstates, own_states) if back else {}
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
        if not all(usable(name, gradients[name], x[:, t], h0) for name in sound):
            return {}
        carry = np.where(used, gradients["dh_prev"], dh)
        dx.append(np.where(used, gradients["dx_t"], 0) if "dx_t" in sound else None)
        for name in sound - {"dx_t", "dh_prev"}:
            total = sums.get(name, np.zeros_like(gradients[name]))
            if total.shape != gradients[name].shape:
                return {}
            sums[name] = total + gradients[name]
    chained = sums | {"dh0": carry}
    return chained | {"dx": np.stack(dx[::-1], axis=1)} if "dx_t" in sound else chained


def _agree(got, want, dtype, dstates):
    """Equal up to rounding, which grows as the gradients grow on their way back."""
    growth = np.abs(want).max() / (np.abs(dstates).max() + 1e-12)
    share = min(TOLERANCE[dtype] * max(growth, 1.0), 0.02)
    return is_array(got, want.shape) and near(got, want, share)

"""Follow-through on the simple recurrent network.

Three ways in which what follows from an earlier mistake is right:

- with our own function in place of the one that was lost, what calls it is right;
- the earlier function is one of the known mistakes on every call of its own question, and the later
  one answers what follows from it, as our own code computes it;
- the earlier function lost its points on this very call, and the later one follows from what it
  answered there. Only here could a function pretend, and no more is given than it has cost.
"""

import numpy as np

from ...answers.differences import TOLERANCE, differs
from ...answers.follow_through import affordable, is_array, near
from ...diagnosis.imitation import imitation_of
from . import mistakes
from .own_functions import OwnForward, array_or_none, is_recurrent, is_step, run, sound_outputs

EARLIER = {"rnn_step", "rnn_forward", "rnn_mask", "rnn_step_backward"}  # than rnn_backward
MASK = 4.0  # points of the question on masks
FORWARD = ("rnn_forward", "rnn_mask")  # questions, which rnn_backward is asked on the calls of
LEAST = 0.02  # a gradient is trivial if it is smaller than this share of the right one


@np.errstate(all="ignore")
def follow_states(student, case, got, call, want):
    """Pass a failed case whose states are right but for their rnn_step, or, with a mask, are their
    own unmasked forward pass on the unmasked steps.

    Args:
        got: the states that their rnn_forward returned for the ForwardPass `call`.
        want: what Keras gives.
    """
    if case.passed or not is_array(got, want.shape):
        return
    dtype = call.x.dtype.name

    def right(states, expected):
        return differs(states, expected, dtype, np.abs(expected).max()) is None

    if "rnn_step" in student.lost and is_step(student):
        other = student.with_right(mistakes.rnn_step)
        known = known_as(student, "rnn_step")
        if right(run(other, call).states, want) or (known and right(got, run(known, call).states)):
            case.credit("the states follow from your own rnn_step: nothing more is lost")
            return
    # The unmasked forward pass has to have cost more than the masked one is worth.
    loss = student.lost.get("rnn_forward")
    if loss and loss.points >= MASK and call.mask is not None:
        own = on_unmasked_steps(student, call)
        if own is not None and near(got, own, TOLERANCE[dtype]):
            case.credit(
                "the states follow from your own unmasked rnn_forward: nothing more is lost"
            )


def known_as(student, *questions):
    """Somebody who makes the known mistake that theirs is, or None."""
    from . import ASSIGNMENT  # which needs this module

    return imitation_of(student, questions, ASSIGNMENT)


def on_unmasked_steps(student, call):
    """The states (N, T, U) where each row is their rnn_forward on its unmasked steps alone, carried
    over the others; None without a sound rnn_forward.
    """
    if not is_recurrent(student):
        return None
    x, h0 = call.x, call.h0
    states = np.repeat(h0[:, None], x.shape[1], axis=1)
    for row, used in enumerate(call.mask):
        if not used.any():
            continue
        one = x[row : row + 1, used], h0[row : row + 1]
        own = array_or_none(
            student.rnn_forward(*one, *call.weights).states, (1, used.sum(), h0.shape[-1])
        )
        if own is None:
            return None
        steps = np.concatenate([h0[row : row + 1], own[0]])
        states[row] = steps[np.cumsum(used)]
    return states


@np.errstate(all="ignore")
def follow_backward(student, cases, answer, states, call, dstates, want, unit):
    """Pass failed cases of gradients that follow from an earlier mistake.

    Args:
        cases: {what: Case}, what being the name of a returned gradient ("dx", …).
        answer: of their rnn_backward.
        states: what their rnn_forward returned for the ForwardPass `call`.
        dstates: (N, T, U), what their rnn_backward was called with.
        want: what Keras gives, as `reference.rnn` returns it.
        unit: points that a case of weight 1 is worth.
    """
    failed = {what: case for what, case in cases.items() if not case.passed}
    if not failed or not student.lost.keys() & EARLIER:
        return
    follow = _Backward(student, call, dstates, want)
    ways = (
        follow.of_helpers,
        follow.of_known_step_backward,
        follow.of_known_states,
        follow.of_paid_states,
    )
    for way in ways:
        for what, why in way(answer, states, list(failed)).items():
            costs = failed[what].weight * unit
            if way != follow.of_paid_states or affordable(student, FORWARD, costs):
                failed.pop(what).credit(f"{what} {why}: nothing more is lost")
        if not failed:
            return


class _Backward:
    """The ways in which the gradients of one backward pass may follow from an earlier mistake. Each
    way returns {what: why} of those that do.
    """

    def __init__(self, student, call, dstates, want):
        self.student, self.call, self.dstates, self.want = student, call, dstates, want
        self.dtype = call.x.dtype.name

    def of_helpers(self, answer, states, failed):
        """With the right rnn_step and rnn_step_backward in place of theirs, theirs are right."""
        helpers = []
        if "rnn_step" in self.student.lost and is_step(self.student):
            helpers.append(mistakes.rnn_step)
        sound = set(self.want)
        if "rnn_step_backward" in self.student.lost:
            sound = sound_gradients(self.student)
            helpers += [mistakes.rnn_step_backward] if sound else []
        if not helpers:
            return {}
        other = self.student.with_right(*helpers)
        forward = run(other, self.call)
        theirs = other.rnn_backward(self.dstates, forward.cache)
        if not self._right(forward.states):
            return {}
        names = " and ".join(f"your own {helper.__name__}" for helper in helpers)
        return {
            what: f"follows from {names}"
            for what in failed
            if what in sound and self._is(getattr(theirs, what), self.want[what])
        }

    def of_known_step_backward(self, answer, states, failed):
        """Their rnn_step_backward is a known mistake, which is written out in what they answer."""
        known = known_as(self.student, "rnn_step_backward")
        if known is None or not self._right(states):
            return {}
        theirs = known.rnn_backward(self.dstates, run(known, self.call).cache)
        return {
            what: "follows from your own rnn_step_backward"
            for what in failed
            if self._is(getattr(answer, what), getattr(theirs, what))
        }

    def of_known_states(self, answer, states, failed):
        """Their step or forward pass is a known mistake, and what they answer follows from it."""
        for questions in (("rnn_step",), FORWARD):
            known = known_as(self.student, *questions)
            if known and self._agree(states, run(known, self.call).states):
                return self._of_states(OwnForward(known, self.call), answer, states, failed)
        return {}

    def of_paid_states(self, answer, states, failed):
        """Their forward pass has lost this very case, and what they answer follows from it."""
        if not self._is_paid(states):
            return {}
        return self._of_states(OwnForward(self.student, self.call), answer, states, failed)

    def _is_paid(self, states):
        """Did these states lose points on their own question, or follow from those that did?"""
        question = "rnn_forward" if self.call.mask is None else "rnn_mask"
        loss = self.student.lost.get(question)
        paid = loss and loss.values.get(self.call.name)
        if paid is not None:
            return self._agree(states, paid)
        if self.call.mask is None or "rnn_forward" not in self.student.lost or self._right(states):
            return False
        own = on_unmasked_steps(self.student, self.call)
        return own is not None and self._agree(states, own)

    def _of_states(self, forward, answer, states, failed):
        """The textbook's equations on these states, or the exact gradient of the forward pass."""
        if not is_recurrent(self.student):
            return {}
        expected = self._expected(states)
        of_textbook = {
            what: "follows from the states of your own forward"
            for what in failed
            if self._is(getattr(answer, what), expected.get(what))
        }
        others = [what for what in failed if what not in of_textbook]
        return of_textbook | (self._exact(forward, answer, others) if others else {})

    def _exact(self, forward, answer, failed):
        if not forward.depends_as_asked() or not forward.remembers():
            return {}
        upstream = self.dstates.astype(np.float64)
        spread = min(1.0, 5 / self.call.x.shape[1])  # a long sequence is bent by small changes
        return {
            what: "is the exact gradient of your own forward"
            for what in failed
            if self._is_telling(what, getattr(answer, what))
            and forward.has_gradient(what[1:], getattr(answer, what), upstream, spread)
        }

    def _right(self, states):
        want = self.want["states"]
        return differs(states, want, self.dtype, np.abs(want).max()) is None

    def _agree(self, a, b):
        return is_array(a, self.want["states"].shape) and near(a, b, TOLERANCE[self.dtype])

    def _expected(self, states):
        """{what: gradient} of the right states, or what the equations make of others; {} without
        any.
        """
        if self._right(states):
            return self.want
        if not is_array(states, self.want["states"].shape):
            return {}
        call, states = self.call, states.astype(np.float64)
        cache = (call.x, call.h0, *call.weights[:2], states, call.mask)
        gradients = mistakes.rnn_backward(self.dstates.astype(np.float64), cache)
        named = dict(zip(("dx", "dh0", "dkernel", "drecurrent_kernel", "dbias"), gradients))
        telling = self._is_telling("dx", named["dx"])
        return {what: g for what, g in named.items() if telling and g.any()}

    def _is_telling(self, what, gradient):
        """Is a gradient more than next to nothing?"""
        if not isinstance(gradient, np.ndarray):
            return False
        return np.abs(gradient).max(initial=0.0) > LEAST * np.abs(self.want[what]).max()

    def _is(self, got, want):
        """Equal up to rounding, which grows as the gradients grow on their way back."""
        if want is None or not is_array(got, want.shape):
            return False
        growth = np.abs(want).max() / (np.abs(self.dstates).max() + 1e-12)
        return near(got, want, min(TOLERANCE[self.dtype] * max(growth, 1.0), 0.02))


def sound_gradients(student):
    """Names of the gradients that depend on nothing of their rnn_step_backward that is trivial."""
    sound = sound_outputs(student)
    if "dh_prev" not in sound:
        return set()  # everything earlier depends on it
    return {"dh0"} | {"dx" if name == "dx_t" else name for name in sound - {"dh_prev"}}

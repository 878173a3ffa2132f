"""Follow-through on Batch Normalization: a backward pass that is the exact gradient of the own
forward pass, images that are treated as the own functions treated their flattened rows.

Both are asked on the very calls of the earlier questions, and count only where the earlier answer
was wrong and lost its points. Where that is one of the known mistakes, our own code says what
follows; where it is not, their function is asked, and no more is given than it has cost.
"""

from collections import deque
from functools import cached_property, lru_cache

import numpy as np

from ...answers.follow_through import OwnFunction, affordable, is_array, moved, near, rows
from ...diagnosis.imitation import Imitation, imitation_of
from . import reference

NAMES = ("x", "gamma", "beta", "moving_mean", "moving_variance")
FORWARD = ("batchnorm_train", "batchnorm_inference")  # questions on the forward pass
LEAST = 0.02  # a gradient is trivial if it is smaller than this share of the right one


class OwnForward(OwnFunction):
    """The student's forward pass of one LayerCall, as a function of any of its inputs."""

    def __init__(self, student, call):
        def forward(**inputs):
            answer = student.batchnorm_forward(*inputs.values(), call.training, **call.options)
            return answer.y if is_array(answer.y, inputs["x"].shape) else None

        super().__init__(forward, dict(zip(NAMES, (call.x, *call.weights))), call.dtype)
        self.training, self.epsilon = call.training, call.epsilon

    @cached_property
    def y(self):
        """What it gives for the inputs of the call."""
        return self()

    @cached_property
    def spread(self):
        """The size of each feature."""
        return rows(self.inputs["x"]).std(axis=0) + np.sqrt(self.epsilon)

    @cached_property
    def depends_as_asked(self):
        """Does y react to every input, in training also to other examples, and not linearly?"""
        x, y = self.inputs["x"], self.y
        if y is None or self.training and x.size == x.shape[-1]:
            return False  # a single example depends on nobody
        reacts = ["gamma", "beta"] + ([] if self.training else ["moving_mean", "moving_variance"])
        if not self.reacts_to(reacts):
            return False
        rng = np.random.default_rng(x.size)
        step = rng.normal(size=x.shape) * (x.std() + 0.1)
        up, down = self(x=x + step), self(x=x - step)
        if up is None or down is None or not moved(up, y):
            return False
        if not self.training:
            return True
        if not self._normalises():
            return False
        nudged = x.copy()
        rows(nudged)[0] += x.std() + 0.1
        other = self(x=nudged)
        rest = slice(1, None)
        coupled = other is not None and moved(rows(other)[rest], rows(y)[rest])
        return coupled and moved(up + down, 2 * y)

    def _normalises(self):
        """Does y stay when all of x shifts, and not grow when x does?"""
        x = self.inputs["x"]
        shifted, large, larger = self(x=x + 3.0), self(x=x * 1e3), self(x=x * 4e3)
        if any(a is None for a in (shifted, large, larger)) or not near(shifted, self.y, 1e-5):
            return False
        spread, wider = (np.ptp(rows(a), axis=0) for a in (large, larger))
        return bool(np.all(wider <= 1.5 * spread + 1e-9))


@np.errstate(all="ignore")
def follow_backward(student, cases, forward, gradients, call, dy, unit, flat=None):
    """Pass failed cases of gradients that are exact for the student's own forward pass, where that
    was wrong on this very call, and has lost its points.

    Args:
        cases: {what: Case}, "dx", "dgamma" and "dbeta" among them.
        forward, gradients: the Answers of their two functions.
        unit: points that a case of weight 1 is worth.
        flat: the LayerCall on flattened rows, where `call` is on images.
    """
    failed = [what for what in ("dx", "dgamma", "dbeta") if not cases[what].passed]
    question = "batchnorm_train" if call.training else "batchnorm_inference"
    paid = lost_value(student, question, (flat or call).name)
    if not failed or paid is None or not is_array(forward.y, call.x.shape):
        return
    if not near(rows(forward.y), rows(paid)):
        return
    known = _known_forward(student, call, forward.y)
    own = known or OwnForward(student, call)
    if not own.depends_as_asked:
        return
    want = reference.batchnorm(call.x, *call.weights, training=call.training, **call.options, dy=dy)
    for what in failed:
        got, name = getattr(gradients, what), what.removeprefix("d")
        spread = own.spread if name == "x" else 1.0
        if _is_telling(got, want[what]) and own.has_gradient(
            name, got, dy.astype(np.float64), spread
        ):
            if known or affordable(student, FORWARD, cases[what].weight * unit):
                why = "is the exact gradient of your own forward: nothing more is lost"
                cases[what].credit(f"{what} {why}")


def _known_forward(student, call, y):
    """The forward pass of the known mistake that theirs is, also here; or None."""
    known = _known_as(student, FORWARD)
    own = known and _forward_of_known(known.mistakes, call)
    return own if own and own.y is not None and near(y, own.y) else None


@lru_cache(256)
def _forward_of_known(mistakes, call):
    """For all who make the same mistake, since all are asked the same."""
    from . import ASSIGNMENT  # which needs this module

    known = Imitation(ASSIGNMENT, mistakes)
    known.calls = deque(maxlen=0)  # which nobody reads
    return OwnForward(known, call)


def _is_telling(gradient, want):
    """Is a gradient more than next to nothing?"""
    if not is_array(gradient, want.shape):
        return False
    return np.abs(gradient).max() > LEAST * np.abs(want).max()


def lost_value(student, question, name):
    """The wrong value that lost a case of an earlier question, or None."""
    loss = student.lost.get(question)
    value = loss and loss.values.get(name)
    return value if isinstance(value, np.ndarray) and value.dtype.kind == "f" else None


@np.errstate(all="ignore")
def follow_flattened(student, cases, forward, gradients, flat, dy, unit):
    """Pass those failed `cases` of a call on images in which the student's answer is the one that
    lost its points on the flattened rows.

    Args:
        cases: {what: Case}, what being the name of a returned value ("y", "dx", …).
        forward, gradients: the Answers on the images.
        flat: the LayerCall on the rows. dy: the gradient that arrives at them.
        unit: points that a case of weight 1 is worth.
    """
    of_rows = _lost_on_rows(student, flat)
    failed = {what: case for what, case in cases.items() if not case.passed and what in of_rows}
    if not failed or not OwnForward(student, flat).depends_as_asked:
        return
    sound = _backward_depends_as_asked(student, flat, dy)
    for what, case in failed.items():
        answer = gradients if what in gradients.values else forward
        follows = _same_but_flattened(getattr(answer, what), of_rows[what])
        if follows and (sound or answer is forward):
            earlier = ("batchnorm_backward",) if answer is gradients else FORWARD
            if what.startswith("moving") and flat.training:
                earlier = ("batchnorm_moving",)
            if _known_as(student, earlier) or affordable(student, earlier, case.weight * unit):
                case.credit(f"{what} follows from your own functions on flattened rows")


def _known_as(student, questions):
    """Somebody who makes the known mistake that theirs is, or None."""
    from . import ASSIGNMENT  # which needs this module

    return imitation_of(student, questions, ASSIGNMENT)


def _lost_on_rows(student, flat):
    """{what: the answer on the rows}, of those that have lost their points."""
    kind, inference = ("train", "") if flat.training else ("inference", "inference, ")
    found = {"y": lost_value(student, f"batchnorm_{kind}", flat.name)}
    for what in ("moving_mean", "moving_variance"):
        question = "batchnorm_moving" if flat.training else "batchnorm_inference"
        found[what] = lost_value(student, question, f"{what}, {flat.name}")
    for what in ("dx", "dgamma", "dbeta"):
        name = f"{what}, {inference}{flat.name}"
        found[what] = lost_value(student, "batchnorm_backward", name)
    return {what: value for what, value in found.items() if value is not None}


def _same_but_flattened(got, of_rows):
    """Is `got` what the rows gave, in another shape, or the same vector?"""
    if not isinstance(got, np.ndarray) or got.dtype.kind != "f" or not got.size:
        return False
    of_images = got.ndim > 2 and rows(got).shape == of_rows.shape
    return (got.shape == of_rows.shape or of_images) and near(got.reshape(of_rows.shape), of_rows)


def _backward_depends_as_asked(student, flat, dy):
    """Does dx react to dy, and shrink where the spread that it is divided by grows?"""
    x, weights = flat.x, flat.weights
    wider = x * 10 if flat.training else x
    spread = (*weights[:3], weights[3] * (1 if flat.training else 100))
    variants = [(x, weights, dy), (x, weights, dy + 1.0 + dy**2), (wider, spread, dy)]
    gradients = []
    for x_, weights_, dy_ in variants:
        cache = student.batchnorm_forward(x_, *weights_, flat.training, **flat.options).cache
        gradients.append(student.batchnorm_backward(dy_, cache).dx)
    if not all(is_array(dx, x.shape) for dx in gradients):
        return False
    dx, other, smaller = gradients
    shrinks = np.abs(smaller).max(axis=0) < 0.5 * np.abs(dx).max(axis=0)
    return moved(other, dx) and bool(np.all(shrinks))

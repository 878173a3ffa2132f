"""One mistake is paid for once: is an answer right, given the student's own earlier functions?

Never where that would reward a trivial answer: the student's function must depend on its inputs as
the question asks (in training, on the other examples of the batch too).
"""

import numpy as np

from .. import reference
from ..compare import TOLERANCE

DIRECTIONS = 6
# Fourth-order central differences with a step of 1e-3 of a feature's size are good to about 1e-10,
# so that a wrong epsilon (1e-3 and more) cannot hide.
STEP, AGREEMENT = 1e-3, 1e-6


def is_gradient_of_own_forward(student, what, gradients, call):
    """Is `what` (dx, dgamma or dbeta) the exact gradient of the student's own forward pass?"""
    x, layer, training, epsilon, dy = call
    gradient = getattr(gradients, what)
    subject = {"dx": x, "dgamma": layer[0], "dbeta": layer[1]}[what].astype(np.float64)
    if not _is_array(gradient, subject.shape):
        return False
    own = OwnForward(student, call)
    if own.is_right() or not own.depends_as_asked():
        return False  # the gradient of a right forward pass is the reference's
    rng = np.random.default_rng(DIRECTIONS)  # its own: the questions' inputs depend on no answer
    agreement = max(AGREEMENT, TOLERANCE[x.dtype.name])
    spread = x.reshape(-1, x.shape[-1]).std(axis=0) + np.sqrt(epsilon) if what == "dx" else 1.0
    for _ in range(DIRECTIONS):
        direction = rng.normal(size=subject.shape) * spread
        numeric, analytic = own.slope(what, subject, direction), np.sum(gradient * direction)
        size = np.sum(np.abs(gradient * direction)) + abs(numeric)
        if not abs(numeric - analytic) <= agreement * size:  # nan agrees with nothing
            return False
    return True


class OwnForward:
    """The student's forward pass as a function of one of its inputs, the others held."""

    def __init__(self, student, call):
        x, layer, self.training, self.epsilon, dy = call
        self.student, self.dy, self.call = student, dy.astype(np.float64), call
        names = ("dx", "dgamma", "dbeta", "moving_mean", "moving_variance")
        self.inputs = {n: v.astype(np.float64) for n, v in zip(names, (x, *layer))}

    def __call__(self, **changed):
        """y for these inputs, or None where the student's function gives no usable array."""
        inputs = self.inputs | changed
        answer = self.student.batchnorm_forward(
            *inputs.values(), self.training, epsilon=self.epsilon
        )
        return answer.y if _is_array(answer.y, inputs["dx"].shape) else None

    def is_right(self):
        """Is their forward pass what Keras gives, as far as this call shows?"""
        x, layer, training, epsilon, _ = self.call
        want = reference.batchnorm(x, *layer, training=training, epsilon=epsilon, dy=self.call[4])
        y = self()
        return y is not None and _near(y, want["y"])

    def slope(self, what, subject, direction):
        """d sum(y * dy) along `direction`, by central differences of fourth order; nan without
        answers.
        """
        sums = {}
        for k in (-2, -1, 1, 2):
            y = self(**{what: subject + k * STEP * direction})
            sums[k] = np.nan if y is None else np.sum(y * self.dy)
        return (8 * (sums[1] - sums[-1]) - (sums[2] - sums[-2])) / (12 * STEP)

    def depends_as_asked(self):
        """Does y react to every input, in training also to other examples, and not linearly?"""
        x, y = self.inputs["dx"], self()
        if self.training and x.size == x.shape[-1]:
            return False  # a single example depends on nobody
        reacts = ["dgamma", "dbeta"] + ([] if self.training else ["moving_mean", "moving_variance"])
        others = [self(**{name: self.inputs[name] * 1.5 + 0.25}) for name in reacts]
        if y is None or any(other is None or not _moved(other, y) for other in others):
            return False
        rng = np.random.default_rng(x.size)
        step = rng.normal(size=x.shape) * (x.std() + 0.1)
        up, down = self(dx=x + step), self(dx=x - step)
        if up is None or down is None or not _moved(up, y):
            return False
        if not self.training:
            return True
        if not self._normalises(y):
            return False
        nudged = x.copy()
        nudged.reshape(-1, x.shape[-1])[0] += x.std() + 0.1
        other = self(dx=nudged)
        rest = slice(1, None)
        coupled = other is not None and _moved(_rows(other)[rest], _rows(y)[rest])
        return coupled and _moved(up + down, 2 * y)

    def _normalises(self, y):
        """Does y stay when all of x shifts, and not grow when x does?"""
        x = self.inputs["dx"]
        shifted, large, larger = self(dx=x + 3.0), self(dx=x * 1e3), self(dx=x * 4e3)
        if any(a is None for a in (shifted, large, larger)) or not _near(shifted, y, 1e-5):
            return False
        spread, wider = (np.ptp(_rows(a), axis=0) for a in (large, larger))
        return bool(np.all(wider <= 1.5 * spread + 1e-9))


def follows_flattened(student, cases, forward, gradients, call):
    """Pass the failed `cases` of a call on images that agree with the student's own answer on
    flattened rows.
    """
    if all(case.passed for case in cases):
        return cases
    x, layer, training, epsilon, dy = call
    flat = (_rows(x), layer, training, epsilon, _rows(dy))
    if len(flat[0]) < 2 or not OwnForward(student, flat).depends_as_asked():
        return cases
    own = student.batchnorm_forward(flat[0], *layer, training, momentum=0.8, epsilon=epsilon)
    back = student.batchnorm_backward(flat[4], own.cache)
    sound = None
    for case in cases:
        what = case.name.partition(",")[0]
        if case.passed:
            continue
        is_gradient = what in ("dx", "dgamma", "dbeta")
        got, want = (
            getattr(a, what) for a in ((gradients, back) if is_gradient else (forward, own))
        )
        if not (isinstance(got, np.ndarray) and isinstance(want, np.ndarray)):
            continue
        if is_gradient and sound is None:
            sound = _backward_depends_as_asked(student, flat, back)
        shape = x.shape if what in ("y", "dx") else want.shape
        if got.shape == shape and got.size == want.size and _near(got, want.reshape(shape)):
            if sound or not is_gradient:
                case.passed = True
                case.message = f"{what} follows from your own functions on flattened rows"
    return cases


def _backward_depends_as_asked(student, flat, back):
    """Does dx react to dy, and shrink where the spread that it is divided by grows?"""
    x, layer, training, epsilon, dy = flat
    if not _is_array(back.dx, x.shape):
        return False
    wider = x * 10 if training else x
    spread = (*layer[:3], layer[3] * (1 if training else 100))
    variants = [(x, layer, dy + 1.0 + dy**2), (wider, spread, dy)]
    found = []
    for x_, layer_, dy_ in variants:
        cache = student.batchnorm_forward(x_, *layer_, training, epsilon=epsilon).cache
        found.append(student.batchnorm_backward(dy_, cache).dx)
    other, smaller = found
    if not all(_is_array(dx, x.shape) for dx in found) or not _moved(other, back.dx):
        return False
    return bool(np.all(np.abs(smaller).max(axis=0) < 0.5 * np.abs(back.dx).max(axis=0)))


def _rows(x):
    return x.reshape(-1, x.shape[-1])


def _is_array(value, shape):
    return isinstance(value, np.ndarray) and value.shape == shape and value.dtype.kind == "f"


def _moved(a, b):
    """Did a value react, in every channel? Reactions below 1e-6 of its size do not count."""
    change = np.abs(_rows(a - b)).max(axis=0)
    return bool(np.all(change > 1e-6 * (np.abs(_rows(b)).max(axis=0) + 1e-12)))


def _near(a, b, share=1e-7):
    return bool(np.all(np.abs(a - b) <= share * (np.abs(b).max() + 1e-12)))

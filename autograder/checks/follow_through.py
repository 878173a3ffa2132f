"""One mistake is paid for once: is an answer right, given the student's own earlier functions?

Never where that would reward a trivial answer: the student's function must depend on its inputs as
the question asks (in training, on the other examples of the batch too).
"""

from functools import cached_property

import numpy as np

from .. import reference
from ..compare import TOLERANCE

DIRECTIONS = 6
# Fourth-order central differences with a step of 1e-3 of a feature's size are good to about 1e-10,
# so that a wrong epsilon (1e-3 and more) cannot hide.
STEP, AGREEMENT = 1e-3, 1e-6


class OwnForward:
    """The student's forward pass of one call, as a function of any of its inputs.

    Args (of the constructor):
        call: x, the layer's weights, training, epsilon, dy.
    """

    def __init__(self, student, call):
        x, layer, self.training, self.epsilon, dy = call
        self.student, self.dy, self.call = student, dy.astype(np.float64), call
        names = ("x", "gamma", "beta", "moving_mean", "moving_variance")
        self.inputs = {n: v.astype(np.float64) for n, v in zip(names, (x, *layer))}

    def __call__(self, **changed):
        """y for these inputs, or None where the student's function gives no usable array."""
        inputs = self.inputs | changed
        answer = self.student.batchnorm_forward(
            *inputs.values(), self.training, epsilon=self.epsilon
        )
        return answer.y if _is_array(answer.y, inputs["x"].shape) else None

    @cached_property
    def y(self):
        """What it gives for the inputs of the call."""
        return self()

    def has_gradient(self, name, gradient):
        """Is `gradient` its exact gradient with respect to the input `name`, and worth credit?"""
        subject = self.inputs[name]
        if not _is_array(gradient, subject.shape) or not self._earns_credit:
            return False
        # A generator of its own: the questions' inputs must depend on no answer.
        rng = np.random.default_rng(DIRECTIONS)
        agreement = max(AGREEMENT, TOLERANCE[self.call[0].dtype.name])
        spread = _rows(subject).std(axis=0) + np.sqrt(self.epsilon) if name == "x" else 1.0
        for _ in range(DIRECTIONS):
            direction = rng.normal(size=subject.shape) * spread
            numeric = self.slope(name, subject, direction)
            analytic = np.sum(gradient * direction)
            size = np.sum(np.abs(gradient * direction)) + abs(numeric)
            if not abs(numeric - analytic) <= agreement * size:  # nan agrees with nothing
                return False
        return True

    @cached_property
    def _earns_credit(self):
        """The gradient of a right forward pass is the reference's: credit is for a wrong one."""
        return not self.is_right() and self.depends_as_asked()

    def is_right(self):
        """Is their forward pass what Keras gives, as far as this call shows?"""
        x, layer, training, epsilon, dy = self.call
        want = reference.batchnorm(x, *layer, training=training, epsilon=epsilon, dy=dy)
        return self.y is not None and _near(self.y, want["y"])

    def slope(self, name, subject, direction):
        """d sum(y * dy) along `direction`, by central differences of fourth order; nan without
        answers.
        """
        sums = {}
        for k in (-2, -1, 1, 2):
            y = self(**{name: subject + k * STEP * direction})
            sums[k] = np.nan if y is None else np.sum(y * self.dy)
        return (8 * (sums[1] - sums[-1]) - (sums[2] - sums[-2])) / (12 * STEP)

    def depends_as_asked(self):
        """Does y react to every input, in training also to other examples, and not linearly?"""
        x, y = self.inputs["x"], self.y
        if self.training and x.size == x.shape[-1]:
            return False  # a single example depends on nobody
        reacts = ["gamma", "beta"] + ([] if self.training else ["moving_mean", "moving_variance"])
        others = [self(**{name: self.inputs[name] * 1.5 + 0.25}) for name in reacts]
        if y is None or any(other is None or not _moved(other, y) for other in others):
            return False
        rng = np.random.default_rng(x.size)
        step = rng.normal(size=x.shape) * (x.std() + 0.1)
        up, down = self(x=x + step), self(x=x - step)
        if up is None or down is None or not _moved(up, y):
            return False
        if not self.training:
            return True
        if not self._normalises():
            return False
        nudged = x.copy()
        _rows(nudged)[0] += x.std() + 0.1
        other = self(x=nudged)
        rest = slice(1, None)
        coupled = other is not None and _moved(_rows(other)[rest], _rows(y)[rest])
        return coupled and _moved(up + down, 2 * y)

    def _normalises(self):
        """Does y stay when all of x shifts, and not grow when x does?"""
        x = self.inputs["x"]
        shifted, large, larger = self(x=x + 3.0), self(x=x * 1e3), self(x=x * 4e3)
        if any(a is None for a in (shifted, large, larger)) or not _near(shifted, self.y, 1e-5):
            return False
        spread, wider = (np.ptp(_rows(a), axis=0) for a in (large, larger))
        return bool(np.all(wider <= 1.5 * spread + 1e-9))


def follow_flattened(student, cases, forward, gradients, call, momentum):
    """Pass those failed `cases` of a call on images in which the student's answer is their own
    answer on the flattened rows.

    Args:
        cases: {what: Case}, what being the name of a returned value ("y", "dx", …).
        forward, gradients: the Answers on the images.
        call: x, the layer's weights, training, epsilon, dy.
    """
    failed = {what: case for what, case in cases.items() if not case.passed}
    x, layer, training, epsilon, dy = call
    rows, d_rows = _rows(x), _rows(dy)
    flat = (rows, layer, training, epsilon, d_rows)
    if not failed or len(rows) < 2 or not OwnForward(student, flat).depends_as_asked():
        return
    own = student.batchnorm_forward(rows, *layer, training, momentum=momentum, epsilon=epsilon)
    back = student.batchnorm_backward(d_rows, own.cache)
    sound = _backward_depends_as_asked(student, flat, back)
    for what, case in failed.items():
        is_gradient = what in back.values
        there, here = (gradients, back) if is_gradient else (forward, own)
        got, want = getattr(there, what), getattr(here, what)
        if _same_but_flattened(got, want, x) and (sound or not is_gradient):
            case.passed = True
            case.message = f"{what} follows from your own functions on flattened rows"


def _same_but_flattened(got, want, x):
    """Is `got` of x's shape and `want` its rows, or are both the same vector?"""
    if not (isinstance(got, np.ndarray) and isinstance(want, np.ndarray)):
        return False
    if want.shape == _rows(x).shape:
        want = want.reshape(x.shape)
    return got.shape == want.shape and _near(got, want)


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

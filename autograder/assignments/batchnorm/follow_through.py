"""Follow-through on Batch Normalization: a backward pass that is the exact gradient of the own
forward pass, images that are treated as the own functions treat their flattened rows.
"""

from functools import cached_property

import numpy as np

from ...answers.follow_through import OwnFunction, is_array, moved, near, rows
from . import reference


class OwnForward(OwnFunction):
    """The student's forward pass of one call, as a function of any of its inputs.

    Args (of the constructor):
        call: x, the layer's weights, training, epsilon, dy.
    """

    def __init__(self, student, call):
        x, layer, training, epsilon, dy = call
        names = ("x", "gamma", "beta", "moving_mean", "moving_variance")

        def forward(**inputs):
            own = student.apart("batchnorm_forward")
            if own is None:
                return None
            answer = own.batchnorm_forward(*inputs.values(), training, epsilon=epsilon)
            return answer.y if is_array(answer.y, inputs["x"].shape) else None

        super().__init__(forward, dict(zip(names, (x, *layer))), x.dtype.name)
        self.student, self.call = student, call
        self.training, self.epsilon, self.dy = training, epsilon, dy

    @cached_property
    def y(self):
        """What it gives for the inputs of the call."""
        return self()

    def earns(self, name, gradient):
        """Is `gradient` its exact gradient with respect to the input `name`, and worth credit?"""
        if not is_array(gradient, self.inputs[name].shape) or not self._earns_credit:
            return False
        x = self.inputs["x"]
        spread = rows(x).std(axis=0) + np.sqrt(self.epsilon) if name == "x" else 1.0
        return self.has_gradient(name, gradient, self.dy.astype(np.float64), spread)

    @cached_property
    def _earns_credit(self):
        """The gradient of a right forward pass is the reference's: credit is for a wrong one."""
        paid = self.student.lost & {"batchnorm_train", "batchnorm_inference"}
        return bool(paid) and not self.is_right() and self.depends_as_asked()

    def is_right(self):
        """Is their forward pass what Keras gives, as far as this call shows?"""
        x, layer, training, epsilon, dy = self.call
        want = reference.batchnorm(x, *layer, training=training, epsilon=epsilon, dy=dy)
        return self.y is not None and near(self.y, want["y"])

    def depends_as_asked(self):
        """Does y react to every input, in training also to other examples, and not linearly?"""
        x, y = self.inputs["x"], self.y
        if self.training and x.size == x.shape[-1]:
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


# The questions on the functions that images are flattened for.
FLATTENED = {"batchnorm_train", "batchnorm_moving", "batchnorm_inference", "batchnorm_backward"}


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
    flat = (rows(x), layer, training, epsilon, rows(dy))
    if not failed or not student.lost & FLATTENED or len(flat[0]) < 2:
        return
    if not OwnForward(student, flat).depends_as_asked():
        return
    options = {"momentum": momentum, "epsilon": epsilon}
    own = student.apart("batchnorm_forward")
    own_forward = own.batchnorm_forward(flat[0], *layer, training, **options)
    back = own.batchnorm_backward(flat[-1], own_forward.cache)
    sound = _backward_depends_as_asked(own, flat, back)
    for what, case in failed.items():
        is_gradient = what in back.values
        there, here = (gradients, back) if is_gradient else (forward, own_forward)
        got, want = getattr(there, what), getattr(here, what)
        if _same_but_flattened(got, want, x) and (sound or not is_gradient):
            case.passed = True
            case.message = f"{what} follows from your own functions on flattened rows"


def _same_but_flattened(got, want, x):
    """Is `got` of x's shape and `want` its rows, or are both the same vector?"""
    if not all(isinstance(v, np.ndarray) and v.dtype.kind == "f" for v in (got, want)):
        return False
    if want.shape == rows(x).shape:
        want = want.reshape(x.shape)
    return got.shape == want.shape and near(got, want)


def _backward_depends_as_asked(student, flat, back):
    """Does dx react to dy, and shrink where the spread that it is divided by grows?"""
    x, layer, training, epsilon, dy = flat
    if not is_array(back.dx, x.shape):
        return False
    wider = x * 10 if training else x
    spread = (*layer[:3], layer[3] * (1 if training else 100))
    variants = [(x, layer, dy + 1.0 + dy**2), (wider, spread, dy)]
    gradients = []
    for x_, layer_, dy_ in variants:
        cache = student.batchnorm_forward(x_, *layer_, training, epsilon=epsilon).cache
        gradients.append(student.batchnorm_backward(dy_, cache).dx)
    other, smaller = gradients
    if not all(is_array(dx, x.shape) for dx in gradients) or not moved(other, back.dx):
        return False
    return bool(np.all(np.abs(smaller).max(axis=0) < 0.5 * np.abs(back.dx).max(axis=0)))

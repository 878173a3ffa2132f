"""One mistake is paid for once: what it takes to say that an answer is right, given the student's
own earlier functions.

Only after the earlier function has lost points on its own question (`student.lost`): a mistake that
nobody has paid for earns no credit. Never where that would reward a trivial answer: the student's
function must depend on its inputs as the question asks. Where the student's own function is asked,
and could pretend, no more is given than it has cost (`affordable`). Each assignment says in its own
module what follows from what.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from .calls import Respondent
from .differences import TOLERANCE, Array

DIRECTIONS = 6
# Fourth-order central differences with a step of 1e-3 of an input's size are good to about 1e-10,
# so that a wrong epsilon (1e-3 and more) cannot hide.
STEP, AGREEMENT = 1e-3, 1e-6
REACTION = 1e-2  # what an output must at least move by, when an input moves by half its size


def affordable(student: Respondent, earlier: tuple[str, ...], points: float) -> bool:
    """May so many points be credited for what these questions have cost? They are taken off."""
    lost = sum(student.lost[question].points for question in earlier if question in student.lost)
    spent = student.spent.get(earlier, 0.0) + points
    if spent > lost + 1e-9:
        return False
    student.spent[earlier] = spent
    return True


class OwnFunction:
    """A student's function of named float64 inputs, any of which may be changed for one call.

    Attributes:
        inputs: {name: array}.
        dtype: of the call that is judged; chooses the tolerance.
    """

    def __init__(
        self,
        function: Callable[..., Array | None],
        inputs: Mapping[str, Array],
        dtype: str = "float64",
    ):
        """
        Args:
            function: called with all inputs by name; returns an array, or None where the student's
                function gives no usable one.
        """
        self.function, self.dtype = function, dtype
        self.inputs = {name: value.astype(np.float64) for name, value in inputs.items()}
        self._slopes: dict[tuple[str, bytes, bytes], dict[int, float]] = {}

    def __call__(self, **changed: Array) -> Array | None:
        return self.function(**(self.inputs | changed))

    def has_gradient(
        self, name: str, gradient: Any, upstream: Array, spread: float | Array = 1.0
    ) -> bool:
        """Is `gradient` that of sum(output * upstream) with respect to the input `name`?

        Args:
            spread: the size of the input's values, broadcastable to it; steps are a fraction of it.
        """
        subject = self.inputs[name]
        if not is_array(gradient, subject.shape):
            return False
        # A generator of its own: the questions' inputs must depend on no answer.
        rng = np.random.default_rng(DIRECTIONS)
        agreement = max(AGREEMENT, TOLERANCE[self.dtype])
        asked = (name, upstream.tobytes(), np.asarray(spread).tobytes())
        slopes = self._slopes.setdefault(asked, {})
        for i in range(DIRECTIONS):
            direction = rng.normal(size=subject.shape) * spread
            if i not in slopes:
                slopes[i] = self._slope(name, direction, upstream)
            numeric = slopes[i]
            analytic = np.sum(gradient * direction)
            size = np.sum(np.abs(gradient * direction)) + abs(numeric)
            if not abs(numeric - analytic) <= agreement * size:  # nan agrees with nothing
                return False
        return True

    def _slope(self, name: str, direction: Array, upstream: Array) -> float:
        """d sum(output * upstream) along `direction`, by central differences of fourth order; nan
        without answers.
        """
        sums: dict[int, float] = {}
        for k in (-2, -1, 1, 2):
            output = self(**{name: self.inputs[name] + k * STEP * direction})
            sums[k] = np.nan if output is None else np.sum(output * upstream)
        return (8 * (sums[1] - sums[-1]) - (sums[2] - sums[-2])) / (12 * STEP)

    def reacts_to(self, names: Iterable[str], everywhere: bool = True) -> bool:
        """Does the output move when any one of these inputs does, in every channel or anywhere?"""
        before = self()
        others: list[Any] = [self(**{name: self.inputs[name] * 1.5 + 0.25}) for name in names]
        if before is None or any(other is None for other in others):
            return False
        if everywhere:
            return all(moved(other, before) for other in others)
        return not any(near(other, before, REACTION) for other in others)


def rows(x: Array) -> Array:
    """All axes but the last made one."""
    return x.reshape(-1, x.shape[-1])


def is_array(value: object, shape: tuple[int, ...]) -> bool:
    return isinstance(value, np.ndarray) and value.shape == shape and value.dtype.kind == "f"


def moved(a: Array, b: Array) -> bool:
    """Did a value react, in every channel? Reactions below 1e-6 of its size do not count."""
    if a.shape != b.shape or not b.size:
        return False
    change = np.abs(rows(a - b)).max(axis=0)
    return bool(np.all(change > 1e-6 * (np.abs(rows(b)).max(axis=0) + 1e-12)))


def near(a: Array, b: Array, share: float = 1e-7) -> bool:
    """Is `a` equal to `b`, up to a share of b's largest value?"""
    if a.shape != b.shape or not b.size:
        return False
    return bool(np.all(np.abs(a - b) <= share * (np.abs(b).max() + 1e-12)))

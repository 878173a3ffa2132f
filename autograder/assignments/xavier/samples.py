"""What initializers returned, kept beside what was asked for, so that the diagnosis can tell
whether somebody else's draws fail in the same way.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...answers.calls import Answer, first_failure
from ...answers.differences import differs
from ...answers.follow_through import is_array
from ...sandbox.wire import Rng
from . import reference
from .distributions import GRID, NEAR_THE_BOUND, STANDARD_ERRORS, TruncatedNormal, Uniform, unlike


@dataclass(frozen=True, eq=False)
class Drawn:
    """Kernels drawn with one generator beside the distribution they should have, for the diagnosis.

    Attributes:
        kernels: what the calls returned, in order; ends with the first that is no kernel.
        fans: (fan_in, fan_out) of the shape.
        complaint: why they are not from the distribution, or None.
    """

    kernels: list
    shape: tuple
    fans: tuple[int, int]
    distribution: Uniform | TruncatedNormal
    complaint: str | None
    what = "kernel"
    rich, telling = True, 2

    @property
    def failure(self):
        """The Failure that stands for a kernel, or None."""
        return first_failure(self.kernels)

    @property
    def comparable(self):
        """Did anything come back that can be looked at?"""
        return all(isinstance(kernel, np.ndarray) for kernel in self.kernels)

    @property
    def right(self):
        return self.complaint is None

    @property
    def parts(self):
        """What of it was answered by the student's functions."""
        return tuple(self.kernels)

    def matches(self, parts):
        """Does somebody else's sample fail as this one does, or is it right as this one is?"""
        failures = self.failure, first_failure(parts)
        if any(failures):
            errors = [failure and failure.error for failure in failures]
            return errors[0] is not None and errors[0] == errors[1]
        ours = [as_sample(kernels) for kernels in (self.kernels, parts)]
        if any(sample is None or sample.dtype.kind != "f" for sample in ours):
            return False
        sample, other = ours
        if not self.right and (sample.shape != other.shape or not alike(sample, other)):
            return False
        right = other.shape[1:] == self.shape and unlike(other, self.distribution) is None
        return right == self.right


def as_sample(kernels):
    """One array (draws, *shape) where all kernels are arrays of one shape, or None."""
    if all(isinstance(k, np.ndarray) and k.shape == kernels[0].shape for k in kernels):
        return np.stack(kernels)
    return None


@np.errstate(all="ignore")
def alike(a, b):
    """May two samples of one size be from the same distribution? Equal arrays are; else mean,
    variance, range, shape and repetitions must agree within their errors.
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    if np.allclose(a, b, rtol=1e-9, atol=0, equal_nan=True):
        return True  # drawn in the same way
    n, std = a.size, b.std()
    error = (STANDARD_ERRORS + 1) * math.sqrt(2 / n)
    if not abs(a.var() / std**2 - 1) < 2 * error or not abs(a.mean() - b.mean()) < error * std:
        return False  # nan is like nothing
    if np.allclose(a, b, rtol=1e-6, atol=0):
        return True
    if n < 1000:
        return False
    a, b = (np.sort(sample, axis=None) for sample in (a, b))
    # Where the density ends in a step, extremes are known to a few gaps; tails are not.
    edges = [max(-sample[0], sample[-1]) for sample in (a, b)]
    tails = max(edges) > 3.2 * std
    if abs(edges[0] / edges[1] - 1) > (0.2 if tails else NEAR_THE_BOUND * 2 / n):
        return False
    repeated = [1 - len(np.unique(sample)) / n for sample in (a, b)]
    if abs(repeated[0] - repeated[1]) > 0.02:
        return False
    grid = np.linspace(-max(edges), max(edges), GRID)
    shares = [np.searchsorted(sample, grid, side="right") / n for sample in (a, b)]
    return np.abs(shares[0] - shares[1]).max() < math.sqrt(-math.log(1e-8 / 2) / n)


@dataclass(frozen=True)
class Fault:
    """What is wrong with the answers of several calls.

    Attributes:
        of_generator: has it to do with how the generator is used, and not with a single kernel?
    """

    text: str
    of_generator: bool = True


@dataclass(frozen=True, eq=False)
class Behaviour:
    """Something that several calls show together, for the diagnosis.

    Attributes:
        answers: of the calls.
        judge: answers -> the Fault, or None.
    """

    answers: list[Answer]
    judge: Callable
    fault: Fault | None = field(init=False)
    what = ""
    rich, telling = False, 2

    @property
    def failure(self):
        """The Failure that stands for an answer, or None."""
        return first_failure(v for answer in self.answers for v in answer.values.values())

    @property
    def comparable(self):
        """Did anything come back that can be looked at?"""
        return self.failure is None

    def __post_init__(self):
        object.__setattr__(self, "fault", self.judge(self.answers))

    @property
    def right(self):
        return self.fault is None

    @property
    def parts(self):
        return tuple(self.answers)

    def matches(self, parts):
        return self.judge(parts) == self.fault


def draw(function, shape, calls, seeds, distribution):
    """Kernels of a shape, Drawn with one generator; lost only if a second sample, from another
    seed, is off as well.
    """
    for seed in seeds:
        kernels, complaint = [], None
        while len(kernels) < calls and not complaint:
            kernels.append(function(shape, Rng(seed, 0, watched=False)).kernel)
            complaint = not_a_kernel(kernels[-1], shape)
        if complaint:
            return Drawn(kernels, shape, reference.fans(shape), distribution, complaint)
        complaint = unlike(np.stack(kernels), distribution)
        if not complaint:
            break
    return Drawn(kernels, shape, reference.fans(shape), distribution, complaint)


def not_a_kernel(kernel, shape):
    """A sentence where this is not a float array of the shape, or None."""
    if is_array(kernel, shape):
        return None
    if isinstance(kernel, np.ndarray) and kernel.shape == shape:
        return f"expected float values, received {kernel.dtype.name}"
    return differs(kernel, np.zeros(shape))

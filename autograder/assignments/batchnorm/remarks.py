"""What only this assignment can say about a wrong answer."""

import numpy as np

from ...diagnosis import remarks
from ...diagnosis.subject import Remark
from ...diagnosis.values import leaves_the_unit_range


class Remarks(remarks.Remarks):
    def first(self, subject, got, want):
        return _beside_beta(subject, got, want) if got.size > 2 else ()

    def last(self, subject, got, want):
        plain = subject.normalises and subject.what == "y"
        return leaves_the_unit_range(subject, got, want) if plain else ()


def _beside_beta(subject, got, want):
    """Is each channel right up to a factor, once beta is taken off?"""
    beta, gamma = (subject.arrays.get(name) for name in ("beta", "gamma"))
    if subject.what != "y" or beta is None or gamma is None or beta.shape != want.shape[-1:]:
        return
    axes = tuple(range(want.ndim - 1))
    a, b = got - beta, want - beta
    ratio = np.sum(a * b, axis=axes) / np.sum(b * b, axis=axes)
    if len(want) < 2 or not np.isfinite(ratio).all() or not subject.close(got, beta + ratio * b):
        return
    if np.allclose(ratio * gamma, 1.0, rtol=1e-5):
        yield Remark("y lacks gamma", "What does gamma give back to the layer?")
    elif np.allclose(ratio, -1.0, rtol=1e-5):
        yield Remark("y has the wrong sign before beta is added", "What is subtracted from what?")
    else:
        yield Remark(
            "each channel of y is off by a factor, beside beta",
            "Mean and beta are right. What it is divided by is not (the variance, epsilon, their "
            "root), or gamma.",
        )

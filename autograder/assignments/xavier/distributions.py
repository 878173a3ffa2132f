"""Were these numbers drawn from that distribution? For initializers, whose exact values nobody can
expect.

Every test is by distribution only, so that any correct way of drawing passes, with constants
rounded to four digits too. Tested are: values within their bounds and reaching both of them, mean
and variance within five standard errors, the distribution as a whole (Kolmogorov and Smirnov), the
largest gap between neighbours in order of size (neither a hole nor a grid), values that are their
own and not mirrored ones, neighbours in the array independent, units no copies. A correct sample
fails one of them with a probability of about 2e-6; a case is lost only where a second sample, from
another seed, fails as well.

Not told apart: generators that begin with few different seeds, and values outside their range that
are drawn once more and then put somewhere inside; in the numbers of one case nobody could see it.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np

STANDARD_ERRORS = 5.0
KS_LEVEL = 1e-8  # two-sided, by Kolmogorov's asymptotic formula
GRID = 2001  # points at which distributions are compared; fewer than all can only lower the level
NEAR_THE_BOUND = 25.0  # a sample misses its bound by this many expected gaps once in e^25
ROUNDED = 5e-5  # what a constant of four digits adds to the bound: 0.8796, 1.732 and 2.449 do
# n times the share of the distribution that is left free at both ends is a Gamma(2) variable, above
# 17 once in 1.4 million; sqrt(6) as 2.449 narrows the bounds of a uniform by 2e-4 of n.
FREE_ENDS = 17.0
# n times the largest gap, less log(n), has Gumbel's distribution: within these but for 1e-7 on the
# one side and 1e-10 on the other.
HOLE, REGULAR = 16.2, -3.2
OUTER = 5e-4  # share of the distribution at either end that is looked at by itself
MIRRORED = 0.15  # share of values whose size is another one's; of seven digits a tenth may be
KEPT = 0.87962566103423978  # stddev of a standard normal truncated at two


@dataclass(frozen=True)
class Uniform:
    """U(-limit, limit)."""

    limit: float

    @property
    def bound(self):
        return self.limit

    @property
    def stddev(self):
        return self.limit / math.sqrt(3)

    kurtosis = 1.8
    edge = 1.0  # density at the bound, both sides together, per share of the bound
    rounded = 2.1e-4  # of the distribution, that a constant of four digits leaves free

    def cdf(self, values):
        return (values / self.limit + 1) / 2


@dataclass(frozen=True)
class TruncatedNormal:
    """N(0, scale^2) truncated at two scales."""

    scale: float

    @property
    def bound(self):
        return 2 * self.scale

    @property
    def stddev(self):
        return self.scale * KEPT

    # Fourth moment of the truncated standard normal over its squared variance.
    kurtosis = (3 * KEPT**2 - 8 * math.exp(-2) * 2 / math.sqrt(2 * math.pi) / math.erf(2**0.5)) / (
        KEPT**4
    )
    rounded = 0.0
    edge = 4 * math.exp(-2) / math.sqrt(2 * math.pi) / math.erf(2**0.5)

    def cdf(self, values):
        return np.interp(values / self.scale, *_truncated_normal())


@functools.cache
def _truncated_normal():
    """Points of the truncated standard normal and its distribution there, so many that a straight
    line between two of them is right to 1e-9.
    """
    points = np.linspace(-2, 2, 40_001)
    below = np.array([math.erf(p) for p in (points / math.sqrt(2)).tolist()])
    return points, (below / math.erf(math.sqrt(2)) + 1) / 2


@np.errstate(all="ignore")
def unlike(sample, distribution):
    """Return a sentence that says why a sample is not from a distribution, or None if it may be.

    Args:
        sample: float array (draws, *shape), several kernels of one shape.
        distribution: a Uniform or a TruncatedNormal.
    """
    values = np.sort(sample.astype(np.float64), axis=None)
    n, bound, std = values.size, distribution.bound, distribution.stddev
    if not np.isfinite(values).all():
        return "not all values are finite"
    largest = max(-values[0], values[-1])
    if largest > bound * (1 + ROUNDED):
        return f"the largest of {n} values is {largest:.5g}, beyond the bound of {bound:.5g}"
    variance = values.var()
    error = STANDARD_ERRORS * math.sqrt((distribution.kurtosis - 1) / n)
    if abs(variance / std**2 - 1) > error:
        return (
            f"the variance of {n} values is {variance:.5g}, expected {std**2:.5g} "
            f"({variance / std**2:.4f} times as much)"
        )
    if abs(values.mean()) > STANDARD_ERRORS * std / math.sqrt(n):
        return f"the mean of {n} values is {values.mean():.3g}, expected about 0"
    gap = NEAR_THE_BOUND / (n * distribution.edge) + distribution.rounded
    if largest < bound * (1 - gap):
        return f"the largest of {n} values is {largest:.6g}, expected values up to {bound:.6g}"
    shares = np.clip(distribution.cdf(values), 0.0, 1.0)
    if n * (shares[0] + 1 - shares[-1]) > FREE_ENDS + n * distribution.rounded:
        return (
            f"{n} values reach from {values[0]:.6g} to {values[-1]:.6g}, expected both bounds: "
            f"{-bound:.6g} to {bound:.6g}"
        )
    grid = np.linspace(-bound, bound, GRID)
    below = np.searchsorted(values, grid, side="right") / n
    distance = np.abs(below - distribution.cdf(grid)).max()
    if distance * math.sqrt(n) > math.sqrt(-math.log(KS_LEVEL / 2) / 2):
        return f"the shape of the distribution is another one (Kolmogorov–Smirnov {distance:.3g})"
    return _dependent(sample, values, std) or _spaced(values, shares, distribution)


def _spaced(values, shares, distribution):
    """Say where values in order of size crowd at the ends, leave a hole, or lie more regularly than
    chance does.
    """
    outer = np.mean((shares < OUTER) | (shares > 1 - OUTER))
    error = STANDARD_ERRORS * math.sqrt(2 * OUTER / len(values)) + distribution.rounded
    if abs(outer - 2 * OUTER) > error:
        return f"{outer:.3%} of {len(values)} values are next to a bound, expected {2 * OUTER:.3%}"
    gaps = np.diff(shares)
    place = int(gaps.argmax())
    largest = len(values) * gaps[place] - math.log(len(values))
    if largest > HOLE:
        between = f"{values[place]:.5g} and {values[place + 1]:.5g}"
        return f"of {len(values)} values none lies between {between}: a hole"
    if largest < REGULAR:
        return f"{len(values)} values lie more regularly than random ones do"
    return None


def _dependent(sample, values, std):
    """Say where values repeat, neighbours go together, or units are copies of one another."""
    begins = np.flatnonzero(np.diff(values, prepend=np.nan) != 0)  # of each distinct value
    counts = np.diff(begins, append=values.size)
    repeated = 1 - len(begins) / values.size
    if repeated > 0.02:
        return f"{repeated:.0%} of the values are repetitions of others"
    if counts.max() > 6:
        often = values[begins[counts.argmax()]]
        return f"{counts.max()} of {values.size} values are exactly {often:.5g}"
    for axis in range(sample.ndim):
        length = sample.shape[axis]
        if length < 2:
            continue
        ahead = np.take(sample, range(1, length), axis).astype(np.float64)
        behind = np.take(sample, range(length - 1), axis).astype(np.float64)
        correlation = np.mean(ahead * behind) / std**2
        if abs(correlation) * math.sqrt(ahead.size) > STANDARD_ERRORS + 1:
            return f"neighbouring values are correlated ({correlation:+.3f})"
    units = sample[0].reshape(-1, sample.shape[-1]).astype(np.float64)
    if len(units) >= 50 and units.shape[1] > 1:  # fewer weights may look alike by chance
        units = units / np.linalg.norm(units, axis=0)
        if np.abs(np.triu(units.T @ units, 1)).max() > 0.99:
            return "some units are copies of others"
    mirrored = 1 - len(np.unique(np.abs(values))) / values.size
    if mirrored > MIRRORED:
        return f"{mirrored:.0%} of the values are others with the sign changed"
    return None

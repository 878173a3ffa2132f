"""How the values of a wrong answer relate to the expected ones, where its shape is right."""

import numpy as np

from . import channels, permutations
from .subject import Remark, factors

SUM_OR_MEAN = "Sum or mean? Count which axes the average runs over, and divide by their sizes once."
UNBIASED = "Variances here are those of the batch itself: divided by N, never by N - 1."
SIGN = "Check the direction of the difference, and the sign that a derivative brings."


def remarks(subject, own):
    """Remarks on finite values of the right shape, the most telling first.

    Args:
        own: the assignment's `remarks.Remarks`.
    """
    got = np.asarray(subject.got, np.float64)
    want = np.asarray(subject.want, np.float64)
    if want.ndim and not want.any():
        yield Remark(f"{subject.what} should be 0 everywhere here")
    elif want.ndim or np.asarray(subject.want).dtype.kind == "f":
        yield from own.first(subject, got, want)
        yield from _rounded(subject, got, want)
        yield from _another(subject, got)
        yield from permutations.remarks(subject, got, want) if got.size > 1 else ()
        yield from _factor(subject, got, want)
        yield from _function(subject, got, want)
        yield from channels.remarks(subject, got, want) if got.size > 2 else ()
        yield from _lost(subject, got, want)
    else:
        yield from own.first(subject, got, want)
        size = "large" if got > want else "small"
        yield Remark(f"{subject.what} is too {size} by {abs(int(got) - int(want))}")
    yield from own.last(subject, got, want)
    if (got > want).all():
        yield Remark(f"{subject.what} is too large", weak=True)
    elif (got < want).all():
        yield Remark(f"{subject.what} is too small", weak=True)


def _rounded(subject, got, want):
    if subject.dtype != "float64" or not want.any() or not want.ndim:
        return
    error = np.abs(got - want).max() / np.abs(want).max()
    if error < 3e-6:
        yield Remark(
            f"{subject.what} is right up to the precision of float32",
            "Inputs are float64 here. Is something converted on the way (astype, dtype=)?",
        )
    elif error < 1e-2:
        for decimals in range(2, 6):
            if np.array_equal(np.round(got, decimals), got):
                text = f"{subject.what} is rounded to {decimals} decimals"
                yield Remark(text, "Round what you print, never what you return.")
                return


def _another(subject, got):
    """Is it an argument, handed back?"""
    if not got.any():
        yield Remark(f"{subject.what} is all zeros", "Is what was computed ever put into it?")
        return
    for name, value in subject.arrays.items():
        if subject.close(got, value):
            yield Remark(f"{subject.what} is the argument {name}, unchanged")
        elif subject.close(got, -value):
            yield Remark(f"{subject.what} is the argument {name} with its sign changed")


def _factor(subject, got, want):
    constant = ratio(subject, got, want)
    if constant is None:
        return
    what, size = subject.what, abs(constant)
    wrong_sign = "has the wrong sign" if constant < 0 else ""
    if wrong_sign and abs(size - 1) < 1e-6:
        yield Remark(f"{what} has the wrong sign", SIGN)
        return
    for factor in factors(subject.symbols):
        for value, word in ((factor.number, "large"), (1 / factor.number, "small")):
            if abs(size / value - 1) < (1e-6 if subject.dtype == "float64" else 1e-3):
                text = f"is too {word} by the factor {factor.name}"
                hint = SUM_OR_MEAN if factor.is_size else ""
                if factor.of_variance:
                    hint = UNBIASED if subject.normalises else ""
                both = " and ".join(part for part in (wrong_sign, text) if part)
                yield Remark(f"{what} {both}", hint)
    if want.size > 2:
        yield Remark(f"{what} is the expected one times {constant:.5g}, everywhere")
        yield Remark(f"{what} is the expected one times a constant", SUM_OR_MEAN, weak=True)


def ratio(subject, got, want):
    """The constant that `want` is multiplied by, or None."""
    if not want.any() or not got.any():
        return None
    constant = float(np.sum(got * want) / np.sum(want * want))
    return (
        constant
        if constant and np.isfinite(constant) and subject.close(got, constant * want)
        else None
    )


FUNCTIONS = [
    ("the square of what is asked for", np.square, "Is a root missing?"),
    ("the root of what is asked for", lambda v: np.sqrt(np.abs(v)), "Is a root too many?"),
    ("one divided by what is asked for", lambda v: 1 / v, "What is above the fraction bar?"),
    ("the absolute value of what is asked for", np.abs, ""),
    ("what is asked for, but negative values are 0", lambda v: np.maximum(v, 0), ""),
    ("the value before its tanh", np.arctanh, "Where does the nonlinearity belong?"),
    ("the exponential of what is asked for", np.exp, ""),
    ("the logarithm of what is asked for", lambda v: np.log(np.abs(v)), ""),
    ("1 minus what is asked for", lambda v: 1 - v, ""),
]


def _function(subject, got, want):
    for name, function, hint in FUNCTIONS:
        other = function(want)
        if (
            np.isfinite(other).all()
            and subject.close(got, other)
            and not subject.close(want, other)
        ):
            yield Remark(f"{subject.what} is {name}", hint)
    low, high = got.min(), got.max()
    if got.size > 2 and low < high and subject.close(got, np.clip(want, low, high)):
        yield Remark(f"{subject.what} is right, but cut off below {low:.4g} and above {high:.4g}")


def _lost(subject, got, want):
    """What is true of the right answer and not of this one."""
    what = subject.what
    if want.ndim == 2 and want.shape[0] == want.shape[1] and subject.close(want.T, want):
        if not subject.close(got.T, got):
            yield Remark(f"{what} is not symmetric, and should be")
        if not np.diag(want).any() and np.diag(got).any():
            yield Remark(
                f"the diagonal of {what} is not 0", "What is a point's relation to itself?"
            )
    if want.ndim and abs(want.sum() - 1) < 1e-6 < abs(got.sum() - 1):
        yield Remark(f"{what} does not sum to 1")
    if want.ndim == 2 and want.shape[1] > 1:
        size = np.abs(want).max()
        if (
            np.abs(want.sum(axis=1)).max()
            < 1e-6 * size
            < 1e-4 * size
            < np.abs(got.sum(axis=1)).max()
        ):
            yield Remark(
                f"the rows of {what} do not sum to 0",
                "What one logit's probability gains, the others lose.",
            )


def leaves_the_unit_range(subject, got, want):
    """A Remark where the right answer lies in [0, 1] and this one does not."""
    inside = want.size > 1 and want.min() >= 0 and want.max() <= 1
    if inside and (got.min() < 0 or got.max() > 1 + 1e-6):
        yield Remark(f"{subject.what} leaves the range from 0 to 1")

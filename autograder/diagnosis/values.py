"""How the values of a wrong answer relate to the expected ones, where its shape is right."""

from itertools import combinations
from math import prod

import numpy as np

from . import channels, permutations
from .subject import Remark, factors

SUM_OR_MEAN = "Sum or mean? Count which axes the average runs over, and divide by their sizes once."
UNBIASED = "Variances here are those of the batch itself: divided by N, never by N - 1."
PLAIN = ("2", "3", "4", "1 / ln 2", "pi")  # factors that are no size
SIGN = "Check the direction of the difference, and the sign that a derivative brings."


def remarks(subject):
    """Remarks on finite values of the right shape, the most telling first."""
    got = np.asarray(subject.got, np.float64)
    want = np.asarray(subject.want, np.float64)
    if want.ndim and not want.any():
        yield Remark(f"{subject.what} should be 0 everywhere here")
    elif want.ndim or np.asarray(subject.want).dtype.kind == "f":
        yield from _rounded(subject, got, want)
        yield from _another(subject, got)
        yield from permutations.remarks(subject, got, want) if got.size > 1 else ()
        yield from _factor(subject, got, want)
        yield from _function(subject, got, want)
        yield from channels.remarks(subject, got, want) if got.size > 2 else ()
        if subject.what in ("h_t", "states") and np.abs([got, want]).max() < 1:
            yield from _before_tanh(subject, got, want)
        yield from _lost(subject, got, want)
    else:
        yield from _product_of_sides(subject, int(got))
        size = "large" if got > want else "small"
        yield Remark(f"{subject.what} is too {size} by {abs(int(got) - int(want))}")
    if subject.what == "kl" and got < 0:
        text = "kl is negative, and a divergence never is"
        yield Remark(text, "What does P sum to, and what does Q?")
    if subject.what == "loss" and want > 100 and 5 < got < 50:
        capped = f"loss is capped at {float(got):.4g}, about -ln {np.exp(-float(got)):.0e}"
        yield Remark(capped, "Can the logarithm be had without computing the probability first?")
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
    for number, name in factors(subject.symbols):
        for value, word in ((number, "large"), (1 / number, "small")):
            if abs(size / value - 1) < (1e-6 if subject.dtype == "float64" else 1e-3):
                text = f"is too {word} by the factor {name}"
                hint = "" if name in PLAIN else SUM_OR_MEAN
                if "- 1)" in name:
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


def _before_tanh(subject, got, want):
    """Is something missing or doubled inside the tanh?"""
    a, b = np.arctanh(got), np.arctanh(want)
    sound = np.abs(want) < 0.999
    for name, vector in subject.arrays.items():
        if vector.shape != want.shape[-1:]:
            continue
        for sign, text in ((1, "added twice"), (-1, "missing")):
            if sound.any() and np.abs(a - b - sign * vector)[sound].max() < 1e-5:
                yield Remark(f"inside the tanh of {subject.what}, {name} is {text}")


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
    if (
        want.size > 1
        and (subject.what in ("image", "P") or subject.normalises and subject.what == "y")
        and want.min() >= 0
        and want.max() <= 1
        and (got.min() < 0 or got.max() > 1 + 1e-6)
    ):
        yield Remark(f"{what} leaves the range from 0 to 1")


def _product_of_sides(subject, got):
    """Is an integer the product of other sides of a shape than it should be?"""
    shape = subject.arguments.get("shape")
    if not isinstance(shape, tuple) or len(shape) < 2:
        return
    sides = {"shape[-2]": shape[-2], "shape[-1]": shape[-1]}
    if len(shape) > 2:
        sides["the spatial sides"] = prod(shape[:-2])
        sides |= {"shape[0]": shape[0], "shape[1]": shape[1]}
    for count in (1, 2, 3):
        for names in combinations(sides, count):
            if prod(sides[name] for name in names) == got:
                text = f"{subject.what} is " + " times ".join(names)
                hint = "What feeds one unit, and what does one input feed? Count connections."
                yield Remark(text if count > 1 else text + " alone", hint)

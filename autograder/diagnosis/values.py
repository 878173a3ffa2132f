"""How the values of a wrong answer relate to the expected ones, where its shape is right."""

from itertools import combinations, permutations
from math import prod

import numpy as np

from .subject import Remark, factors

SUM_OR_MEAN = "Sum or mean? Count which axes the average runs over, and divide by their sizes once."
UNBIASED = "Variances here are those of the batch itself: divided by N, never by N - 1."
SIGN = "Check the direction of the difference, and the sign that a derivative brings."


def remarks(subject):
    """Remarks on finite values of the right shape, the most telling first."""
    got = np.asarray(subject.got, np.float64)
    want = np.asarray(subject.want, np.float64)
    if want.ndim or np.asarray(subject.want).dtype.kind == "f":
        yield from _rounded(subject, got, want)
        yield from _another(subject, got)
        yield from _moved(subject, got, want) if got.size > 1 else ()
        yield from _factor(subject, got, want)
        yield from _function(subject, got, want)
        if got.size > 2:
            yield from _term(subject, got, want)
            yield from _per_channel(subject, got, want)
            yield from _offset(subject, got, want)
        if subject.what in ("h_t", "states") and np.abs([got, want]).max() < 1:
            yield from _before_tanh(subject, got, want)
        yield from _lost(subject, got, want)
    else:
        yield from _product_of_sides(subject, int(got))
    if (got > want).all():
        yield Remark(f"{subject.what} is too large", weak=True)
    elif (got < want).all():
        yield Remark(f"{subject.what} is too small", weak=True)


def _rounded(subject, got, want):
    if subject.dtype != "float64" or not want.any():
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


def _moved(subject, got, want):
    """Are the right values there, at other places?"""
    for axis in range(want.ndim):
        n, word = want.shape[axis], subject.word(axis)
        if n < 2 or subject.close(want, np.flip(want, axis)):
            continue
        if subject.close(got, np.flip(want, axis)):
            text = f"{subject.what} is right, but the {word}s are in reversed order"
            yield Remark(text, "In which order are they collected, and in which asked for?")
        if n > 2 and word in ("step", "layer", "row", "column"):  # what has an order
            yield from _shifted(
                subject, np.moveaxis(got, axis, 0), np.moveaxis(want, axis, 0), word
            )
        first, last = (np.take(want, [i], axis) for i in (0, -1))
        for name, one in (("first", first), ("last", last)):
            if subject.close(got, np.broadcast_to(one, want.shape)):
                text = f"every {word} of {subject.what} is what only the {name} one should be"
                yield Remark(text, "Are all entries references to one and the same array?")
    if want.ndim <= 4:
        for order in permutations(range(want.ndim)):
            turned = want.transpose(order)
            if order == tuple(range(want.ndim)) or turned.shape != want.shape:
                continue
            if subject.close(got, turned) and not subject.close(want, turned):
                how = "transposed" if want.ndim == 2 else f"right with its axes in order {order}"
                hint = "Sizes that are equal hide it; in other cases they differ."
                yield Remark(f"{subject.what} is {how}", hint)
    if want.ndim and 1 < want.shape[-1] <= 5:
        for order in permutations(range(want.shape[-1])):
            turned = want[..., list(order)]
            if subject.close(got, turned) and not subject.close(want, turned):
                text = (
                    f"{subject.what} is right, but entries of its last axis change places: {order}"
                )
                yield Remark(text)
    rows = [
        np.sort(a.reshape(len(a), -1), axis=0) if a.ndim > 1 else np.sort(a) for a in (got, want)
    ]
    if len(want) > 2 and want.ndim <= 2 and np.array_equal(*rows):
        yield Remark(f"{subject.what} has the right rows in another order", "Sorted by what?")


def _shifted(subject, got, want, word):
    later = "Which state belongs to which step: the one before it or the one after it?"
    if subject.close(got[1:], want[:-1]):
        yield Remark(f"{subject.what} comes one {word} late: shifted by one", later)
    elif subject.close(got[:-1], want[1:]):
        yield Remark(f"{subject.what} comes one {word} early: shifted by one", later)


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
                hint = UNBIASED if "- 1)" in name else SUM_OR_MEAN
                hint = "" if name in ("2", "3", "4", "ln 2", "pi") else hint
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
    return constant if constant and subject.close(got, constant * want) else None


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


@np.errstate(all="ignore")
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


def _vectors(subject, size):
    """{name: vector} of what may scale or shift a channel: arguments, and the statistics of one."""
    found = {name: value for name, value in subject.arrays.items() if value.shape == (size,)}
    epsilon = subject.arguments.get("epsilon", 1e-3 if "moving_variance" in found else 0.0)
    for name, value in subject.arrays.items():
        if value.ndim > 1 and value.shape[-1] == size and len(value) > 1:
            axes = tuple(range(value.ndim - 1))
            found[f"the mean of {name}"] = value.mean(axis=axes)
            found[f"the standard deviation of {name}"] = np.sqrt(value.var(axis=axes) + epsilon)
    return found


@np.errstate(all="ignore")
def _per_channel(subject, got, want):
    """Is every channel off by a factor or a number of its own?"""
    if want.ndim < 1 or want.shape[-1] < 2:
        return
    word = subject.word(want.ndim - 1)
    axes = tuple(range(want.ndim - 1))
    ratio = np.sum(got * want, axis=axes) / np.sum(want * want, axis=axes)
    if np.allclose(ratio, ratio.flat[0], rtol=1e-6):
        return  # one factor for all, which is said elsewhere
    known = _vectors(subject, want.shape[-1])
    if np.isfinite(ratio).all() and subject.close(got, ratio * want):
        for name, vector in known.items():
            for text, value in (("multiplied", vector), ("divided", 1 / vector)):
                if np.isfinite(value).all() and np.allclose(ratio, value, rtol=1e-5, atol=0):
                    how = f"each {word} of {subject.what} is the expected one {text} by {name}"
                    yield Remark(how, "Is it forgotten, or applied once too often?")
        if want.ndim > 1 and len(want) > 2:
            hint = (
                f"Something that belongs to each {word} (a scale, a spread) is missing or doubled."
            )
            yield Remark(f"each {word} of {subject.what} is off by a factor of its own", hint)
    if want.ndim < 2:
        return
    yield from _scaled_and_shifted(subject, got, want, want.ndim - 1)
    yield from _scaled_and_shifted(subject, got, want, 0)


def _scaled_and_shifted(subject, got, want, axis):
    """Is each slice along an axis a line in the expected one: scaled and shifted?"""
    if want.shape[axis] < 2 or want.size < 4 * want.shape[axis]:
        return
    a, b = (np.moveaxis(v, axis, -1).reshape(-1, want.shape[axis]) for v in (got, want))
    centred = b - b.mean(axis=0)
    scale = np.sum(centred * a, axis=0) / np.sum(centred**2, axis=0)
    line = a.mean(axis=0) + scale * centred
    if not np.isfinite(line).all() or not subject.close(a, line):
        return
    word = subject.word(axis)
    shift = a.mean(axis=0) - scale * b.mean(axis=0)
    small = 1e-7 * np.abs(a).max()
    if np.allclose(scale, 1.0, rtol=1e-6) and np.ptp(shift) < small:
        return  # a constant offset
    if np.ptp(scale) < 1e-6 * abs(scale[0]) and np.ptp(shift) < small:
        text = f"{subject.what} is the expected one times {scale[0]:.4g}, {shift[0]:+.4g}"
        yield Remark(text, "Which range is asked for?")
        return
    how = "scaled" if np.abs(shift).max() < small else "scaled and shifted"
    if np.allclose(scale, 1.0, rtol=1e-6):
        how = "shifted"
    yield Remark(
        f"each {word} of {subject.what} is {how} by numbers of its own",
        "Over which axis are statistics taken, and to what are scale and shift applied?",
    )


def _term(subject, got, want):
    """Is an argument added once too often, left out, or subtracted?"""
    for name, value in subject.arrays.items():
        if value.ndim and value.shape == want.shape[want.ndim - value.ndim :] and value.any():
            for times, text in (
                (1, f"has {name} added once too often"),
                (-1, f"lacks {name}"),
                (-2, f"has {name} with the wrong sign"),
            ):
                if subject.close(want + times * value, got):
                    yield Remark(f"{subject.what} {text}", "Write the equation beside the line.")


def _offset(subject, got, want):
    """Is something added or left out that is the same everywhere, or the same for all examples?"""
    difference = got - want
    mean = difference.mean()
    if mean and subject.close(got, want + mean):
        yield Remark(f"{subject.what} is off by the same number ({mean:+.4g}) everywhere")
    elif want.ndim > 1 and want[..., 0].size > 2:
        shared = difference.mean(axis=tuple(range(want.ndim - 1)))
        if shared.any() and subject.close(got, want + shared):
            word = subject.word(want.ndim - 1)
            yield Remark(
                f"each {word} of {subject.what} is off by one number, the same for all examples",
                "A term that all examples share, such as a mean or a bias, is missing or wrong.",
            )
        elif subject.what.startswith("d"):  # a gradient: paths may be missing
            yield from _span(subject, difference)


def _span(subject, difference):
    """Is the difference, channel by channel, a number plus a multiple of an input?"""
    for name, value in subject.arrays.items():
        if value.shape != difference.shape or value[..., 0].size < 5:
            continue
        columns = [a.reshape(-1, a.shape[-1]) for a in (value, difference)]
        for x, d in zip(columns[0].T, columns[1].T):
            basis = np.stack([np.ones_like(x), x], axis=1)
            left = d - basis @ np.linalg.lstsq(basis, d, rcond=None)[0]
            if np.abs(left).max() > 1e-6 * np.abs(difference).max():
                break
        else:
            word = subject.word(difference.ndim - 1)
            yield Remark(
                f"{subject.what} is off, {word} by {word}, by a number plus a multiple of {name}",
                "A term is missing or wrong: follow every path from the input to the result, the "
                "one through the variance too.",
            )


@np.errstate(all="ignore")
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
                f"the rows of {what} do not sum to 0", "Raising one makes the others fall."
            )
    if (
        want.size > 1
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

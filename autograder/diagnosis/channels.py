"""Is every channel, example or entry off in the same way: by a factor, an offset, a term?"""

import numpy as np

from .subject import Remark


def remarks(subject, got, want):
    """Remarks on differences that many entries share, those with a known cause first."""
    yield from _term(subject, got, want)
    yield from _per_channel(subject, got, want)
    yield from _offset(subject, got, want)


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
        if want.ndim > 1 and len(want) > 2 and np.all(np.abs(ratio - 1) > 1e-6) and ratio.all():
            hint = (
                f"Something that belongs to each {word} (a scale, a spread) is missing or doubled."
            )
            yield Remark(f"each {word} of {subject.what} is off by a factor of its own", hint)
    if want.ndim < 2:
        return
    yield from _scaled_and_shifted(subject, got, want, want.ndim - 1)
    yield from _scaled_and_shifted(subject, got, want, 0)


def _vectors(subject, size):
    """{name: vector} of what may scale or shift a channel: arguments, and the statistics of one."""
    vectors = {name: value for name, value in subject.arrays.items() if value.shape == (size,)}
    epsilon = subject.arguments.get("epsilon", 1e-3 if "moving_variance" in vectors else 0.0)
    for name, value in subject.arrays.items():
        if value.ndim > 1 and value.shape[-1] == size and len(value) > 1:
            axes = tuple(range(value.ndim - 1))
            vectors[f"the mean of {name}"] = value.mean(axis=axes)
            vectors[f"the standard deviation of {name}"] = np.sqrt(value.var(axis=axes) + epsilon)
    return vectors


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
    right = (np.abs(scale - 1) < 1e-6) & (np.abs(shift) < small)
    if right.any() or not scale.all():
        return  # some are right or all 0: places tell more
    hint = ""
    if subject.normalises and axis:
        hint = "What is subtracted from it, and what is it divided by? Both are two numbers for it."
    elif subject.normalises:
        hint = "Statistics belong to a feature and run over the examples, not the other way round."
    yield Remark(f"each {word} of {subject.what} is {how} by numbers of its own", hint)


def _offset(subject, got, want):
    """Is something added or left out that is the same everywhere, or the same for all examples?"""
    difference = got - want
    mean = difference.mean()
    if mean and subject.close(got, want + mean):
        yield Remark(f"{subject.what} is off by the same number ({mean:+.4g}) everywhere")
    elif want.ndim > 1 and want[..., 0].size > 2:
        shared = difference.mean(axis=tuple(range(want.ndim - 1)))
        if shared.all() and subject.close(got, want + shared):
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

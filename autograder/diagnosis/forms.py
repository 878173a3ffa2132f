"""What an answer of the wrong shape or kind has to do with the expected one."""

from itertools import permutations

import numpy as np

from .subject import WORDS, Remark

KEEPDIMS = "Where does a sum keep its axis (keepdims), and where is a vector made a row?"


def remarks(subject):
    """Remarks on an array whose shape is not the expected one."""
    got, want = np.asarray(subject.got, np.float64), np.asarray(subject.want, np.float64)
    what = subject.what
    if got.size == want.size:
        if subject.close(got.reshape(want.shape), want):
            one = got.ndim != want.ndim and got.squeeze().ndim == want.squeeze().ndim
            how = (
                "has an axis of length 1 that does not belong there" if one else "has another shape"
            )
            yield Remark(f"{what} has the right values, but {how}", KEEPDIMS)
            return
        yield from _turned(subject, got, want)
    if got.ndim == want.ndim + 1:
        yield from _not_reduced(subject, got, want)
    if got.ndim == want.ndim - 1:
        yield from _reduced(subject, got, want)
    if got.ndim == want.ndim:
        for axis in range(want.ndim):
            same = [i for i in range(want.ndim) if i != axis and got.shape[i] == want.shape[i]]
            if len(same) == want.ndim - 1:
                yield from _cut(subject, got, want, axis)
    if not got.ndim:
        yield Remark(f"{what} is one number where an array belongs", "Which axes must stay?")


def _turned(subject, got, want):
    if got.ndim != want.ndim or want.ndim < 2 or want.ndim > 4:
        return
    for order in permutations(range(want.ndim)):
        if got.transpose(order).shape == want.shape:
            values = (
                "the right values" if subject.close(got.transpose(order), want) else "the shape"
            )
            letters = subject.letters
            if all(letters):
                back = np.argsort(order)
                now, asked = (
                    "(" + ", ".join(letters[i] for i in o) + ")" for o in (back, range(want.ndim))
                )
                yield Remark(
                    f"{subject.what} has {values} of axes {now}, asked for are {asked}", ""
                )
            else:
                yield Remark(f"{subject.what} has {values} of a transposed array")
            return


def _not_reduced(subject, got, want):
    for axis in range(got.ndim):
        if got.sum(axis=axis).shape != want.shape:
            continue
        for name, value in (("summed", got.sum(axis=axis)), ("averaged", got.mean(axis=axis))):
            if subject.close(value, want):
                hint = "Every example contributes; which axis must be gone?"
                yield Remark(f"{subject.what} is not {name} over axis {axis}", hint)
                return


def _reduced(subject, got, want):
    for axis in range(want.ndim):
        word = WORDS.get(subject.letters[axis], f"entry of axis {axis}")
        for text, value in (
            (f"is only that of the last {word}", want.take(-1, axis)),
            (f"is only that of the first {word}", want.take(0, axis)),
            (f"is summed over the {word}s", want.sum(axis=axis)),
            (f"is averaged over the {word}s", want.mean(axis=axis)),
        ):
            if subject.close(got, value):
                yield Remark(f"{subject.what} {text}", f"Every {word} is asked for.")
                return


def _cut(subject, got, want, axis):
    word, n = subject.word(axis), min(got.shape[axis], want.shape[axis])
    if not n:
        return
    start, end = (np.arange(n), np.arange(-n, 0))
    longer = got.shape[axis] > want.shape[axis]
    part, whole = (want, got) if longer else (got, want)
    state = "are too many" if longer else "are missing"
    if subject.close(whole.take(start, axis), part):
        yield Remark(
            f"{subject.what} is right, but the last {word}s {state}", "Which are asked for?"
        )
    elif subject.close(whole.take(end, axis), part):
        yield Remark(
            f"{subject.what} is right, but the first {word}s {state}", "Which are asked for?"
        )
    elif not longer and got.shape[axis] == 1:
        yield Remark(f"{subject.what} has one {word} where all are asked for")
    else:
        yield Remark(f"{subject.what} has another number of {word}s than asked for", weak=True)


def kind_remarks(subject):
    """Remarks on something that is no array of the right kind, or on wrong flags and integers."""
    got, want, what = subject.got, np.asarray(subject.want), subject.what
    if isinstance(got, (list, tuple)) and want.ndim:
        yield Remark(f"{what} is a {type(got).__name__}, not an array", "Put it into one array.")
        return
    if not isinstance(got, (np.ndarray, np.generic, int, float)):
        return
    got = np.asarray(got)
    if want.dtype.kind in "iu" and got.dtype.kind == "f" and np.array_equal(got, want):
        text = f"{what} has the right value, but is a float where an integer is asked for"
        yield Remark(text, "What does Python's / give, and what do // and math.prod?")
    elif want.dtype.kind == "b" and got.dtype.kind in "iuf" and got.shape == want.shape:
        yield Remark(f"{what} holds numbers, where True and False are asked for")


def flag_remarks(subject):
    """Remarks on bool arrays of the right shape."""
    got, want, what = subject.got, subject.want, subject.what
    if np.array_equal(got, ~want):
        yield Remark(f"{what} says the opposite of what is asked for")
    elif got.all() or not got.any():
        yield Remark(f"{what} is {bool(got.flat[0])} everywhere")
    if not (want & ~got).any():
        text = f"{what} is True where it should not be, never the other way round"
        yield Remark(text, "The condition is too easily met.")
    elif not (got & ~want).any():
        text = f"{what} is False where it should not be, never the other way round"
        yield Remark(text, "The condition asks for too much.")

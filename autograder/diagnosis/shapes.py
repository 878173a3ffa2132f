"""What an answer of the wrong shape or kind has to do with the expected one."""

from itertools import permutations

import numpy as np

from .subject import WORDS, Remark, plural

KEEPDIMS = "Where does a sum keep its axis (keepdims), and where is a vector made a row?"


def remarks(subject):
    """Remarks on an array whose shape is not the expected one."""
    got, want = np.asarray(subject.got, np.float64), np.asarray(subject.want, np.float64)
    what = subject.what
    if got.size == want.size:
        if subject.close(got.reshape(want.shape), want):
            hint = KEEPDIMS
            if got.squeeze().shape != want.squeeze().shape:
                how, hint = "has another shape", "Give it back its axes before it is returned."
            elif got.ndim > want.ndim:
                how = "has an axis of length 1 that does not belong there"
            else:
                how = "lacks an axis of length 1"
            yield Remark(f"{what} has the right values, but {how}", hint)
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
    yield Remark(f"{what} has the wrong shape", weak=True)


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
            (f"is summed over the {plural(word)}", want.sum(axis=axis)),
            (f"is averaged over the {plural(word)}", want.mean(axis=axis)),
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
    count = abs(got.shape[axis] - want.shape[axis])
    whom = f"one {word}" if count == 1 else plural(word)
    state = "too many" if longer else "missing"
    for where, places in (("end", start), ("beginning", end)):
        if subject.close(whole.take(places, axis), part):
            text = f"{subject.what} is right, but with {whom} {state} at the {where}"
            yield Remark(text, f"Which {plural(word)} are asked for?")
            return
    sizes = [letter for letter, size in subject.symbols.items() if size == got.shape[axis]]
    if len(sizes) == 1 and sizes[0] in WORDS and WORDS[sizes[0]] != word:
        other = WORDS[sizes[0]]
        yield Remark(f"{subject.what} has one entry per {other}, where one per {word} is asked for")
    elif not longer and got.shape[axis] == 1:
        yield Remark(f"{subject.what} has one {word} where all are asked for")
    else:
        yield Remark(
            f"{subject.what} has another number of {plural(word)} than asked for", weak=True
        )


def kind_remarks(subject):
    """Remarks on something that is no array of the right kind, or on wrong flags and integers."""
    got, want, what = subject.got, np.asarray(subject.want), subject.what
    if got is None:
        yield Remark(f"{what} is None", "Is it ever computed, and is it returned at its place?")
        return
    if isinstance(got, (list, tuple)) and want.ndim:
        several = subject.call is not None and len(subject.call.function.returns) > 1
        hint = "Are the values returned in the order of the task?" if several else ""
        yield Remark(
            f"{what} is a {type(got).__name__}, not an array", hint or "Make it one array."
        )
        return
    if isinstance(got, (bool, np.bool_)) and want.dtype.kind in "iuf":
        yield Remark(f"{what} is True or False, where a number is asked for")
        return
    if not isinstance(got, (np.ndarray, np.generic, int, float)):
        return
    got = np.asarray(got)
    if want.dtype.kind in "iu" and got.dtype.kind == "f" and np.array_equal(got, want):
        text = f"{what} has the right value, but is a float where an integer is asked for"
        yield Remark(text, "Which operation made it a float?")
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

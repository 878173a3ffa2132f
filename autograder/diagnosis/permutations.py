"""Are the right values there, at other places: reversed, shifted, transposed, exchanged?"""

from itertools import permutations

import numpy as np

from .subject import ORDERED, Remark, plural


def remarks(subject, got, want):
    """Remarks on right values at other places."""
    for axis in range(want.ndim):
        n, word = want.shape[axis], subject.word(axis)
        if n < 2 or subject.close(want, np.flip(want, axis)):
            continue
        if subject.close(got, np.flip(want, axis)):
            text = f"{subject.what} is right, but the {plural(word)} are in reversed order"
            yield Remark(text, "In which order are they collected, and in which asked for?")
        if n > 2 and subject.letters[axis] in ORDERED:
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
                places = f"entries of its last axis change places: {order}"
                if subject.letters[-1] == "P" and order == (0, 2, 1):
                    places = "row and column change places"
                yield Remark(f"{subject.what} is right, but {places}")
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

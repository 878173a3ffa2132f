"""Where an answer is wrong, when it is not wrong everywhere."""

from dataclasses import replace

import numpy as np

from .subject import ORDERED, Remark, plural


def remarks(subject, wrong):
    """Remarks on the places of wrong entries.

    Args:
        wrong: bool array of the answer's shape, not all True.
    """
    for remark in _remarks(subject, wrong):
        yield replace(remark, place=True)
    for axis in range(wrong.ndim):
        for remark in _along(subject, wrong, axis):
            yield replace(remark, place=True, weak=True)


def _remarks(subject, wrong):
    what = subject.what
    yield from _masked(subject, wrong)
    constant = _constant_channels(subject, wrong.shape[-1])
    channels = wrong.any(axis=tuple(range(wrong.ndim - 1)))
    if constant.any() and not channels[~constant].any():
        text = f"{what} is wrong only where a {subject.word(wrong.ndim - 1)} is constant"
        yield Remark(text, "Its spread is 0: what should become of it, and what is it divided by?")
    if (
        wrong.ndim == 2
        and wrong.shape[0] == wrong.shape[1]
        and not wrong[~np.eye(len(wrong), dtype=bool)].any()
    ):
        yield Remark(
            f"{what} is wrong only on its diagonal", "What is a thing's relation to itself?"
        )
    labels = subject.arguments.get("labels")
    if labels is not None and wrong.ndim == 2 and len(labels) == len(wrong):
        own = np.zeros_like(wrong)
        own[np.arange(len(wrong)), labels] = True
        if not wrong[~own].any():
            yield Remark(
                f"{what} is wrong only at each example's own label", "What is special there?"
            )
        elif not wrong[own].any():
            yield Remark(f"{what} is right only at each example's own label")
    yield from _border(subject, wrong)


def _masked(subject, wrong):
    mask = subject.arguments.get("mask")
    if mask is None or wrong.shape[:2] != np.shape(mask):
        return
    steps = wrong.any(axis=tuple(range(2, wrong.ndim)))
    what, want = subject.what, np.asarray(subject.want)
    before = np.logical_and.accumulate(mask, axis=1)  # a row's first masked step
    first = np.argmin(mask, axis=1)
    gaps = (~mask).any(axis=1) & (first > 0)  # rows that start masked are zeros in any case
    if not steps[mask].any():
        zero = not np.asarray(subject.got)[wrong].any()
        text = "wrong only at masked steps" + (", where it is 0" if zero else "")
        yield Remark(f"{what} is {text}", "What is the state after a step that is skipped?")
    elif not steps[~mask].any() and not steps[before].any():
        yield Remark(
            f"{what} is right at masked steps, and wrong at the steps after them",
            "From which state does the step after a gap start?",
        )
    elif not steps[~mask].any() and steps[mask].all() and want[~mask].any():
        yield Remark(f"{what} is right at masked steps, wrong at the others")
    elif not steps[before].any() and steps[gaps, first[gaps]].all():
        text = f"{what} is right until a row's first masked step, and wrong from there on"
        yield Remark(text, "What should a masked step do to the state?")


def _constant_channels(subject, size):
    for value in subject.arrays.values():
        if value.ndim > 1 and value.shape[-1] == size and len(value) > 1:
            return np.ptp(value, axis=tuple(range(value.ndim - 1))) == 0
    return np.zeros(size, bool)


def _border(subject, wrong):
    axes = [i for i, letter in enumerate(subject.letters) if letter in ("H", "W")]
    if len(axes) != 2 or min(wrong.shape[a] for a in axes) < 3:
        return
    inside = [slice(1, -1) if i in axes else slice(None) for i in range(wrong.ndim)]
    if not wrong[tuple(inside)].any():
        yield Remark(
            f"{subject.what} is wrong only at its border", "Count padding and edges again."
        )


def _along(subject, wrong, axis):
    n, word, what = wrong.shape[axis], subject.word(axis), subject.what
    others = tuple(i for i in range(wrong.ndim) if i != axis)
    places = list(np.flatnonzero(wrong.any(axis=others)))
    ordered, letter = subject.letters[axis] in ORDERED, subject.letters[axis]
    if n < 2 or len(places) == n or letter == "P":
        return
    if letter == "T" and subject.arguments.get("mask") is not None:
        return  # the mask, not the step, decides
    if letter == "L":
        yield from _of_stack(what, places, n)
    elif not ordered:
        if n > 2 and len(places) == 1:
            yield Remark(f"only one {word} of {what} is wrong")
        elif n > 2 and len(places) == n - 1:
            yield Remark(f"only one {word} of {what} is right")
    elif places == [0]:
        yield Remark(
            f"{what} is wrong only at the first {word}", f"What comes before the first {word}?"
        )
    elif places == [n - 1]:
        yield Remark(
            f"{what} is wrong only at the last {word}", f"What comes after the last {word}?"
        )
    elif n > 2 and places == list(range(1, n)):
        hint = f"What does the second {word} need that the first has not?"
        yield Remark(f"{what} is right at the first {word} and wrong from the second on", hint)
    elif n > 2 and places == list(range(n - 1)):
        hint = f"What do earlier {plural(word)} get from later ones?"
        yield Remark(f"{what} is right at the last {word} only", hint)
    elif places[0] > 1 and letter == "T" and places == list(range(places[0], n)):
        yield Remark(f"{what} is right at the first steps and wrong later on")


def _of_stack(what, places, n):
    """Of a stack of layers: entry 0 is the input, the last one the output."""
    if places == list(range(1, n)):
        hint = "Every layer is wrong: look inside one of them."
        yield Remark(f"only entry 0 of {what}, the input's, is right", hint)
    elif places == list(range(n - 1)):
        hint = "Nothing was done to it yet: look at the way back through one layer."
        yield Remark(f"only the last entry of {what}, the output's, is right", hint)
    elif places == [n - 1]:
        yield Remark(f"only the last entry of {what}, the output's, is wrong")
    elif places == [0]:
        yield Remark(f"only entry 0 of {what}, the input's, is wrong")

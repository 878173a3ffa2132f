"""Where an answer is wrong, when it is not wrong everywhere."""

from dataclasses import replace

import numpy as np

from .subject import ORDERED, Remark, plural


def remarks(subject, wrong, own):
    """Remarks on the places of wrong entries.

    Args:
        wrong: bool array of the answer's shape, not all True.
        own: the assignment's `remarks.Remarks`.
    """
    for remark in (*own.places(subject, wrong), *_remarks(subject, wrong)):
        yield replace(remark, place=True)
    for axis in range(wrong.ndim):
        for remark in _along(subject, wrong, axis):
            yield replace(remark, place=True, weak=True)


def _remarks(subject, wrong):
    what = subject.what
    constant = _constant_channels(subject, wrong.shape[-1])
    channels = wrong.any(axis=tuple(range(wrong.ndim - 1)))
    if constant.any() and not channels[~constant].any():
        word = subject.word(wrong.ndim - 1)
        text = f"{what} is {subject.fault} only where a {word} is constant"
        yield Remark(text, "Its spread is 0: what should become of it, and what is it divided by?")
    if (
        wrong.ndim == 2
        and wrong.shape[0] == wrong.shape[1]
        and not wrong[~np.eye(len(wrong), dtype=bool)].any()
    ):
        yield Remark(
            f"{what} is {subject.fault} only on its diagonal",
            "What is a thing's relation to itself?",
        )


def _constant_channels(subject, size):
    for value in subject.arrays.values():
        if value.ndim > 1 and value.shape[-1] == size and len(value) > 1:
            return np.ptp(value, axis=tuple(range(value.ndim - 1))) == 0
    return np.zeros(size, bool)


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
        yield from _of_stack(subject, places, n)
    elif not ordered:
        if n > 2 and len(places) == 1:
            yield Remark(f"only one {word} of {what} is {subject.fault}")
        elif n > 2 and len(places) == n - 1:
            yield Remark(f"only one {word} of {what} is right")
    elif places == [0]:
        yield Remark(
            f"{what} is {subject.fault} only at the first {word}",
            f"What comes before the first {word}?",
        )
    elif places == [n - 1]:
        yield Remark(
            f"{what} is {subject.fault} only at the last {word}",
            f"What comes after the last {word}?",
        )
    elif n > 2 and places == list(range(1, n)):
        hint = f"What does the second {word} need that the first has not?"
        yield Remark(
            f"{what} is right at the first {word} and {subject.fault} from the second on", hint
        )
    elif n > 2 and places == list(range(n - 1)):
        hint = f"What do earlier {plural(word)} get from later ones?"
        yield Remark(f"{what} is right at the last {word} only", hint)
    elif places[0] > 1 and letter == "T" and places == list(range(places[0], n)):
        yield Remark(f"{what} is right at the first steps and {subject.fault} later on")


def _of_stack(subject, places, n):
    """Of a stack of layers: entry 0 is the input, the last one the output."""
    what = subject.what
    if places == list(range(1, n)):
        hint = "Every layer is wrong: look inside one of them."
        yield Remark(f"only entry 0 of {what}, the input's, is right", hint)
    elif places == list(range(n - 1)):
        hint = "Nothing was done to it yet: look at the way back through one layer."
        yield Remark(f"only the last entry of {what}, the output's, is right", hint)
    elif places == [n - 1]:
        yield Remark(f"only the last entry of {what}, the output's, is {subject.fault}")
    elif places == [0]:
        yield Remark(f"only entry 0 of {what}, the input's, is {subject.fault}")

"""What only this assignment can say about a wrong answer."""

import numpy as np

from ...diagnosis import remarks
from ...diagnosis.subject import Remark


class Remarks(remarks.Remarks):
    def last(self, subject, got, want):
        if subject.what in ("h_t", "states") and np.abs([got, want]).max() < 1:
            yield from _before_tanh(subject, got, want)
        if subject.what == "loss" and want > 100 and 5 < got < 50:
            capped = f"loss is capped at {float(got):.4g}, about -ln {np.exp(-float(got)):.0e}"
            hint = "Can the logarithm be had without computing the probability first?"
            yield Remark(capped, hint)

    def places(self, subject, wrong):
        yield from _masked(subject, wrong)
        yield from _labels(subject, wrong)


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
        text = f"{subject.fault} only at masked steps" + (", where it is 0" if zero else "")
        yield Remark(f"{what} is {text}", "What is the state after a step that is skipped?")
    elif not steps[~mask].any() and not steps[before].any():
        yield Remark(
            f"{what} is right at masked steps, and {subject.fault} at the steps after them",
            "From which state does the step after a gap start?",
        )
    elif not steps[~mask].any() and steps[mask].all() and want[~mask].any():
        yield Remark(f"{what} is right at masked steps, {subject.fault} at the others")
    elif not steps[before].any() and steps[gaps, first[gaps]].all():
        text = f"{what} is right until a row's first masked step, and {subject.fault} from there on"
        yield Remark(text, "What should a masked step do to the state?")


def _labels(subject, wrong):
    what, labels = subject.what, subject.arguments.get("labels")
    if labels is not None and wrong.ndim == 2 and len(labels) == len(wrong):
        own = np.zeros_like(wrong)
        own[np.arange(len(wrong)), labels] = True
        if not wrong[~own].any():
            yield Remark(
                f"{what} is {subject.fault} only at each example's own label",
                "What is special there?",
            )
        elif not wrong[own].any():
            yield Remark(f"{what} is right only at each example's own label")

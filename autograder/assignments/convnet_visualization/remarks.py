"""What only this assignment can say about a wrong answer."""

import numpy as np

from ...diagnosis import pictures, remarks
from ...diagnosis.subject import Remark
from ...diagnosis.values import leaves_the_unit_range


class Remarks(remarks.Remarks):
    def last(self, subject, got, want):
        if subject.what in ("image", "P"):
            yield from leaves_the_unit_range(subject, got, want)
        if subject.what == "kl" and got < 0:
            text = "kl is negative, and a divergence never is"
            yield Remark(text, "What does P sum to, and what does Q?")

    def places(self, subject, wrong):
        return _border(subject, wrong)

    def picture(self, subject, got, want):
        if subject.what == "image":
            return pictures.images(want, got, scaled=False)
        if subject.what == "patches" and want.ndim == 4 and want.shape[-1] in (1, 3):
            return pictures.images(np.hstack(want), np.hstack(got), scaled=True)
        if subject.letters == ["N", "N"]:
            return pictures.images(want, got, scaled=True)
        return ""


def _border(subject, wrong):
    axes = [i for i, letter in enumerate(subject.letters) if letter in ("H", "W")]
    if len(axes) != 2 or min(wrong.shape[a] for a in axes) < 3:
        return
    inside = [slice(1, -1) if i in axes else slice(None) for i in range(wrong.ndim)]
    if not wrong[tuple(inside)].any():
        yield Remark(
            f"{subject.what} is {subject.fault} only at its border",
            "Count padding and edges again.",
        )

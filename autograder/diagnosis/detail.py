"""A closer look at one wrong answer: its first wrong entries and, where it helps, a picture."""

import numpy as np

from ..answers.calls import Failure
from ..answers.differences import digits, wrong_entries
from ..answers.verdict import Detail
from . import pictures

ROWS = 5
FAR = 1e4  # times the expected size; what lies further out leaves nothing to be seen
LARGEST = 200_000  # entries; of more no picture is made


def of(case, subject, own):
    """The Detail of a failed case, or None where there is nothing to show.

    Args:
        subject: the `subject.Subject` of its Comparison.
        own: the assignment's `remarks.Remarks`.
    """
    if case.evidence.right or isinstance(subject.got, Failure):
        return None
    if isinstance(subject.want, list):
        return _of_list(case, subject)
    got, want = subject.got, np.asarray(subject.want)
    if not isinstance(got, (np.ndarray, np.generic, int, float)):
        return None
    got = np.asarray(got)
    if got.shape != want.shape or not want.ndim or got.dtype.kind not in "biuf":
        return None  # the message says it all
    rows, more = _rows(case.evidence, got, want)
    picture = _picture(subject, got, want, own) if got.size <= LARGEST else ""
    return Detail(case.name, rows, more, picture) if rows else None


def _rows(evidence, got, want, name=""):
    wrong = wrong_entries(got, want, evidence.dtype, evidence.scale, evidence.slack)
    places = np.argwhere(wrong)
    rows = []
    for place in places[:ROWS]:
        where = tuple(int(i) for i in place)
        texts = [name + ("[" + ", ".join(map(str, where)) + "]" if where else "")]
        if want.dtype.kind == "f":
            count = digits(got[where], want[where])
            texts += [f"{want[where]:.{count}g}", f"{got[where]:.{count}g}"]
        else:
            texts += [str(want[where]), str(got[where])]
        rows.append(tuple(texts))
    return tuple(rows), len(places) - len(rows)


def _of_list(case, subject):
    if not isinstance(subject.got, (list, tuple)) or len(subject.got) != len(subject.want):
        return None
    rows, more = (), 0
    for i, (got, want) in enumerate(zip(subject.got, subject.want)):
        if isinstance(got, np.ndarray) and got.shape == want.shape and got.dtype.kind == "f":
            first, rest = _rows(case.evidence, got, want, f"array {i} ")
            rows, more = rows + first[:2], more + rest + len(first[2:])
    return Detail(case.name, rows[:ROWS], more + len(rows[ROWS:])) if rows else None


def _picture(subject, got, want, own):
    """What the assignment shows, or lines over time or layers; nothing for anything else."""
    letters = subject.letters
    size = np.abs(want).max(initial=0.0)
    if want.dtype.kind != "f" or not np.abs(got).max(initial=0.0) <= FAR * (size or 1.0):
        return ""  # nan is too far as well
    if picture := own.picture(subject, got, want):
        return picture
    if "T" in letters and want.shape[letters.index("T")] > 2:
        return _over(subject, got, want, letters.index("T"), "step")
    if letters == ["L"] and len(want) > 2:
        return pictures.lines(want, got, f"{subject.what} over the layers")
    return ""


def _over(subject, got, want, axis, word):
    """The entries along one axis where the answer is most wrong."""
    error = np.abs(got - want)
    place = list(np.unravel_index(error.argmax(), error.shape))
    place[axis] = slice(None)
    where = ", ".join(":" if isinstance(i, slice) else str(i) for i in place)
    title = f"{subject.what}[{where}], {word} by {word}"
    return pictures.lines(want[tuple(place)], got[tuple(place)], title)

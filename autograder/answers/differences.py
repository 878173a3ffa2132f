"""Is this array that array? First whether there is one, then shape, finiteness, values."""

import numpy as np

from ..sandbox.wire import Opaque
from .calls import Failure

# Largest difference allowed, as a fraction of the largest expected value of the same channel.
# Measured over tests/wheats: differently written correct solutions differ by at most 2.5e-12 in
# float64, large offsets included, and by 2.3e-7 in float32. A known mistake differs by 2.4e-4 or
# more in every float64 case that it fails. tests/test_tolerances.py watches both distances.
TOLERANCE = {"float64": 1e-7, "float32": 5e-4}


def differs(got, want, dtype="float64", scale=None, slack=0.0):
    """Return a sentence that says how `got` differs from `want`, or None where it does not."""
    if isinstance(got, Failure):
        return got.sentence
    if isinstance(want, list):
        return _list_differs(got, want, dtype, scale, slack)
    want = np.asarray(want)
    if want.ndim == 0 and isinstance(got, (int, float, np.number)) and not isinstance(got, bool):
        got = np.asarray(got)
    if not isinstance(got, np.ndarray):
        return f"expected {_an_array(want)}, received {_kind(got)}"
    if not may_stand_for(got.dtype.kind, want.dtype.kind):
        return f"expected {_VALUES[want.dtype.kind]}, received {got.dtype.name}"
    if got.shape != want.shape:
        return f"expected shape {want.shape}, received {got.shape}"
    if want.dtype.kind == "b":
        return _flags(got, want)
    got, want = got.astype(np.float64), want.astype(np.float64)
    bad = ~np.isfinite(got)  # nan is never right, not even where it would be expected
    if bad.any():
        where = _first(bad)
        return (
            f"{bad.sum()} of {bad.size} values are not finite, "
            f"first {got[where]} at {_place(where)} (expected {want[where]:.6g})"
        )
    wrong = wrong_entries(got, want, dtype, scale, slack)
    return _values(got, want, wrong) if wrong.any() else None


def wrong_entries(got, want, dtype="float64", scale=None, slack=0.0):
    """Which entries of two arrays of one shape differ by more than is allowed, as bools."""
    if want.dtype.kind == "b":
        return got != want
    got, want = got.astype(np.float64), want.astype(np.float64)
    if scale is None:
        axes = tuple(range(want.ndim - 1))
        scale = np.abs(want).max(axis=axes, initial=0.0, keepdims=True)
    # A channel whose expected values are all zero has no size of its own: differences there are
    # absolute.
    scale = np.where(np.asarray(scale) == 0, 1.0, scale)
    with np.errstate(invalid="ignore"):  # nan is never within
        return ~(np.abs(got - want) <= TOLERANCE[dtype] * scale + slack)


def _list_differs(got, want, dtype, scale, slack):
    if not isinstance(got, (list, tuple)):
        return f"expected a list of {len(want)} arrays, received {_kind(got)}"
    if len(got) != len(want):
        return f"expected a list of {len(want)} arrays, received {len(got)}"
    for i, (mine, theirs) in enumerate(zip(got, want)):
        if complaint := differs(mine, theirs, dtype, scale, slack):
            return f"array {i}: {complaint}"
    return None


_VALUES = {"b": "bool values", "i": "an integer type", "u": "an integer type", "f": "float values"}


def may_stand_for(got, want):
    """May a value of this NumPy kind be given where that one is expected?"""
    return got == want == "b" if "b" in (got, want) else got in ("iu" if want in "iu" else "iuf")


def _flags(got, want):
    wrong = got != want
    if not wrong.any():
        return None
    where = _first(wrong)
    return (
        f"{wrong.sum()} of {wrong.size} values differ, first at {_place(where)}: "
        f"expected {want[where]}, received {got[where]}"
    )


def _values(got, want, wrong):
    if not got.ndim:
        count = digits(got, want)
        return f"expected {want:.{count}g}, received {got:.{count}g} (off by {got - want:+.2g})"
    where = _first(wrong)
    off, largest = got[where] - want[where], np.abs(got - want)[wrong].max()
    share = "every value differs" if wrong.all() else f"{wrong.sum()} of {wrong.size} values differ"
    count = digits(got[where], want[where])
    return (
        f"{share}, first at {_place(where)}: expected {want[where]:.{count}g}, "
        f"received {got[where]:.{count}g} (off by {off:+.2g}; largest difference {largest:.2g})"
    )


def digits(a, b):
    """How many digits show that two numbers are not the same, 5 at least."""
    for count in range(5, 17):
        if f"{a:.{count}g}" != f"{b:.{count}g}":
            return count
    return 17


def _first(mask):
    return tuple(int(i) for i in np.argwhere(mask)[0]) if mask.ndim else ()


def _place(where):
    return "[" + ", ".join(map(str, where)) + "]"


def _an_array(want):
    return f"an array of shape {want.shape}" if want.ndim else "one number"


def _kind(got):
    if got is None:
        return "None (is a return missing?)"
    if isinstance(got, Opaque):
        return f"an object of type {got.type_name}"
    if isinstance(got, (list, tuple)):
        return f"a {type(got).__name__} of {len(got)} values"
    if isinstance(got, (bool, int, float, str, np.generic)):
        return f"the {type(got).__name__} {got!r:.40}"
    return f"a {type(got).__name__}"

"""Is this array that array? First whether there is one, then shape, finiteness, values."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..sandbox.wire import Opaque
from .calls import Failure

if TYPE_CHECKING:
    from .evidence import Comparison

Array = npt.NDArray[Any]

# Largest difference allowed, as a fraction of the largest expected value of the same channel.
# Measured over assignments/*/solutions: differently written correct solutions differ by at most
# 2.5e-12 in float64, large offsets included, and by 2.3e-7 in float32 (`audit` reports how much of
# the tolerance they use). A known mistake differs by 2.4e-4 or more in every float64 case it fails.
TOLERANCE = {"float64": 1e-7, "float32": 5e-4}


def differs(
    got: Any,
    want: npt.ArrayLike,
    dtype: str = "float64",
    scale: float | Array | None = None,
    slack: float | Array = 0.0,
) -> str | None:
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


def wrong_entries(
    got: Array,
    want: Array,
    dtype: str = "float64",
    scale: float | Array | None = None,
    slack: float | Array = 0.0,
) -> Array:
    """Which entries of two arrays of one shape differ by more than is allowed, as bools."""
    wrong: Array
    if want.dtype.kind == "b":
        wrong = got != want
        return wrong
    got, want = np.asarray(got, np.float64), np.asarray(want, np.float64)
    with np.errstate(invalid="ignore"):  # nan is never within
        wrong = ~(np.abs(got - want) <= TOLERANCE[dtype] * _scale(want, scale) + slack)
    return wrong


def _scale(want: Array, scale: float | Array | None) -> Array:
    """What differences are measured against."""
    if scale is None:
        axes = tuple(range(want.ndim - 1))
        scale = np.abs(want).max(axis=axes, initial=0.0, keepdims=True)
    # A channel whose expected values are all zero has no size of its own: differences there are
    # absolute.
    return np.where(np.asarray(scale) == 0, 1.0, scale)


def share_of_tolerance(comparison: "Comparison") -> float:
    """The largest difference in a right answer, slack taken off, as a share of the tolerance; 0.0
    of answers that are not float arrays.
    """
    got, want = comparison.got, comparison.want
    if not isinstance(got, np.ndarray) or got.shape != np.shape(want) or not got.size:
        return 0.0
    want = np.asarray(want, np.float64)
    excess = np.maximum(np.abs(got.astype(np.float64) - want) - comparison.slack, 0.0)
    allowed = TOLERANCE[comparison.dtype] * _scale(want, comparison.scale)
    return float(np.max(excess / allowed))


def _list_differs(
    got: Any,
    want: list[Any],
    dtype: str,
    scale: float | Array | None,
    slack: float | Array,
) -> str | None:
    if not isinstance(got, (list, tuple)):
        return f"expected a list of {len(want)} arrays, received {_kind(got)}"
    if len(got) != len(want):
        return f"expected a list of {len(want)} arrays, received {len(got)}"
    for i, (mine, theirs) in enumerate(zip(got, want)):
        if complaint := differs(mine, theirs, dtype, scale, slack):
            return f"array {i}: {complaint}"
    return None


_VALUES = {"b": "bool values", "i": "an integer type", "u": "an integer type", "f": "float values"}


def may_stand_for(got: str, want: str) -> bool:
    """May a value of this NumPy kind be given where that one is expected?"""
    return got == want == "b" if "b" in (got, want) else got in ("iu" if want in "iu" else "iuf")


def _flags(got: Array, want: Array) -> str | None:
    wrong = got != want
    if not wrong.any():
        return None
    where = _first(wrong)
    return (
        f"{wrong.sum()} of {wrong.size} values differ, first at {_place(where)}: "
        f"expected {want[where]}, received {got[where]}"
    )


def _values(got: Array, want: Array, wrong: Array) -> str:
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


def digits(a: Any, b: Any) -> int:
    """How many digits show that two numbers are not the same, 5 at least."""
    for count in range(5, 17):
        if f"{a:.{count}g}" != f"{b:.{count}g}":
            return count
    return 17


def _first(mask: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(mask)[0]) if mask.ndim else ()


def _place(where: tuple[int, ...]) -> str:
    return "[" + ", ".join(map(str, where)) + "]"


def _an_array(want: Array) -> str:
    return f"an array of shape {want.shape}" if want.ndim else "one number"


def _kind(got: object) -> str:
    if got is None:
        return "None (is a return missing?)"
    if isinstance(got, Opaque):
        return f"an object of type {got.type_name}"
    if isinstance(got, (list, tuple)):
        return f"a {type(got).__name__} of {len(got)} values"
    if isinstance(got, (bool, int, float, str, np.generic)):
        return f"the {type(got).__name__} {got!r:.40}"
    return f"a {type(got).__name__}"

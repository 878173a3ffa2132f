"""Is this array that array? First whether there is one, then shape, finiteness, values."""

from dataclasses import dataclass

import numpy as np

from .answers import Failure, is_heavy, shape_of
from .sandbox.wire import Opaque
from .verdict import Case

# Largest difference allowed, as a fraction of the largest expected value of the same channel.
# Measured over tests/wheats: differently written correct solutions differ by at most 2.5e-12 in
# float64, large offsets included, and by 2.3e-7 in float32. A known mistake differs by 2.4e-4 or
# more in every float64 case that it fails. tests/test_tolerances.py watches both distances.
TOLERANCE = {"float64": 1e-7, "float32": 5e-4}


def compare(name, got, want, *, dtype="float64", scale=None, slack=0.0, weight=1.0, what=""):
    """Return the Case that asks whether `got` is `want`.

    Args:
        name: of the case.
        got: what the student's function returned; a Failure makes a failed case that says why.
        want: the expected array, a float or an int where one number is expected (any integer type
            counts as int, and only these), or a list of them.
        dtype: of the inputs; chooses the tolerance.
        scale: what differences are measured against, broadcastable to `want`; by default the
            largest expected value of the same channel (last axis).
        slack: absolute difference allowed on top, broadcastable to `want`.
        weight: of the case.
        what: how messages call the value, e.g. "dx".
    """
    complaint = differs(got, want, dtype, scale, slack)
    right = complaint is None
    evidence = Comparison(got, want, dtype, scale, slack, what, right)
    if complaint and what and not isinstance(got, Failure):
        complaint = f"{what}: {complaint}"
    kept = None if is_heavy(got) else evidence
    return Case(name, right, complaint or "", weight=weight, evidence=kept)


@dataclass(frozen=True, eq=False)
class Comparison:
    """A value beside the expected one, kept for the diagnosis of a case.

    Attributes:
        got, want, dtype, scale, slack, what: as `compare` was given them.
        right: whether they agree.
    """

    got: object
    want: object
    dtype: str
    scale: object
    slack: object
    what: str
    right: bool

    @property
    def parts(self):
        """What of it was answered by the student's functions."""
        return (self.got,)

    @property
    def comparable(self):
        """Did anything come back that can be looked at?"""
        return not isinstance(self.got, Failure)

    @property
    def rich(self):
        """Can two wrong answers hardly agree by chance? Flags and small integers can."""
        if isinstance(self.want, list):
            return True
        want = np.asarray(self.want)
        return (
            want.dtype.kind == "f" or want.dtype.kind in "iu" and bool(want.ndim or abs(want) > 12)
        )

    @property
    def telling(self):
        """How many wrong entries there are, one of a rich answer counting as many."""
        if self.rich or shape_of(self.got) != np.shape(self.want):
            return 2
        return int(np.sum(np.asarray(self.got) != self.want))

    @property
    def failure(self):
        """The Failure that stands for the answer, or None."""
        return self.got if isinstance(self.got, Failure) else None

    def matches(self, parts):
        """Does somebody else's answer fail as this one does, or is it right as this one is?"""
        [other] = parts
        right = differs(other, self.want, self.dtype, self.scale, self.slack) is None
        return right if self.right else not right and self.agrees(self.got, other)

    def agrees(self, a, b):
        """Are two answers equal to float precision? What is not finite is equal to its like."""
        if isinstance(a, Failure) or isinstance(b, Failure):
            errors = [v.error if isinstance(v, Failure) else None for v in (a, b)]
            return errors[0] is not None and errors[0] == errors[1]
        if isinstance(a, (list, tuple)):
            alike = isinstance(b, (list, tuple)) and len(a) == len(b)
            return alike and all(self.agrees(x, y) for x, y in zip(a, b))
        if not all(isinstance(v, (np.ndarray, np.generic, bool, int, float)) for v in (a, b)):
            return False
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape or not _may_stand_for(a.dtype.kind, b.dtype.kind):
            return False
        if a.dtype.kind in "biu":
            return np.array_equal(a, b)
        finite = np.isfinite(a)
        if not np.array_equal(a[~finite], b[~finite], equal_nan=True) or not np.array_equal(
            finite, np.isfinite(b)
        ):
            return False
        return not np.any(np.abs(a - b)[finite] > self._allowed(a, finite)[finite])

    def _allowed(self, a, finite):
        """What two equal answers may differ by: as compare's, of the answer's own size at least."""
        a = np.where(finite, np.abs(a), 0.0).astype(np.float64)
        size = a.max(axis=tuple(range(a.ndim - 1)), initial=0.0, keepdims=True)
        allowed = TOLERANCE[self.dtype] * np.broadcast_to(size, a.shape)
        want = self.want if not isinstance(self.want, list) else 0.0
        if np.shape(want) == a.shape:
            allowed = allowed + np.broadcast_to(self.slack, a.shape)
        return allowed


def requires(case, other):
    """Fail a case whose right answer is trivial (zeros, beta, what was given) unless `other` passed
    as well.
    """
    if case.passed and not other.passed:
        case.passed = False
        case.message = f"this alone earns nothing: '{other.name}' has to be right too"
    return case


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
    if not _may_stand_for(got.dtype.kind, want.dtype.kind):
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


def _may_stand_for(got, want):
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

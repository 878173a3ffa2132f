"""What a case is judged by, kept for the diagnosis.

`Comparison` is the evidence of most cases. An assignment may have kinds of its own (`Drawn` and
`Behaviour` of xavier), which answer the same questions.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from .calls import Failure, shape_of
from .differences import TOLERANCE, Array, differs, may_stand_for


def same_error(a: tuple[str, str] | None, b: tuple[str, str] | None) -> bool:
    """Are these one (type, message)? Each Python words a division by zero in another way."""
    if a is None or b is None:
        return False
    return a == b or a[0] == b[0] == "ZeroDivisionError"


class Evidence(Protocol):
    """What the diagnosis may ask of whatever a case was judged by."""

    @property
    def what(self) -> str:
        """How messages call the value, e.g. "dx"; "" where the question has one value only."""

    @property
    def right(self) -> bool:
        """Was the answer right?"""

    @property
    def parts(self) -> tuple[Any, ...]:
        """What of it was answered by the student's functions."""

    @property
    def comparable(self) -> bool:
        """Did anything come back that can be looked at?"""

    @property
    def rich(self) -> bool:
        """Can two wrong answers hardly agree by chance? Flags and small integers can."""

    @property
    def telling(self) -> int:
        """How many wrong entries there are, one of a rich answer counting as many."""

    @property
    def failure(self) -> Failure | None:
        """The Failure that stands for the answer, or None."""

    def matches(self, parts: list[Any]) -> bool:
        """Does somebody else's answer fail as this one does, or is it right as this one is?"""


@dataclass(frozen=True, eq=False)
class Comparison:
    """A value beside the expected one, kept for the diagnosis of a case.

    Attributes:
        got, want, dtype, scale, slack, what: as `compare` was given them.
        right: whether they agree.
    """

    got: Any
    want: npt.ArrayLike
    dtype: str
    scale: float | Array | None
    slack: float | Array
    what: str
    right: bool

    @property
    def parts(self) -> tuple[Any, ...]:
        """What of it was answered by the student's functions."""
        return (self.got,)

    @property
    def comparable(self) -> bool:
        """Did anything come back that can be looked at?"""
        return not isinstance(self.got, Failure)

    @property
    def rich(self) -> bool:
        """Can two wrong answers hardly agree by chance? Flags and small integers can."""
        if isinstance(self.want, list):
            return True
        want = np.asarray(self.want)
        return (
            want.dtype.kind == "f" or want.dtype.kind in "iu" and bool(want.ndim or abs(want) > 12)
        )

    @property
    def telling(self) -> int:
        """How many wrong entries there are, one of a rich answer counting as many."""
        if self.rich or shape_of(self.got) != np.shape(self.want):
            return 2
        return int(np.sum(np.asarray(self.got) != self.want))

    @property
    def failure(self) -> Failure | None:
        """The Failure that stands for the answer, or None."""
        return self.got if isinstance(self.got, Failure) else None

    def matches(self, parts: list[Any]) -> bool:
        """Does somebody else's answer fail as this one does, or is it right as this one is?"""
        [other] = parts
        right = differs(other, self.want, self.dtype, self.scale, self.slack) is None
        return right if self.right else not right and self.agrees(self.got, other)

    def agrees(self, a: Any, b: Any) -> bool:
        """Are two answers equal to float precision? What is not finite is equal to its like."""
        if isinstance(a, Failure) or isinstance(b, Failure):
            errors = [v.error if isinstance(v, Failure) else None for v in (a, b)]
            return same_error(*errors)
        if isinstance(a, (list, tuple)):
            alike = isinstance(b, (list, tuple)) and len(a) == len(b)
            return alike and all(self.agrees(x, y) for x, y in zip(a, b))
        if not all(isinstance(v, (np.ndarray, np.generic, bool, int, float)) for v in (a, b)):
            return False
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape or not may_stand_for(a.dtype.kind, b.dtype.kind):
            return False
        if a.dtype.kind in "biu":
            return np.array_equal(a, b)
        finite = np.isfinite(a)
        if not np.array_equal(a[~finite], b[~finite], equal_nan=True) or not np.array_equal(
            finite, np.isfinite(b)
        ):
            return False
        return not np.any(np.abs(a - b)[finite] > self._allowed(a, finite)[finite])

    def _allowed(self, a: Array, finite: Array) -> Array:
        """What two equal answers may differ by: as compare's, of the answer's own size at least."""
        a = np.where(finite, np.abs(a), 0.0).astype(np.float64)
        size = a.max(axis=tuple(range(a.ndim - 1)), initial=0.0, keepdims=True)
        allowed = TOLERANCE[self.dtype] * np.broadcast_to(size, a.shape)
        want = self.want if not isinstance(self.want, list) else 0.0
        if np.shape(want) == a.shape:
            allowed = allowed + np.broadcast_to(self.slack, a.shape)
        return allowed

"""Cases that ask whether an answer is the expected one."""

from typing import Any

import numpy.typing as npt

from .calls import Failure, is_heavy
from .differences import Array, differs
from .evidence import Comparison
from .verdict import Case


def compare(
    name: str,
    got: Any,
    want: npt.ArrayLike,
    *,
    dtype: str = "float64",
    scale: float | Array | None = None,
    slack: float | Array = 0.0,
    weight: float = 1.0,
    what: str = "",
) -> Case:
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


def requires(case: Case, other: Case) -> Case:
    """Fail a case whose right answer is trivial (zeros, beta, what was given) unless `other` passed
    as well.
    """
    if case.passed and not other.passed:
        case.passed = False
        case.message = f"this alone earns nothing: '{other.name}' has to be right too"
    return case

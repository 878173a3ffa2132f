"""Answers as numbers, by which equal ones are found among thousands."""

import functools
from typing import Any

import numpy as np

from ...answers.calls import Failure

FAILED = np.nan  # print of what could not be answered
KINDS = {"f": 0.0, "i": 0.013, "u": 0.013, "b": 0.029}


def near(prints: Any, value: float, allowed: float = 1e-6) -> Any:
    """Which of these prints are that of an equal answer?"""
    if np.isnan(value):
        return np.isnan(prints)
    return np.abs(prints - value) <= allowed * (1 + np.abs(value))


def print_of(value: Any, drawn: bool = False) -> float:
    """A number that two equal answers share, and two different ones hardly ever do.

    Args:
        drawn: by chance, so that two samples of one distribution are to share it.
    """
    if drawn:
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf" or not value.size:
            return FAILED
        spread = np.std(value)
        return float(np.log(spread)) if spread else -99.0 - float(np.abs(value).max())
    if isinstance(value, Failure) or value is None:
        return FAILED
    if isinstance(value, (list, tuple)):
        parts = [print_of(part) for part in value]
        return float(sum(part * (1 + 0.1 * i) for i, part in enumerate(parts)) + len(parts))
    if not isinstance(value, (np.ndarray, np.generic, bool, int, float)):
        return FAILED
    kind = np.asarray(value).dtype.kind
    if kind not in "biuf":
        return FAILED
    array = np.asarray(value, np.float64)
    size = np.abs(array).max(initial=0.0)
    if not np.isfinite(size):
        array = np.where(np.isfinite(array), array, 0.5)
        size = np.abs(array).max(initial=0.0)
    shape = sum((i + 2) * 0.37 * side for i, side in enumerate(array.shape)) + array.ndim
    shape += KINDS[kind]
    weights = _weights(array.size)
    # Both the size and the direction count, whatever the answer is measured in.
    direction = float(array.ravel() @ weights / size) if size else 0.0
    return direction + float(np.log(size)) * 0.1 + shape if size else shape


@functools.lru_cache(256)
def _weights(size):
    return np.random.default_rng(size).uniform(0.5, 1.5, size) / max(size, 1) ** 0.5

"""The tolerances stand far above what correct code differs by, and far below what mistakes differ by."""

import numpy as np
import pytest

from autograder import assignments
from autograder.answers import compare
from autograder.answers import differences as judging
from autograder.assignments import solutions
from autograder.assignments.assignment import generator
from autograder.assignments.batchnorm import inputs as questions


@pytest.fixture
def differences(monkeypatch):
    """Every largest difference that the questions come across, as a share of what is allowed, by dtype."""
    found = {"float64": [], "float32": []}

    def measure(got, want, dtype="float64", scale=None, slack=0.0):
        if isinstance(got, np.ndarray) and got.shape == np.shape(want):
            size = np.abs(want).max(axis=tuple(range(got.ndim - 1)), keepdims=True)
            size = (
                np.where(size == 0, 1.0, size)
                if scale is None
                else np.where(scale == 0, 1.0, scale)
            )
            share = np.maximum(np.abs(got - want) - slack, 0) / size
            found[dtype].append(float(share.max() / judging.TOLERANCE[dtype]))
        return original(got, want, dtype, scale, slack)

    original = judging.differs
    monkeypatch.setattr(compare, "differs", measure)
    return found


# The affinities of t-SNE have a tolerance of their own (1e-3 of the largest), and no other.
@pytest.mark.parametrize("assignment", assignments.NAMES)
def test_does_correct_code_use_a_small_part_of_the_tolerance(ask, differences, assignment):
    for path in solutions.wheats(assignment):
        ask([path.read_text()], assignment)
    assert len(differences["float64"]) > 100 and len(differences["float32"]) > 20
    assert max(differences["float64"]) < 1e-2, "of 1e-7: correct code differs by 1e-9 at most"
    assert max(differences["float32"]) < 0.2, "of 5e-4: correct code differs by 1e-4 at most"


def test_differs_the_smallest_mistake_by_far_more(ask, differences):
    """A variance divided by N - 1 on the largest batch, N = 64: the smallest difference of the catalogue."""
    x = questions.features(generator("batchnorm_train"), 64, 5)
    unbiased = (x - x.mean(0)) / np.sqrt(x.var(0, ddof=1) + 1e-3)
    right = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3)
    share = np.abs(unbiased - right).max(axis=0) / np.abs(right).max(axis=0)
    assert share.max() > 1000 * judging.TOLERANCE["float64"]

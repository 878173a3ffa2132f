"""The same submission, the same marks and the same feedback: in any order, with any number of
workers.
"""

import random

import pytest

from autograder.sandbox.launcher import Limits
from tests.helpers import BATCHNORM, fill, grade, hand_in, left_by, written

pytestmark = pytest.mark.slow

# What could depend on the moment: entropy, hashes, addresses, threads, time used up.
MOODS = {
    "entropy": "import os\ndef standardize(x): return x + np.random.default_rng().normal() + np.random.rand()",
    "hashes": "def standardize(x): return x + hash('seven') + len(list({'a', 'b', 'c'}))",
    "endless": "def standardize(x):\n    while True:\n        x = x + 0",
    "slow_cell": "import time\ntime.sleep(100)\ndef standardize(x): return x",
}


SLIPS = {"moving_unbiased", "backward_no_gamma"}


def make(grading):
    hand_in(grading, "ben", fill(BATCHNORM, written(BATCHNORM, SLIPS)))
    hand_in(grading, "dan", '{"cells": [')
    for name, source in MOODS.items():
        model = written(BATCHNORM) | {"standardize": source}
        hand_in(grading, name, fill(BATCHNORM, model))
    return grading


def test_are_marks_and_feedback_the_same_in_any_order_with_any_number_of_workers(tmp_path, sandbox):
    limits, found = Limits(call=1.0, cell=0.5), {}
    for workers in (1, 2, 4):
        grading = make(tmp_path / str(workers))
        students = [path.name for path in (grading / "submitted").iterdir()]
        random.Random(workers).shuffle(students)
        grade(
            BATCHNORM, grading, students=students, workers=workers, sandbox=sandbox, limits=limits
        )
        found[workers] = left_by(grading)
    for workers in (2, 4):
        for one, other in zip(found[1], found[workers]):
            assert one == other
    entries = found[1][1]
    assert entries["entropy"]["score"] == 28 and entries["endless"]["status"] == "timeout"

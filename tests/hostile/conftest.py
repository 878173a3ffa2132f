"""A class of cheats, troublemakers and two honest students, graded once for all tests."""

import os
import time

import pytest

from tests.helpers import fill, grade, hand_in, written

from .hostile import (
    ASSIGNMENT,
    CANARY,
    FOLDERS,
    HONEST,
    LIMITS,
    NOTEBOOKS,
    of_snippet,
    snippets,
    trivial,
)


@pytest.fixture(scope="session")
def hostile_class(tmp_path_factory, sandbox):
    """(grading, {student: entry}, seconds): everybody in one class, four at a time: most of them wait."""
    grading = tmp_path_factory.mktemp("hostile") / "grading"
    model = fill(ASSIGNMENT, written(ASSIGNMENT), answer=f"My answer. {CANARY}")
    for student in HONEST:
        hand_in(grading, student, model)
    for kind in ("cheats", "harm"):
        for name, source in snippets(kind).items():
            hand_in(grading, f"{kind}-{name}", of_snippet(source))
    for ask_for_points in NOTEBOOKS:
        notebook = trivial()
        ask_for_points(notebook)
        hand_in(grading, f"notebook-{ask_for_points.__name__}", notebook)
    for prepare in FOLDERS:
        prepare(hand_in(grading, f"folder-{prepare.__name__}", trivial()))
    (grading / "secret.txt").write_text(CANARY)
    os.environ["SECRET_OF_THE_GRADER"] = CANARY
    started = time.monotonic()
    try:
        options = {"limits": LIMITS, "workers": 4, "feedback": False, "sandbox": sandbox}
        entries = grade(ASSIGNMENT, grading, **options)
    finally:
        del os.environ["SECRET_OF_THE_GRADER"]
    return grading, entries, time.monotonic() - started

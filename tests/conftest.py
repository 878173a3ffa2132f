"""What the tests share: a sandbox that works here, and short ways to hand something in."""

import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from autograder import assignments, audit
from autograder.assignments import solutions
from autograder.grading import grade
from autograder.grading.ask import ask_all, compute_key
from autograder.grading.student import Student
from autograder.sandbox.launcher import Limits, SealedProcess
from autograder.sandbox.walls import SandboxUnavailable

ASSIGNMENT = "batchnorm"  # what tests of the grader itself hand in


@pytest.fixture(scope="session")
def sandbox():
    """bubblewrap where it runs, limits without walls elsewhere."""
    try:
        SealedProcess().close()
        return "bubblewrap"
    except SandboxUnavailable:
        return "process"


@pytest.fixture(scope="session")
def walls(sandbox):
    """For tests of what only bubblewrap's walls stop."""
    if sandbox != "bubblewrap":
        pytest.skip("bubblewrap does not run on this machine")
    return sandbox


@pytest.fixture(scope="session")
def warm_key():
    for name in assignments.NAMES:
        compute_key(name)


@pytest.fixture
def ask(sandbox, warm_key):
    """ask(sources, …) -> ({question id: Result}, Student): put all questions to these cells."""

    def ask(cells, assignment=ASSIGNMENT, **limits):
        questions = assignments.load(assignment)
        numbered = list(enumerate(cells, start=1))
        with Student(numbered, questions.functions, Limits(**limits), sandbox) as student:
            results = ask_all(questions, student)
        return {result.question: result for result in results}, student

    return ask


@pytest.fixture(scope="session")
def audited(sandbox, warm_key):
    """audited(assignment) -> Audit: all known solutions and mistakes, graded once for all tests, two
    assignments at a time.
    """
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        audits = {a: pool.submit(audit.examine, a, sandbox=sandbox) for a in assignments.NAMES}
        yield lambda assignment: audits[assignment].result()
        pool.shutdown(cancel_futures=True)


@pytest.fixture
def mark(sandbox, warm_key):
    """mark(notebook) -> Verdict, for a notebook as a dict or as bytes."""

    def mark(notebook, assignment=None, **options):
        data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        return grade.mark(data, assignment, sandbox=sandbox, **options)

    return mark


@pytest.fixture
def model():
    """The model answers as a submission, fresh for each test."""
    return solutions.fill(ASSIGNMENT, solutions.source(ASSIGNMENT))


@pytest.fixture
def model_cells():
    return ["import numpy as np", *solutions.source(ASSIGNMENT).values()]

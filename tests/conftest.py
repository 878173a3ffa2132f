"""What the tests share: a sandbox that works here, short ways to hand something in, and which tests
stay together when several processes run them.
"""

import fcntl
import gc
import json
import os
import pickle

from autograder.gradebook.lean import lighten

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded: see autograder.cli
lighten()  # before nbgrader is

import pytest

from autograder import audit, grading
from autograder.assignments import NAMES, load
from autograder.course import settings
from autograder.grading import session
from autograder.sandbox import Limits, available, backend

from .helpers import BATCHNORM, fill, written
from .helpers.worker_here import WorkerHere

# Whole runs that take a minute or more each; begun first, so that no process is left with one.
LONG = ("test_notebooks", "test_hostile", "test_faults", "test_audit", "test_installed")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    """Tests of one file share its fixtures and stay in one process; so do tests on the audit of one
    assignment, and on one notebook.
    """
    order = {name: place for place, name in enumerate(LONG)}
    places = {}
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        group = item.path.stem
        place = order.get(group, len(order))
        if "audited" in item.fixturenames:
            item.add_marker(pytest.mark.slow)
        if "audited" in item.fixturenames and "assignment" in params:
            group = f"audit of {params['assignment']}"
        elif group == "test_audit":
            place = len(order) + 1  # of all audits, which would have to be waited for
        elif group == "test_notebooks":
            group = f"notebook {params.get('solved')} {params.get('name')}"
        item.add_marker(pytest.mark.xdist_group(group))
        places[item] = place
    items.sort(key=places.get)


def pytest_collection_finish():
    """What is there now stays: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def sandbox():
    """bubblewrap where it runs, limits without walls elsewhere."""
    return available()[0]


@pytest.fixture(scope="session")
def walls(sandbox):
    """For tests of what only bubblewrap's walls stop."""
    if not backend(sandbox).sealed:
        pytest.skip("bubblewrap does not run on this machine")
    return sandbox


@pytest.fixture(scope="session")
def shared(tmp_path_factory, worker_id):
    """shared(name, make) -> what `make()` returns, made once for all processes of this test run."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder if worker_id == "master" else folder.parent

    def shared(name, make):
        path = folder / f"{name}.pickle"
        with open(folder / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                path.write_bytes(pickle.dumps(make()))
        return pickle.loads(path.read_bytes())

    return shared


@pytest.fixture
def ask_sealed(sandbox):
    """ask_sealed(sources, …) -> ({question id: Result}, Student): put all questions to these cells."""

    def ask(cells, assignment=BATCHNORM, **limits):
        known = load(assignment)
        numbered, functions = list(enumerate(cells, start=1)), known.exam.functions
        with grading.Student(numbered, functions, Limits(**limits), sandbox) as student:
            results = grading.ask_all(known, student)
        return {result.question: result for result in results}, student

    return ask


@pytest.fixture
def ask(ask_sealed, monkeypatch):
    """The same with cells that do no harm, in this process."""
    monkeypatch.setattr(session, "SealedProcess", WorkerHere)
    return ask_sealed


@pytest.fixture(scope="session")
def audited(shared):
    """audited(assignment) -> Audit: all known solutions and mistakes, graded once for all tests, in
    this process; that sealed ones give the same is a test of its own.
    """
    kept = {}

    def examine(name):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(session, "SealedProcess", WorkerHere)
            return audit.examine(load(name), workers=1)

    def audited(name):
        if name not in kept:
            kept[name] = shared(f"audit-{name}", lambda: examine(name))
        return kept[name]

    return audited


@pytest.fixture
def mark(sandbox):
    """mark(notebook) -> Verdict, for a notebook as a dict or as bytes."""

    def mark(notebook, assignment=None, **options):
        data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        known = assignment and load(assignment)
        return grading.mark(data, known, sandbox=sandbox, **options)

    return mark


@pytest.fixture
def model():
    """The model answers as a submission, fresh for each test."""
    return fill(BATCHNORM, written(BATCHNORM))


@pytest.fixture
def model_cells():
    return load(BATCHNORM).cells()


def pytest_report_header():
    return f"hidden inputs of the term {settings.term()!r}; {os.cpu_count()} cores; {len(NAMES)} assignments"

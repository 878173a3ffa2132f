"""Students' code may run on another Python than the grader's."""

import shutil
import sys

import pytest

from autograder.course import settings
from autograder.errors import SandboxUnavailable
from autograder.sandbox import SealedProcess, interpreter
from tests.helpers import texts

NEWER = "x = f'{'a'}'\ntype Array = object\ndef generic[T](x: T) -> T: return x\n"


def test_named_python_runs_the_code(monkeypatch, walls):
    monkeypatch.setenv(settings.STUDENT_PYTHON, sys.executable)
    with SealedProcess(sandbox=walls) as process:
        request = {"op": "run", "source": "import sys\nraise ValueError(sys.version)", "cell": 1}
        reply, _ = process.request(request)
    assert reply["error"]["message"].startswith(interpreter.own().version)


@pytest.mark.parametrize("python", ["/no/such/python", shutil.which("true")])
def test_python_that_cannot_be_used_is_a_plain_error(monkeypatch, python):
    monkeypatch.setenv(settings.STUDENT_PYTHON, python)
    with pytest.raises(
        SandboxUnavailable, match="expected a Python of 3.10 or newer that has NumPy"
    ):
        interpreter.chosen()


def test_own_python_is_described_as_it_describes_itself():
    assert interpreter.ask(sys.executable) == interpreter.own()


def test_newer_python_reads_newer_syntax(monkeypatch, mark, model):
    chosen = interpreter.chosen()
    if interpreter.numbers(chosen.version) < (3, 12):
        pytest.skip("no Python of 3.12 or newer is here")
    model["cells"].append({"cell_type": "code", "metadata": {}, "source": NEWER, "outputs": []})
    assert not texts(mark(model).notes)


@pytest.fixture
def newer_notebook(model):
    """One of a Python that nobody has, with a solution that none can read."""
    model["metadata"]["language_info"] = {"name": "python", "version": "3.99.1"}
    cell = next(c for c in model["cells"] if "def standardize" in c["source"])
    cell["source"] = "def standardize(x) -> {new syntax}:\n    return x"
    return model


def test_syntax_of_a_newer_python_waits_for_staff(mark, newer_notebook):
    verdict = mark(newer_notebook)
    [fault] = verdict.staff_notes()
    assert "written on Python 3.99.1" in str(fault) and settings.STUDENT_PYTHON in str(fault)
    assert verdict.status == "graded" and verdict.python == "3.99.1"


def test_newer_python_that_costs_nothing_asks_nobody(mark, model):
    model["metadata"]["language_info"] = {"name": "python", "version": "3.99.1"}
    assert not mark(model).staff_notes()


def test_syntax_error_of_an_old_python_is_the_students(mark, newer_notebook):
    newer_notebook["metadata"]["language_info"]["version"] = "3.9.0"
    assert not mark(newer_notebook).staff_notes()


@pytest.mark.parametrize("about", [{"name": "R", "version": "4.3"}, "x", {"version": 3}, None])
def test_odd_language_info_is_none(mark, model, about):
    model["metadata"]["language_info"] = about
    assert mark(model).python == ""

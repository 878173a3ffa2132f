"""A line that Python cannot read, or that fails, costs itself."""

import pytest

from autograder.sandbox import statements
from autograder.sandbox.worker import Worker
from tests.helpers.worker_here import WorkerHere


@pytest.fixture
def run():
    """run(source, …) -> (the notebook's names, the reply to the last cell)."""
    process = WorkerHere(None, None)

    def run(*cells):
        for number, source in enumerate(cells, 1):
            reply, _ = process.request({"op": "run", "source": source, "cell": number})
        return process._worker.main.__dict__, reply

    return run


F = "def f(x):\n    return x + 1\n"


@pytest.mark.parametrize(
    "torn",
    [
        "x = = 3",
        "x = (1,\n     2",
        "if True:\nprint(1)",
        "def g(x):\nreturn 1",
        "for i in range(3) print(i)",
        "x = 'no end",
        "print 'old'",
        "def h(:\n    return 1",
        "class A\n    pass",
        "try:\n    x = 1",
        "await = 3",
        "def g():\n    x = 1\n  y = 2",
        "@decorator\ndef g(x):\n    return x x\n",
    ],
)
def test_function_beside_a_line_that_cannot_be_read_is_defined(run, torn):
    for source in (f"{F}\n{torn}", f"{torn}\n\n{F}", f"{torn}\n\n{F}\n{torn}"):
        names, reply = run("f = None", source)
        assert names["f"] and names["f"](1) == 2, source
        assert reply["error"]["type"] in ("SyntaxError", "IndentationError", "TabError")


def test_function_above_a_text_that_does_not_end_is_defined(run):
    names, reply = run(f"{F}\n'''no end\nmore\n")
    assert names["f"](1) == 2 and reply["error"]["type"] == "SyntaxError"


def test_lines_keep_their_numbers():
    tree, [error] = statements.parse("x = 1\ny = = 2\nz = 3\n")
    assert [node.lineno for node in tree.body] == [1, 3] and error.lineno == 2


def test_source_that_is_torn_everywhere_ends():
    tree, errors = statements.parse("x = = 1\n" * 200)
    assert not tree.body and len(errors) == statements.MAX_TORN + 1


@pytest.mark.parametrize(
    "source, wanted",
    [
        ("import math, not_there, json as j", {"math", "j"}),
        ("from math import sin, not_there, cos", {"sin", "cos"}),
        ("import not_there as nt\nfrom not_there.deep import x as y\nz = 1", {"z"}),
    ],
)
def test_import_that_is_missing_costs_itself(run, source, wanted):
    names, reply = run(source)
    assert wanted <= names.keys() and "error" not in reply and reply["missing"]


def test_name_of_a_missing_package_is_said_of_the_package(run):
    names, reply = run("import pandas_of_mine as pd", "pd.set_option('x', 1)\ny = 2")
    assert names["y"] == 2 and reply == {"done": True, "missing": ["pandas_of_mine"]}


@pytest.mark.parametrize(
    "source",
    [
        "def f(x: 'A' = 1) -> not_there.Tensor: return x + 1",
        "def f(x: Float[Array, 'N D']) -> pd.DataFrame: return x + 1",
        "@njit\ndef f(x): return x + 1",
        "@numba.jit(nopython=True)\n@beartype\ndef f(x):\n    return x + 1",
        "import functools\n@functools.lru_cache\n@beartype\ndef f(x): return x + 1",
    ],
)
def test_function_counts_without_hints_and_decorators_that_are_not_there(run, source):
    names, _ = run(source)
    assert names["f"](1) == 2


def test_decorator_that_is_left_out_is_told(run):
    _, reply = run("@njit(parallel=True)\ndef f(x): return x")
    assert reply == {"done": True, "decorators": ["@njit(parallel=True)"]}


def test_decorator_of_a_students_own_stays(run):
    names, _ = run("def twice(f): return lambda x: 2 * f(x)\n@twice\n@njit\ndef f(x): return x + 1")
    assert names["f"](1) == 4


def test_await_at_the_top_of_a_cell_is_run(run):
    names, reply = run("async def g(): return 3\nx = await g()\n" + F)
    assert names["x"] == 3 and names["f"](1) == 2 and reply == {"done": True}


def test_module_that_a_cell_writes_is_imported(run):
    names, reply = run(
        "%%writefile bn.py\nimport math\n" + F,
        "%%file -a ./bn.py\ndef g(x): return f(x) * 2\n",
        "from bn import f, g\nimport bn",
    )
    assert names["g"](1) == 4 and reply == {"done": True} and names["bn"].math.pi > 3
    names, _ = run("%%writefile bn.py\ndef f(x): return 'new'\n", "from bn import f")
    assert names["f"](1) == "new"


def test_own_module_never_stands_for_a_package(run):
    names, _ = run("%%writefile numpy.py\nones = 1\n%%", "import numpy\nx = numpy.ones(3)")
    assert names["x"].shape == (3,)


def test_future_import_holds_for_later_cells(run):
    names, reply = run("from __future__ import generator_stop", "x = 1")
    assert names["x"] == 1 and reply == {"done": True}


def test_worker_starts_with_nothing_missing():
    assert Worker().missing == {}

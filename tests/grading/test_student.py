"""What a student reads when a function cannot be called, and what survives a lost process."""

import numpy as np
import pytest

from autograder.answers.calls import Failure
from autograder.assignments import load
from autograder.grading.student import Student
from autograder.sandbox.launcher import Limits
from autograder.sandbox.wire import Rng
from tests.helpers import texts

FORWARD = "def batchnorm_forward(x, gamma, beta, mm, mv, training, momentum=0.99, epsilon=1e-3):\n"
MIN_MAX = "import numpy as np\ndef min_max_normalize(x):\n"


def reason(results, question="min_max"):
    return results[question].cases[0].sentences()


@pytest.mark.parametrize(
    "cell, words",
    [
        ("x = 1", ["min_max_normalize is not defined"]),
        ("min_max_normalize = 3", ["is not a function"]),
        (MIN_MAX + "    raise NotImplementedError", ["not implemented yet"]),
        (MIN_MAX + "    return undefined_name", ["NameError", "undefined_name", "cell 1, line 3"]),
        (MIN_MAX + "    return x @ x", ["ValueError", "return x @ x"]),
        (MIN_MAX + "    pass", ["received None", "return missing"]),
        (MIN_MAX + "    import sys; sys.exit()", ["SystemExit"]),
        (MIN_MAX + "    raise KeyboardInterrupt", ["KeyboardInterrupt"]),
        (MIN_MAX + "    return min_max_normalize(x)", ["RecursionError"]),
        (MIN_MAX + "    import keras; return keras.ops.max(x)", ["SealedError", "NumPy only"]),
        ("def min_max_normalize():\n    pass", ["TypeError", "positional argument"]),
        ("def min_max_normalize(x):\n    return (x", ["its cell failed", "cell 1: SyntaxError"]),
        ("@odd\ndef min_max_normalize(x=y): return x", ["its cell failed", "NameError"]),
    ],
)
def test_does_a_student_learn_why_nothing_came_back(ask_sealed, cell, words):
    said = reason(ask_sealed([cell])[0])
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    "body, words",
    [
        (
            "return gamma * (x - x.mean(axis=1)), mm, mv, None",
            [
                "operands could not be broadcast",
                "(8,3) (8,)",
                "x (8, 3), gamma (3,)",
                "training=True",
                "axes do not fit",
            ],
        ),
        ("return x @ x, mm, mv, None", ["matmul", "inner sides must be equal"]),
        ("return x[:, 7], mm, mv, None", ["IndexError", "Sizes differ from case to case"]),
        ("y, z = x, x, x", ["too many values to unpack", "same layout"]),
        (
            "return undefined_name",
            ["No cell defines undefined_name", "Restart the kernel", "(x, gamma,"],
        ),
        ("return None + x", ["NoneType", "without `return`"]),
        ("y = x", ["must return 4 values", "Received: None", "without `return`"]),
        ("if x > 0: pass", ["truth value", "np.where"]),
        (
            "h = np.zeros(3); h[0] = x",
            ["setting an array element with a sequence", "keep such things in a list"],
        ),
        ("import torch; return torch.ones(3)", ["SealedError", "NumPy"]),
        ("import pandas", ["ModuleNotFoundError", "need no more"]),
        ("return keras.layers.Dense(3)(x)", ["the functions are yours, in NumPy"]),
        ("for i in range(2): pass\n    return i / 0", ["ZeroDivisionError", "denominator"]),
        (
            "return batchnorm_forward(x, gamma, beta, mm, mv, training)",
            ["RecursionError", "closer to a case that returns"],
        ),
        ("raise AssertionError", ["An assertion of your own"]),
        ("if not training: q = 1\n    return q", ["UnboundLocalError", "a branch only"]),
    ],
)
def test_is_an_exception_explained(ask_sealed, body, words):
    cells = ["import numpy as np\nimport keras", FORWARD + "    " + body]
    said = reason(ask_sealed(cells)[0], "batchnorm_train")
    assert all(word.lower() in said.lower() for word in words), said


def test_is_the_order_of_parameters_told_where_the_call_does_not_fit(ask_sealed):
    said = reason(ask_sealed(["def min_max_normalize(): pass"])[0])
    assert "min_max_normalize(x)" in said


def test_is_a_variable_of_an_experiment_found(mark, model):
    """It is there in the notebook, and not while grading."""
    for cell in model["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "write_standardize":
            cell["source"] = "def standardize(x):\n    return (x - big_mean) / 2"
    experiment = {
        "cell_type": "code",
        "source": "# Experiment\nbig_mean, b = sum([3]), 4",
        "outputs": [],
    }
    model["cells"].append(experiment | {"metadata": {}, "execution_count": None, "id": "mine"})
    result = next(r for r in mark(model).results if r.question == "standardize")
    number = sum(cell["cell_type"] == "code" for cell in model["cells"])
    said = result.cases[0].sentences()
    assert f"big_mean is made in cell {number}, an experiment" in said, said


@pytest.mark.slow
@pytest.mark.parametrize(
    "loop, words",
    [
        ("    while True:\n        x = x + 0\n", ["ran", "times", "condition of the while loop"]),
        (
            "    for i in range(10**12):\n        x = x + 0\n",
            ["Python loop", "a whole axis in one"],
        ),
        ("    import time; time.sleep(99)\n", ["no answer within"]),
    ],
)
def test_is_the_line_found_that_does_not_end(ask_sealed, loop, words):
    source = MIN_MAX + loop + "    return x"
    result = ask_sealed([source], call=1)[0]["min_max"]
    said = result.cases[0].sentences()
    assert all(word in said for word in words), said
    assert {case.sentences() for case in result.cases} == {said}


@pytest.mark.slow
def test_costs_following_lines_no_restart(ask_sealed, model_cells):
    """Two functions that cannot be followed either: the others keep their points."""
    asleep = "import time\ndef {}(x): time.sleep(1000)"
    cells = [*model_cells, asleep.format("min_max_normalize"), asleep.format("standardize")]
    results, student = ask_sealed(cells, call=1)
    assert sum(result.score for result in results.values()) == 26


@pytest.mark.slow
def test_are_arguments_told_without_taking_them_apart(ask_sealed):
    """A student's own values come back as arguments: a giant one must not be printed to be cut."""
    body = (
        "    if not isinstance(mm, np.ndarray): raise ValueError('no')\n"
        "    return x, tuple(np.ones(1000) for _ in range(900)), mv, None"
    )
    said = reason(ask_sealed(["import numpy as np\n" + FORWARD + body])[0], "batchnorm_moving")
    assert len(said) < 1000 and "array([" not in said


def test_is_a_changed_argument_told_beside_an_exception(ask_sealed, model_cells):
    change = (
        "right = batchnorm_forward\ndef batchnorm_forward(x, *a, **k):\n"
        "    out = right(x.copy(), *a, **k)\n    x += 1\n    return out\n"
        "def batchnorm_backward(dy, cache):\n    raise ValueError('no')"
    )
    results, _ = ask_sealed([*model_cells[:3], *model_cells[3:], change])
    said = [case.message for result in results.values() for case in result.cases]
    assert any("in place" in text for text in said)
    assert any("no. It was called" in text and "in place" in text for text in said)


@pytest.mark.slow
def test_does_following_lines_cost_no_other_function(ask_sealed, model_cells):
    """The call is run again in the process that the other functions will use."""
    results, student = ask_sealed(
        [*model_cells, "def standardize(x):\n    while True: pass"], call=1
    )
    assert sum(result.score for result in results.values()) == 28
    assert len([note for note in texts(student.notes) if "was called" in note]) == 1


def test_are_too_few_values_named(ask_sealed):
    said = reason(ask_sealed([FORWARD + "    return x, mm, mv"])[0], "batchnorm_train")
    assert (
        "must return 4 values (y, moving_mean, moving_variance, cache)" in said
        and "3 values" in said
    )


def test_does_a_failing_cell_lose_that_cell_only(ask_sealed, model_cells):
    results, student = ask_sealed(["foo(3)", *model_cells, "1 / 0", "def broken(:"])
    assert sum(r.score for r in results.values()) == 30
    assert len(texts(student.notes)) == 3 and "cell 1: NameError" in texts(student.notes)[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "body, status",
    [
        ("while True: pass", "timeout"),
        ("import os; os._exit(3)", "crashed"),
        ("return np.ones((10**5, 10**5))", "out_of_memory"),
    ],
)
def test_does_a_lost_process_cost_one_function(ask_sealed, model_cells, body, status):
    results, student = ask_sealed([*model_cells, "def standardize(x):\n    " + body], call=1)
    assert student.status == status
    assert results["standardize"].score == 0
    assert sum(r.score for r in results.values()) == 28
    assert any("standardize" in note for note in texts(student.notes))


@pytest.mark.parametrize(
    "above",
    [
        "import pandas as pd\nimport seaborn as sns",
        "keras.utils.set_random_seed(1)",
        "(a, b), _ = keras.datasets.mnist.load_data()",
        "class L(keras.layers.Layer): pass",
        "rows = open('data.csv').read()",
        "import os\nos.makedirs('/content/x')",
        "name = input('name? ')",
        "1 / 0",
        "raise SystemExit",
        "while True: pass",
        "from __future__ import annotations\nx: Undefined = 3",
        "files = !ls\nr = %timeit -o 1 + 1\n!pip install a \\\n    b\n%matplotlib inline",
        "!ls\ny = 3  # is this right?\nassert y == 3",
        "%matplotlib inline\ns = ('%s'\n     % 3)",
        "%%debug\nx = 1",
        "from tqdm import tqdm, trange\nfor i in tqdm(range(3)): pass",
        "def f(x: tf.Tensor | np.ndarray, y: np.ndarray | tf.Tensor): pass\nassert not isinstance(3, tf.Tensor)",
    ],
)
def test_costs_a_line_that_fails_only_itself(mark, model, above):
    """What stands above a function in its cell, and may fail only because grading is sealed."""
    for cell in model["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "write_standardize":
            below = "".join(cell["source"]).replace(
                "def standardize(x):", "def standardize(x):\n    root"
            )
            cell["source"] = f"{above}\nfrom math import sqrt as root\n{below}"
    verdict = mark(model, limits=Limits(cell=0.5))
    assert verdict.score == 30, texts(verdict.notes)


def test_does_an_endless_cell_lose_that_cell_only(ask_sealed, model_cells):
    results, student = ask_sealed(["while True: pass", *model_cells], call=1)
    assert student.status == "timeout" and sum(r.score for r in results.values()) == 30


def test_can_what_a_student_says_always_be_written_and_printed(ask_sealed):
    source = MIN_MAX + "    raise ValueError('\\ud800 \\x1b[31m \\x07')"
    said = reason(ask_sealed([source])[0])
    assert said.encode("utf-8") and "\x1b" not in said and "ValueError" in said


@pytest.mark.slow
def test_is_an_answer_too_odd_to_be_handed_in_again_a_failure_of_its_own(ask_sealed):
    body = "    return x, list(range(19_990)), mv, None"
    results, student = ask_sealed([FORWARD + body])
    assert student.status == "graded" and not [n for n in texts(student.notes) if "STAFF" in n]
    assert results["batchnorm_moving"].score == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "reply",
    [
        "{'error': [1]}",
        "{'error': 3}",
        "{}",
        "{'result': 3, 'changed': list(range(10**5))}",
        "{'error': {'type': 'T', 'message': 'm', 'cell': 'C' * 900_000, 'line': '\\x1b[31m', 'text': 'x'}}",
        "{'error': {'type': '[red]', 'message': '<b>', 'cell': [1], 'line': -1, 'text': 'x'}}",
        "{'result': {'array': ['float64', [0, 1 << 25, 1 << 25, 1 << 25]]}}",
    ],
)
def test_does_a_forged_reply_gain_nothing_and_break_nothing(ask_sealed, model_cells, reply):
    forge = f"import sys\nsys.modules['sandbox.worker'].Worker.answer = lambda *a: ({reply}, b'')"
    results, student = ask_sealed([*model_cells, forge])
    assert not sum(r.score for r in results.values())
    assert not [n for n in texts(student.notes) if "STAFF" in n] and len(str(results)) < 10**6


@pytest.mark.slow
@pytest.mark.parametrize(
    "lines",
    [
        "3",
        "{}",
        "{'line': 1, 'cell': [1], 'count': 2}",
        "{'line': 'x' * 10**6, 'cell': 1, 'count': 1}",
    ],
)
def test_does_a_forged_count_of_lines_break_nothing(ask_sealed, lines):
    """The call is run again with `lines` in its header, which a student's process may answer."""
    forge = (
        "import sys, time\nworker = sys.modules['sandbox.worker'].Worker\nanswer = worker.answer\n"
        "def forged(self, header, payload):\n"
        f"    return ({{'lines': {lines}}}, b'') if 'lines' in header else answer(self, header, payload)\n"
        "worker.answer = forged\ndef min_max_normalize(x):\n    while True: pass"
    )
    results, student = ask_sealed([forge], call=1)
    assert not [n for n in texts(student.notes) if "STAFF" in n] and len(str(results)) < 10**6
    assert "no answer within 1 seconds" in results["min_max"].cases[0].message


def test_is_the_whole_notebook_limited(ask_sealed, model_cells):
    results, student = ask_sealed(
        ["import time", *["time.sleep(0.4)"] * 5, *model_cells], notebook=1
    )
    assert student.status == "timeout" and all(r.cases for r in results.values())
    assert any("used up" in note for note in texts(student.notes))


def test_is_a_process_not_started_again_for_ever(ask_sealed):
    names = ("min_max_normalize", "standardize", "batchnorm_forward", "batchnorm_backward")
    cells = (
        ["import os"]
        + [f"def {name}(*a, **k): os._exit(1)" for name in names]
        + ["os._exit(1)"] * 6
    )
    results, student = ask_sealed(cells)
    assert student.status == "crashed" and not sum(r.score for r in results.values())


def test_is_a_function_not_blamed_for_a_cache_that_another_one_lost(sandbox, model_cells):
    """The cache dies with its process; the backward pass that was to use it can be called again."""
    cells = [*model_cells, "import os\ndef standardize(x): os._exit(1)"]
    functions = load("batchnorm").exam.functions
    x, vectors = np.arange(6.0).reshape(3, 2), np.ones((4, 2))
    with Student(list(enumerate(cells)), functions, sandbox=sandbox) as student:
        old = student.batchnorm_forward(x, *vectors, True).cache
        student.standardize(x)
        lost = student.batchnorm_backward(x, old).dx
        assert isinstance(lost, Failure) and "cache was lost" in lost.sentence
        new = student.batchnorm_forward(x, *vectors, True).cache
        assert student.batchnorm_backward(x, new).dx.shape == x.shape


def test_does_a_cache_stay_where_it_is(ask_sealed, model_cells):
    """A cache that could never be sent: a generator, a lock, a giant."""
    cells = [
        *model_cells,
        "import threading\nplain_forward, plain_backward = batchnorm_forward, batchnorm_backward",
        "def batchnorm_forward(*args, **kwargs):\n"
        "    *rest, cache = plain_forward(*args, **kwargs)\n"
        "    return (*rest, [threading.Lock(), (i for i in range(3)), np.zeros(10**6), cache])",
        "def batchnorm_backward(dy, cache):\n    return plain_backward(dy, cache[-1])",
    ]
    assert sum(r.score for r in ask_sealed(cells)[0].values()) == 30


def drawing(body, sandbox):
    functions = load("xavier").exam.functions
    source = f"import numpy as np\ndef glorot_uniform(shape, rng):\n    {body}"
    return Student([(1, source)], functions, sandbox=sandbox)


def test_is_a_generator_the_same_one_for_the_same_seed_and_number(sandbox):
    with drawing("return rng.normal(size=shape)", sandbox) as student:
        numbers = [(3, 1), (3, 1), (3, 2), (4, 1)]
        first, second, fresh, other = (
            student.glorot_uniform((4,), Rng(*pair)).kernel for pair in numbers
        )
    wanted = np.random.default_rng(3)
    assert np.array_equal(first, wanted.normal(size=4))
    assert np.array_equal(second, wanted.normal(size=4)), "it goes on where it was"
    assert np.array_equal(fresh, first) and not np.array_equal(other, first)


@pytest.mark.parametrize(
    "body, untouched",
    [
        ("return rng.normal(size=shape)", True),
        ("return np.random.normal(size=shape)", False),
        ("np.random.seed(0); return rng.normal(size=shape)", False),
        ("return np.random.RandomState(3).normal(size=shape)", True),
    ],
)
def test_is_it_seen_when_the_global_state_is_used(sandbox, body, untouched):
    with drawing(body, sandbox) as student:
        assert student.glorot_uniform((2, 3), Rng(5, 1)).global_state == untouched
        assert not student.take_changes(), "a generator that has drawn is no argument changed"

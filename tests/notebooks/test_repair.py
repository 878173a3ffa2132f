"""What comes in is graded, whatever it went through; what cannot be read says so."""

import gc
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder import demo
from autograder.assignments import NAMES, load
from autograder.course.notes import UNTOUCHED
from autograder.notebooks import repair, runnable
from autograder.notebooks.cells import is_solution
from autograder.notebooks.reader import read
from autograder.notebooks.syntax import functions_only, names_defined, without_magics
from tests.helpers import code, fill, texts, written
from tests.helpers.classes import PROJECT

TEMPLATE = load("batchnorm").template


def cells_with(notebook, prefix):
    return [
        c
        for c in notebook["cells"]
        if c["metadata"].get("nbgrader", {}).get("grade_id", "").startswith(prefix)
    ]


def full(verdict):
    assert verdict.status == "graded", texts(verdict.notes)
    return verdict.score == 30


def test_does_an_untouched_release_get_nothing(mark):
    verdict = mark(fill("batchnorm", {}, answer="YOUR ANSWER HERE"))
    assert verdict.status == "graded" and verdict.score == 0
    assert texts(verdict.notes) == [UNTOUCHED]


def test_does_the_model_solution_get_every_point(mark):
    path = PROJECT / "solutions" / "batchnorm" / "batchnorm.ipynb"
    assert full(mark(path.read_bytes()))


def test_is_a_faultless_submission_left_alone(mark, model):
    verdict = mark(model)
    assert full(verdict) and not texts(verdict.notes)


def test_is_a_notebook_graded_that_lost_all_its_metadata(mark, model):
    for cell in model["cells"]:
        cell["metadata"] = {}
        cell.pop("id")
    verdict = mark(model)
    assert full(verdict) and any("lost its grading mark" in note for note in texts(verdict.notes))


def test_last_of_two_copies_counts_unless_the_check_saw_a_better_one(mark, model):
    [cell] = cells_with(model, "write_min_max_normalize")
    wrong = json.loads(json.dumps(cell)) | {
        "source": "def min_max_normalize(x):\n    return x",
        "id": "copy",
    }
    before = json.loads(json.dumps(model))
    before["cells"].insert(0, wrong)
    assert full(mark(before))
    above = json.loads(json.dumps(model))
    above["cells"].insert(above["cells"].index(cell) + 1, wrong)
    verdict = mark(above)
    assert verdict.score == 28 and any("2 times" in note for note in texts(verdict.notes))
    model["cells"].append(wrong)
    assert full(mark(model))


def test_are_edited_and_deleted_checks_put_back(mark, model):
    checks = cells_with(model, "batchnorm")
    checks[0]["source"] = "print('all fine')"
    model["cells"].remove(checks[1])
    verdict = mark(model)
    assert full(verdict)
    assert any("differs from the release" in note for note in texts(verdict.notes)) and any(
        "put back" in note for note in texts(verdict.notes)
    )


def test_may_everything_stand_in_one_cell(mark):
    source = "\n\n".join(["import numpy as np", *written("batchnorm").values()])
    notebook = {"nbformat": 4, "nbformat_minor": 0, "metadata": {}, "cells": [code(source)]}
    assert full(mark(notebook))


def test_may_cells_stand_in_any_order_and_be_scattered(mark, model):
    helper = code("def helper(x):\n    return x.max(axis=0)")
    model["cells"] = [helper, *reversed(model["cells"])]
    assert full(mark(model))


def test_do_magics_and_shell_lines_do_no_harm(mark, model):
    model["cells"][:0] = [
        code("%matplotlib inline\n!pip install foo\nimport numpy as np"),
        code("%%time\ny = 1"),
        code("%%bash\nrm -rf /"),
        code("np.zeros?"),
        code("text = '''\n% not a magic\n'''\nassert '%' in text"),
    ]
    verdict = mark(model)
    assert full(verdict) and not texts(verdict.notes)


@pytest.mark.parametrize(
    "source",
    [
        "%x\n" + " " * 70_000 + "a?" + " " * 20_000 + "x",
        "a=1\n" * 1_000_000,
        "(" * 90_000,
        "\ud800 = 1",
    ],
    ids=["blanks", "long", "nested", "surrogate"],
)
def test_does_a_monstrous_cell_hold_nobody_up(mark, model, source):
    model["cells"].append(code(source))
    verdict = mark(model)
    assert full(verdict) and verdict.seconds < 10
    json.dumps(verdict.to_json(), ensure_ascii=False).encode()


def test_are_experiments_not_run(mark, model):
    model["cells"] += [
        code("import time\ntime.sleep(100)", tags=["experiment"]),
        code("# Experiment (mine)\nimport time\ntime.sleep(100)"),
    ]
    assert full(mark(model))


def test_does_a_cell_that_does_not_run_say_so_and_not_that_it_is_empty(mark, model):
    [cell] = cells_with(model, "write_min_max_normalize")
    cell["source"] = "def min_max_normalize(x):\n    return (x"
    case = mark(model).results[0].cases[0]
    assert "its cell failed" in case.message and "SyntaxError" in case.message


def test_may_a_student_import_in_the_setup_cell(mark, model):
    setup = next(c for c in model["cells"] if c["id"] == "setup")
    setup["source"] = "".join(setup["source"]) + "\nimport functools as ft"
    [cell] = cells_with(model, "write_min_max_normalize")
    cell["source"] = "@ft.lru_cache\ndef one(): return 1\n" + cell["source"].replace(
        "return", "assert one()\n    return", 1
    )
    verdict = mark(model)
    assert verdict.status == "graded" and not [n for n in texts(verdict.notes) if "NameError" in n]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_are_odd_encodings_read(mark, model, encoding):
    text = json.dumps(model, ensure_ascii=encoding == "cp1252").replace("\n", "\r\n")
    assert full(mark(text.encode(encoding)))


def test_is_nbformat_3_read(mark, model):
    cells = [
        {
            "cell_type": "code",
            "input": c["source"],
            "outputs": [],
            "metadata": c["metadata"],
            "language": "python",
        }
        for c in model["cells"]
        if c["cell_type"] == "code"
    ]
    assert full(
        mark({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]})
    )


def test_is_a_colab_save_graded(mark, model):
    for cell in model["cells"]:
        cell["metadata"] = {"id": cell.pop("id"), "outputId": "x", "colab": {"base_uri": "y"}} | (
            {"nbgrader": cell["metadata"]["nbgrader"]} if "nbgrader" in cell["metadata"] else {}
        )
    model |= {
        "nbformat_minor": 0,
        "metadata": {"kernelspec": {"name": "other"}, "colab": {"provenance": []}},
    }
    assert full(mark(model))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n",
        b"\x00\x01\x02",
        b"PK\x03\x04 a zip file",
        b"<html>the login page of the LMS</html>",
        b'{"nbformat": 4, "cells": [',
        b"[1, 2]",
        b'"text"',
        b'{"nbformat": 4}',
        b'{"cells": {}}',
        b"[" * 100_000,
    ],
)
def test_is_what_cannot_be_read_damaged_with_a_sentence(mark, data):
    verdict = mark(data, "batchnorm")
    assert verdict.status == "damaged" and verdict.score == 0 and len(verdict.results) == 7
    assert "Please hand in" in texts(verdict.notes)[0]


@pytest.mark.parametrize(
    "cell",
    [
        None,
        3,
        "x",
        {},
        {"cell_type": "movie"},
        {"cell_type": "code"},
        {"cell_type": "code", "source": 3, "outputs": 4},
    ]
    + [
        {
            "cell_type": "code",
            "source": [1, None],
            "metadata": [],
            "outputs": [None, {"output_type": 3}],
        }
    ]
    + [{"cell_type": "markdown", "source": "x", "metadata": {"tags": 3, "nbgrader": 4}}]
    + [{"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": {"grade_id": ["a"]}}}],
)
def test_does_an_odd_cell_harm_nobody(mark, model, cell):
    model["cells"].insert(0, cell)
    assert full(mark(model))


def test_may_several_threads_read_notebooks_at_once(quick_switches):
    """Up to Python 3.11, ast.parse in two threads at once can end in a SystemError."""
    source = "\n\n".join(written("batchnorm").values())

    class Garbage:
        def __del__(self):
            sum(range(50))  # Python code, so that threads may switch amid a parse

    def work(i):
        for _ in range(5):
            garbage = Garbage()
            garbage.itself = garbage
            del garbage
            without_magics.__wrapped__(source + f"\nx = {i}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(20)))


@pytest.fixture
def quick_switches():
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)


def test_is_the_assignment_recognised():
    release = TEMPLATE.cells
    assert repair.guess(repair.Seen.of(release), [TEMPLATE]) is TEMPLATE
    assert repair.guess(repair.Seen.of([]), [TEMPLATE], "my_batchnorm_final.ipynb") is TEMPLATE
    assert repair.guess(repair.Seen.of([]), [TEMPLATE], "thesis.ipynb") is None


def test_are_outputs_kept_that_staff_can_read_safely():
    png = {
        "output_type": "display_data",
        "data": {"image/png": "iVBO", "text/html": "<script>"},
        "metadata": {},
    }
    script = {
        "output_type": "display_data",
        "data": {"application/javascript": "alert(1)"},
        "metadata": {},
    }
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b"]}
    flood = {"output_type": "stream", "name": "stderr", "text": "x" * (3 << 20)}
    cell = code("plot()") | {"outputs": [png, script, error, flood]}
    [kept] = repair.repair([cell], TEMPLATE).cells[-1:]
    assert [o["output_type"] for o in kept["outputs"]] == ["display_data", "stream", "stream"]
    assert kept["outputs"][0]["data"] == {"image/png": "iVBO"}
    assert len(json.dumps(kept["outputs"])) < 10_000
    assert not any(o.get("name") == "stderr" for o in kept["outputs"])


def test_is_every_graded_cell_there_once_with_our_metadata(model):
    for cell in cells_with(model, "min_max"):
        cell["metadata"]["nbgrader"]["points"] = 1000
        cell["metadata"]["tags"] = ["skip-execution"]
    repaired = repair.repair(read(json.dumps(model).encode()), TEMPLATE).cells
    ours = {
        c["metadata"]["nbgrader"]["grade_id"]: c["metadata"]
        for c in TEMPLATE.cells
        if "nbgrader" in c["metadata"]
    }
    found = [c["metadata"] for c in repaired if "nbgrader" in c["metadata"]]
    assert {m["nbgrader"]["grade_id"]: m for m in found} == ours and len(found) == len(ours)


def test_does_repairing_twice_change_nothing(model):
    once = repair.repair(read(json.dumps(demo.copied_cells(model)).encode()), TEMPLATE)
    twice = repair.repair(json.loads(json.dumps(once.cells)), TEMPLATE)
    assert not twice.repairs
    assert runnable.cells_to_run(twice, TEMPLATE) == runnable.cells_to_run(once, TEMPLATE)


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("form", ["{}", "```python\n{}\n```"])
def test_function_in_a_cell_that_became_text_is_run(mark, model, kind, form):
    [cell] = cells_with(model, "write_standardize")
    cell.update(cell_type=kind, metadata={}, source=form.format(cell["source"]))
    cell.pop("id")
    verdict = mark(model)
    assert full(verdict)
    assert any("standardize stood in a text cell" in note for note in texts(verdict.notes))


def test_an_attachment_that_is_nothing_makes_no_invalid_notebook():
    cell = {"cell_type": "markdown", "source": "words", "metadata": {}, "attachments": {"x": None}}
    repaired = repair.repair(read(json.dumps({"cells": [cell]}).encode()), TEMPLATE)
    [kept] = [cell for cell in repaired.cells if cell["source"].startswith("words")]
    assert not kept.get("attachments") and "x (of the type )" in kept["source"]


@pytest.mark.parametrize("assignment", NAMES)
def test_functions_of_the_release_run_where_the_work_names_them_directly_or_not(assignment):
    template = load(assignment).template
    code = [cell for cell in template.cells if cell["cell_type"] == "code"]
    free = [c for c in code if not is_solution(c)]
    helpers = [helper for cell in free if (helper := functions_only(cell["source"]))]
    assert helpers

    def helpers_run(source):
        own = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
        notebook = repair.repair([own], template)
        sources = [source for _, source in runnable.cells_to_run(notebook, template)]
        return [helper for helper in helpers if helper in sources]

    assert not helpers_run("x = 1")
    assert helpers_run("x = globals()") == helpers
    for helper in helpers:
        name = min(names_defined(helper))
        found = helpers_run(f"def f(x, y=None):\n    return {name}(x)")
        assert helper in found
        named = set("\n".join(found).replace("(", " ").replace(".", " ").split())
        also = [other for other in helpers if named & names_defined(other)]
        assert set(also) <= set(found), "one that is used by one that is used"
        assert found == [one for one in helpers if one in found], "not in their order"

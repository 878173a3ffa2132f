"""Nobody's file holds the class: what would take minutes or gigabytes to read, or to show, is refused
or cut with a sentence. Each of these did; the child in which they are tried here ends by itself.
"""

import pytest
from nbformat import v4

from autograder.assignments import load
from autograder.classroom.submissions import Submission
from autograder.classroom.workers import Marker
from autograder.course import Course
from autograder.feedback.page import FeedbackExporter
from autograder.grading import Work
from autograder.notebooks import syntax
from autograder.sandbox import bounded
from tests.helpers import BATCHNORM, fill, hand_in, written


def code(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": []} | more


def text(source, **more):
    return {"cell_type": "markdown", "source": source, "metadata": {}} | more


HEAVY = {
    "an import of many dots": lambda: [code("import " + "a." * 60_000 + "a")],
    "a torn data URI": lambda: [text("data:image/svg+xml" + ";a" * (5 << 20))],
    "300,000 attachments": lambda: [
        text("x", attachments={f"a{i}": {"image/png": "AAAA"} for i in range(300_000)})
    ],
    "1,900 torn cells": lambda: [code("a b\n" * 500 + str(i)) for i in range(1900)],
    "endless f-strings": lambda: [code("f'" + "{x}" * 65_000 + f"{i}'") for i in range(20)],
    "many torn lines": lambda: [code("x=1\n" * 12_000 + "a b\n" * 10 + str(i)) for i in range(80)],
    "large syntax trees": lambda: [code(f"x=1 #{i}\n" * 24_000) for i in range(20)],
    "deep brackets": lambda: [code("(" * 100_000), code("-" * 190_000 + "1")],
    "many outputs": lambda: [
        code("x", outputs=[{"output_type": "stream", "text": "x"}] * 30_000) for _ in range(8)
    ],
}


@pytest.mark.slow
@pytest.mark.parametrize("what", HEAVY)
def test_heavy_notebook_is_read_or_refused_within_limits(tmp_path, what):
    notebook = fill(BATCHNORM, written(BATCHNORM))
    notebook["cells"] += HEAVY[what]()
    hand_in(tmp_path, "ada", notebook)
    assignment = load(BATCHNORM)
    found = Marker(assignment).read(Submission.at(Course(tmp_path), assignment, "ada"))
    if not isinstance(found, Work):
        assert found.status == "damaged" and "more than 2 s of processor time" in str(
            found.notes[0]
        )


SHOWN = {
    "blank lines": v4.new_code_cell("\n" * 199_000 + "x"),
    "question marks": v4.new_code_cell("?" * 199_000),
    "brackets": v4.new_markdown_cell("[" * 9_900),
    "pictures that are none": v4.new_markdown_cell("![" * 4_900),
    "rules": v4.new_markdown_cell("a\n---\n" * 1_600),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", SHOWN)
def test_page_of_many_heavy_cells_is_shown_within_limits(what):
    cells = [SHOWN[what].copy() for _ in range(20)]
    for i, cell in enumerate(cells):
        cell["id"], cell["source"] = f"c{i}", cell["source"] + str(i)
    assert "</html>" in bounded(page_of, cells)


def page_of(cells):
    notebook = v4.new_notebook(cells=cells)
    return FeedbackExporter(template_name="classic").from_notebook_node(notebook)[0]


@pytest.mark.parametrize(
    "source, module, is_imported",
    [
        ("import tools", "tools", True),
        ("from tools import f", "tools", True),
        ("%run tools.py", "tools", True),
        ("x = importlib.import_module('tools')", "tools", True),
        ("tools = 1\nimport os", "tools", False),
        ("import toolshed", "tools", False),
        ("# tools import", "tools", False),
    ],
)
def test_import_of_a_module_is_seen(source, module, is_imported):
    assert syntax.imports(source, module) is is_imported

"""An answer in words that stands in code, or in another file, is shown where the answer is empty."""

import json

import pytest

from autograder.assignments import load
from autograder.grading import read_work
from autograder.notebooks import repair
from autograder.notebooks.cells import grade_id
from autograder.notebooks.comments import said_in
from autograder.notebooks.folder import tidy
from autograder.notebooks.reader import Reading, read
from tests.helpers import BATCHNORM, code, fill, written

WORDS = "With one example the variance is zero, so beta alone is left."
TEMPLATE = load(BATCHNORM).template


@pytest.fixture
def unanswered():
    return fill(BATCHNORM, written(BATCHNORM), answer="YOUR ANSWER HERE")


def shown(notebook, beside=None):
    data = json.dumps(notebook).encode()
    fixed = repair.repair(read(data, Reading()), TEMPLATE, beside or {})
    [answer] = [c["source"] for c in fixed.cells if grade_id(c) == "why_batchnorm"]
    return answer


def cell_with(notebook, text):
    return next(c for c in notebook["cells"] if text in "".join(c["source"]))


def add_to(notebook, text, line):
    cell = cell_with(notebook, text)
    cell["source"] = "".join(cell["source"]) + line


@pytest.mark.parametrize("place", ["def standardize", "# Experiment", "compare("])
@pytest.mark.parametrize(
    "line",
    [f"\n# {WORDS}\n", f"\nx = 1  # {WORDS}\n", f'\n"""{WORDS}"""\n', f'\nprint("{WORDS}")\n'],
)
def test_words_in_any_cell_of_code_are_shown(unanswered, place, line):
    add_to(unanswered, place, line)
    assert WORDS in shown(unanswered)


@pytest.mark.parametrize(
    "source",
    [
        f'answers = {{1: "{WORDS}"}}',
        f'for line in ["{WORDS}"]: print(line)',
        f'print("{WORDS}", 1 + 1)',
        f'def answer():\n    return "{WORDS}"',
        f'from IPython.display import Markdown, display\ndisplay(Markdown("""{WORDS}"""))',
        f"#@markdown {WORDS}\nx = 1",
        f"%matplotlib inline\n!ls\n# {WORDS}\nif:",
    ],
)
def test_words_in_code_that_computes_are_shown_far_from_the_question(unanswered, source):
    unanswered["cells"].insert(2, code(source))
    assert WORDS in shown(unanswered)


def test_words_with_a_number_in_them_are_shown(unanswered):
    unanswered["cells"].insert(
        2, code("print(f'With {1} example nothing but the constant beta is left')")
    )
    assert "With … example nothing but" in shown(unanswered)


def test_remarks_of_the_release_and_short_ones_are_no_words(unanswered):
    unanswered["cells"].insert(2, code("x = 1  # so many\ny = 'a title'"))
    assert shown(unanswered) == "YOUR ANSWER HERE"


def test_remarks_do_not_touch_an_answer_that_is_there(unanswered):
    cell_with(unanswered, "YOUR ANSWER HERE")["source"] = "Because."
    add_to(unanswered, "def standardize", f"\n# {WORDS}\n")
    assert shown(unanswered) == "Because."


def test_comments_in_consecutive_lines_are_one_remark():
    assert said_in("# one\n# two\nx = 'three'\n# four")[:2] == ("one\ntwo", "four")


@pytest.mark.parametrize("kind", ["Markdown", "html", "text"])
def test_words_in_a_cell_of_an_unknown_type_are_kept(unanswered, kind):
    place = unanswered["cells"].index(cell_with(unanswered, "YOUR ANSWER HERE"))
    unanswered["cells"].insert(place + 1, {"cell_type": kind, "metadata": {}, "source": [[WORDS]]})
    assert WORDS in shown(unanswered)


@pytest.fixture
def handed_in(tmp_path, unanswered):
    """handed_in({name: text}) -> (the answer, its notebook's repairs) beside an empty answer."""

    def handed_in(files):
        folder = tmp_path / "grading/submitted/ada" / BATCHNORM
        folder.mkdir(parents=True)
        for name, text in ({f"{BATCHNORM}.ipynb": json.dumps(unanswered)} | files).items():
            (folder / name).write_text(text)
        tidy(folder)
        cells, reading = read_work(folder, load(BATCHNORM))
        fixed = repair.repair(cells, TEMPLATE, reading.beside)
        return next(c["source"] for c in fixed.cells if grade_id(c) == "why_batchnorm")

    return handed_in


def test_words_in_another_notebook_are_shown(handed_in):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": WORDS}]
    other = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    assert WORDS in handed_in({"answers.ipynb": json.dumps(other)})


def test_words_in_a_text_file_are_shown(handed_in):
    assert WORDS in handed_in({"answers.txt": WORDS})


@pytest.mark.parametrize("name", ["answers.html", "answers.pdf", "answers.svg"])
def test_file_that_cannot_be_shown_is_named(handed_in, name):
    assert repr(name) in handed_in({name: WORDS})


def test_python_file_is_named_where_nothing_imports_it(handed_in):
    assert "'mine.py'" in handed_in({"mine.py": f"# {WORDS}"})

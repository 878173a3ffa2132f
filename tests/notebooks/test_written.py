"""An answer in words is found wherever it was typed, and nothing of a student's is lost."""

import base64
import copy
import json
from urllib.parse import quote

import pytest

from autograder.assignments import load
from autograder.feedback.page import safe_markdown
from autograder.notebooks import repair
from autograder.notebooks.cells import grade_id
from autograder.notebooks.reader import Reading, read
from tests.helpers import BATCHNORM, code, fill, written

WORDS = "One example is its own mean, so nothing is left of it."
STUB = "YOUR ANSWER HERE"
TEMPLATE = load(BATCHNORM).template
PICTURE = base64.b64encode(b"\x89PNG" + bytes(300)).decode()


def markdown(source, **more):
    return {"cell_type": "markdown", "metadata": {}, "source": source} | more


def raw(source):
    return {"cell_type": "raw", "metadata": {}, "source": source}


def at(notebook, name):
    return next(i for i, cell in enumerate(notebook["cells"]) if grade_id(cell) == name)


def cell(notebook, name):
    return notebook["cells"][at(notebook, name)]


def below(notebook, *cells):
    place = at(notebook, "why_batchnorm") + 1
    notebook["cells"][place:place] = cells
    return notebook


@pytest.fixture
def unanswered():
    """Every task solved, the question not answered."""
    return fill(BATCHNORM, written(BATCHNORM), answer=STUB)


def repaired(notebook, **options):
    return repair.repair(read(json.dumps(notebook).encode(), Reading()), TEMPLATE, **options)


def answer(notebook, **options):
    [found] = [c for c in repaired(notebook, **options).cells if grade_id(c) == "why_batchnorm"]
    return found


def in_new_cell(notebook):
    return below(notebook, markdown(WORDS))


def in_raw_cell(notebook):
    return below(notebook, raw(WORDS))


def as_string(notebook):
    return below(notebook, code(f'"""{WORDS}"""'))


def as_comment(notebook):
    return below(notebook, code(f"# {WORDS}"))


def as_prose_in_code(notebook):
    return below(notebook, code(WORDS))


def printed(notebook):
    return below(notebook, code(f"print('{WORDS}')"))


def as_variable(notebook):
    return below(notebook, code(f"answer = '{WORDS}'"))


def in_program(notebook):
    return below(notebook, code(f"x = 1  # {WORDS}\nprint(x)"))


def retyped(notebook):
    notebook["cells"][at(notebook, "why_batchnorm")] = markdown(WORDS)
    return notebook


def in_question(notebook):
    cell(notebook, "why_batchnorm_question")["source"] += f"\n\n{WORDS}"
    return notebook


def in_question_without_metadata(notebook):
    return without_metadata(in_question(notebook))


def question_replaced(notebook):
    cell(notebook, "why_batchnorm_question")["source"] = WORDS
    return notebook


def before_stub(notebook):
    notebook["cells"].insert(at(notebook, "why_batchnorm"), markdown(WORDS))
    return notebook


def copied(notebook):
    stub = copy.deepcopy(cell(notebook, "why_batchnorm")) | {"id": "copied"}
    cell(notebook, "why_batchnorm")["source"] = WORDS
    return below(notebook, stub)


def copied_far_away(notebook):
    other = copy.deepcopy(cell(notebook, "why_batchnorm")) | {"id": "copied", "source": WORDS}
    notebook["cells"].insert(0, other)
    return notebook


def turned_into_code(notebook):
    cell(notebook, "why_batchnorm").update(code(WORDS))
    return notebook


def without_metadata(notebook):
    for one in notebook["cells"]:
        one.pop("id", None)
        one["metadata"] = {}
    return notebook


def metadata_lost(notebook):
    cell(notebook, "why_batchnorm")["source"] = WORDS
    return without_metadata(notebook)


def question_deleted(notebook):
    del notebook["cells"][at(notebook, "why_batchnorm_question")]
    return in_new_cell(notebook)


def both_deleted(notebook):
    place = at(notebook, "why_batchnorm_question")
    notebook["cells"][place : place + 2] = [markdown(WORDS)]
    return notebook


def at_the_top(notebook):
    notebook["cells"].insert(0, markdown(WORDS))
    return notebook


def in_a_text_of_ours(notebook):
    notebook["cells"][0]["source"] += f"\n\n{WORDS}"
    return notebook


def beside_a_giant_picture(notebook):
    picture = base64.b64encode(bytes(3 << 20)).decode()
    cell(notebook, "why_batchnorm")["source"] = f"{WORDS}\n\n![](data:image/png;base64,{picture})"
    return notebook


def below_a_giant_text(notebook):
    cell(notebook, "why_batchnorm")["source"] = f"{WORDS}\n\n" + "x " * 200_000
    return notebook


def in_a_locked_check(notebook):
    cell(notebook, "batchnorm_conv")["source"] += f"\n# {WORDS}"
    return notebook


def merged_with_its_neighbours(notebook):
    """jupytext and others join text cells that stand side by side."""
    place = at(notebook, "why_batchnorm")
    cells = notebook["cells"][place - 1 : place + 2]
    cells[1]["source"] = WORDS
    text = "\n\n".join("".join(cell["source"]) for cell in cells)
    notebook["cells"][place - 1 : place + 2] = [markdown(text)]
    return without_metadata(notebook)


def as_databricks(notebook):
    cell(notebook, "why_batchnorm")["source"] = WORDS
    for one in without_metadata(notebook)["cells"]:
        if one["cell_type"] == "markdown":
            one.update(code("%md\n" + "".join(one["source"])))
    return notebook


def as_marimo(notebook):
    cell(notebook, "why_batchnorm")["source"] = WORDS
    for one in without_metadata(notebook)["cells"]:
        if one["cell_type"] == "markdown":
            text = "".join(one["source"]).replace("\n", "\n    ")
            one.update(code(f'mo.md(\n    r"""\n    {text}\n    """\n)'))
    return notebook


def as_deepnote(notebook):
    """Each paragraph is a cell."""
    cell(notebook, "why_batchnorm")["source"] = WORDS
    cut = []
    for one in without_metadata(notebook)["cells"]:
        parts = "".join(one["source"]).split("\n\n") if one["cell_type"] == "markdown" else []
        cut += [markdown(part) for part in parts] or [one]
    return notebook | {"cells": cut}


def as_markdown_magic(notebook):
    return below(notebook, code(f"%%markdown\n{WORDS}"))


def as_html(notebook):
    return below(notebook, code(f"%%html\n<p>{WORDS}</p>"))


def displayed(notebook):
    return below(notebook, code(f'display(Markdown("""{WORDS}"""))'))


PLACES = [
    in_a_locked_check,
    merged_with_its_neighbours,
    as_databricks,
    as_marimo,
    as_deepnote,
    as_markdown_magic,
    as_html,
    displayed,
    in_new_cell,
    in_raw_cell,
    as_string,
    as_comment,
    as_prose_in_code,
    printed,
    as_variable,
    in_program,
    retyped,
    in_question,
    in_question_without_metadata,
    question_replaced,
    before_stub,
    copied,
    copied_far_away,
    turned_into_code,
    metadata_lost,
    question_deleted,
    both_deleted,
    at_the_top,
    in_a_text_of_ours,
    beside_a_giant_picture,
    below_a_giant_text,
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_words_typed_anywhere_are_in_the_answers_cell(unanswered, mark, place):
    notebook = place(unanswered)
    assert WORDS in answer(notebook)["source"]
    assert mark(notebook).score == 30


def test_nothing_written_is_the_cell_as_it_was_released(unanswered):
    assert answer(unanswered)["source"] == STUB
    cell(unanswered, "why_batchnorm")["source"] = "  \n"
    assert answer(unanswered)["source"] == STUB


def test_answer_in_its_cell_stays_as_it_is(unanswered):
    cell(unanswered, "why_batchnorm")["source"] = f"{STUB}\n\n{WORDS}"
    at_the_top(unanswered)["cells"][0]["source"] = "Notes of mine"
    assert answer(unanswered)["source"] == f"{STUB}\n\n{WORDS}"
    assert "Notes of mine" in [c["source"] for c in repaired(unanswered).cells]


@pytest.mark.parametrize("save", [as_databricks, as_marimo, merged_with_its_neighbours])
def test_answer_of_another_tool_is_found_by_its_place(unanswered, save):
    assert answer(save(unanswered))["source"] == WORDS


def test_answer_in_three_cells_is_one_in_their_order(unanswered):
    cell(unanswered, "why_batchnorm")["source"] = "second"
    unanswered["cells"].insert(at(unanswered, "why_batchnorm"), markdown("first"))
    found = answer(below(unanswered, markdown("third")))
    assert found["source"] == "first\n\nsecond\n\nthird"


def test_program_below_the_question_is_still_run(unanswered, mark):
    source = written(BATCHNORM)["standardize"]
    cell(unanswered, "write_standardize")["source"] = "# below"
    assert mark(below(unanswered, markdown(WORDS), code(source))).score == 30


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_picture_alone_is_an_answer(unanswered, kind):
    attached = {"drawing one": {f"image/{kind}": PICTURE}}
    cell(unanswered, "why_batchnorm")["attachments"] = attached
    found = answer(unanswered)
    assert found["attachments"] == attached and "attachment:drawing one" in found["source"]


@pytest.mark.parametrize("name", ["a.png", "my pic.png", "Bild_ä.png", "pic (1).png", "pic(1).png"])
@pytest.mark.parametrize("form", ["![](<attachment:{}>)", '<img src="attachment:{}">', "![]({q})"])
def test_picture_of_any_name_is_shown_once_and_not_called_missing(unanswered, name, form):
    text = f"{WORDS} {form.format(name, q='attachment:' + quote(name))}"
    cell(unanswered, "why_batchnorm").update(
        source=text, attachments={name: {"image/png": PICTURE}}
    )
    found = answer(unanswered)
    assert found["source"] == text
    html = safe_markdown({"cell": found}, found["source"])
    assert html.count(f'src="data:image/png;base64,{PICTURE}"') == 1


def test_pictures_of_several_cells_keep_their_names_apart(unanswered):
    cells = [
        markdown("![](attachment:image.png)", attachments={"image.png": {"image/png": PICTURE + x}})
        for x in ("aaaa", "bbbb")
    ]
    found = answer(below(unanswered, *cells))
    assert {p["image/png"][-4:] for p in found["attachments"].values()} == {"aaaa", "bbbb"}
    assert all(f"attachment:{name})" in found["source"] for name in found["attachments"])


@pytest.mark.parametrize(
    "attached, words",
    [
        ({"a.heic": {"image/heic": PICTURE}}, "a.heic (of the type image/heic)"),
        ({"a.svg": {"image/svg+xml": "<svg/>"}}, "a.svg (of the type image/svg+xml)"),
        ({"a.png": {"image/png": "A" * (17 << 20)}}, "a.png (17 MiB, which is too large)"),
        ({}, "a.png (not in the file)"),
    ],
    ids=["heic", "svg", "giant", "lost"],
)
def test_what_cannot_be_shown_is_said_in_the_answer(unanswered, attached, words):
    name = next(iter(attached), "a.png")
    cell(unanswered, "why_batchnorm").update(
        source=f"{WORDS} ![](attachment:{name})", attachments=attached
    )
    source = answer(unanswered)["source"]
    assert WORDS in source and f"Pictures that cannot be shown here: {words}" in source


def test_file_beside_an_empty_answer_is_named_there(unanswered):
    assert "'answers.pdf'" in answer(unanswered, beside={"answers.pdf": ""})["source"]


def test_untouched_copy_never_beats_a_solution(mark, model):
    untouched = fill(BATCHNORM, {})
    last = copy.deepcopy(cell(untouched, "write_standardize")) | {"id": "copied"}
    model["cells"].append(last)
    verdict = mark(model)
    assert verdict.score == 30
    assert any("all were run, in their order" in str(note) for note in verdict.notes)
    [shown] = [c for c in repaired(model).cells if grade_id(c) == "write_standardize"]
    assert "NotImplementedError" not in shown["source"]


def test_repairing_a_scattered_answer_twice_changes_nothing(unanswered):
    once = repaired(in_question(in_new_cell(unanswered)))
    twice = repair.repair(copy.deepcopy(once.cells), TEMPLATE)
    assert twice.cells == once.cells

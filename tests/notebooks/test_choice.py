"""Which notebook of a folder is graded; a wrong one is never a mark of 0."""

import copy
import json
import zipfile

import pytest

from autograder import grading
from autograder.assignments import load
from autograder.course import Course
from autograder.gradebook import standings
from tests.helpers import BATCHNORM, code, fill, grade, hand_in, texts, written

RELEASE = fill(BATCHNORM, {}, answer="YOUR ANSWER HERE")
WORK = fill(BATCHNORM, written(BATCHNORM))
RNN = fill("simple_rnn", written("simple_rnn"))
LESS = fill(BATCHNORM, {"standardize": written(BATCHNORM)["standardize"]})
SCRATCH = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [code("print(1)")]}
OTHER = fill(BATCHNORM, written(BATCHNORM, {"moving_unbiased"}))


def without_metadata(notebook):
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    return notebook


@pytest.fixture
def folder(tmp_path):
    """folder({name: notebook or bytes}) -> where it was handed in."""

    def folder(files):
        place = hand_in(tmp_path, "ada", {})
        (place / "batchnorm.ipynb").unlink()
        for name, content in files.items():
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            (place / name).write_bytes(data)
        return place

    return folder


@pytest.fixture
def mark_folder(folder, sandbox):
    return lambda files: grading.mark(folder(files), load(BATCHNORM), sandbox=sandbox)


@pytest.mark.parametrize(
    "files",
    [
        {"batchnorm.ipynb": RELEASE, "batchnorm (1).ipynb": WORK},
        {"batchnorm.ipynb": WORK, "batchnorm (1).ipynb": RELEASE},
        {"batchnorm.ipynb": LESS, "final.ipynb": WORK},
        {"batchnorm.ipynb": RNN, "mine.ipynb": WORK},
        {"batchnorm.ipynb": without_metadata(RELEASE), "mine.ipynb": without_metadata(WORK)},
        {"scratch.ipynb": SCRATCH, "batchnorm.ipynb": WORK},
        {"batchnorm.ipynb": WORK, "torn.zip": b"PK\x03\x04"},
        {"batchnorm.ipynb": b"", "batchnorm-1.ipynb": WORK},
    ],
    ids=["copy", "release", "draft", "another", "bare", "scratch", "zip", "empty"],
)
def test_notebook_with_all_the_work_is_graded(mark_folder, files):
    verdict = mark_folder(files)
    assert (verdict.status, verdict.score) == ("graded", 30), texts(verdict.notes)


def test_work_in_an_archive_beats_the_release_beside_it(folder, sandbox):
    place = folder({"batchnorm.ipynb": RELEASE})
    with zipfile.ZipFile(place / "work.zip", "w") as archive:
        archive.writestr("batchnorm.ipynb", json.dumps(WORK))
    assert grading.mark(place, load(BATCHNORM), sandbox=sandbox).score == 30


@pytest.mark.parametrize(
    "files, words",
    [
        ({"batchnorm.ipynb": RNN}, "it looks like simple_rnn"),
        ({"batchnorm.ipynb": without_metadata(RNN)}, "it looks like simple_rnn"),
        ({"x.ipynb": RNN}, "it looks like simple_rnn"),
        ({"batchnorm.ipynb": SCRATCH}, "none of the functions and questions of batchnorm"),
        ({"a.ipynb": SCRATCH, "b.ipynb": RNN}, "'a.ipynb' was not looked at: none of the"),
        ({"batchnorm.ipynb": SCRATCH | {"cells": []}}, "there is nothing in it"),
    ],
    ids=["another", "bare", "named", "scratch", "two", "empty"],
)
def test_notebook_that_is_not_the_work_is_a_wrong_file(mark_folder, files, words):
    verdict = mark_folder(files)
    assert verdict.status == "wrong_file" and verdict.score == 0
    assert (
        words in texts(verdict.notes)[0]
        and "Please hand in your notebook of it" in texts(verdict.notes)[0]
    )
    assert "could not be read" not in texts(verdict.notes)[0]


@pytest.mark.parametrize(
    "files",
    [
        {"batchnorm.ipynb": WORK, "batchnorm (1).ipynb": OTHER},
        {"batchnorm.ipynb": WORK, "newer.ipynb": json.dumps(OTHER)[:9000].encode()},
    ],
    ids=["differ", "torn"],
)
def test_notebooks_that_differ_wait_for_staff(mark_folder, files):
    verdict = mark_folder(files)
    assert verdict.status == "wrong_file" and verdict.staff_notes()
    assert "Nothing says which notebook counts" in texts(verdict.notes)[0]


def test_check_without_assignment_says_the_same(mark):
    verdict = mark(SCRATCH)
    assert (verdict.assignment, verdict.status) == (None, "wrong_file")
    assert "none of the functions and questions of an assignment" in texts(verdict.notes)[0]
    assert mark(RNN, BATCHNORM).status == "wrong_file"


def test_wrong_file_is_no_mark_in_the_class(tmp_path, sandbox):
    hand_in(tmp_path, "ada", RNN)
    entry = grade(BATCHNORM, tmp_path, workers=1, sandbox=sandbox)["ada"]
    assert entry["status"] == "wrong_file" and entry["score"] == 0
    [standing] = standings.of_class(load(BATCHNORM), Course(tmp_path))
    assert (standing.state, standing.score) == ("wrong file", None)
    page = (tmp_path / "feedback" / "ada" / BATCHNORM / "batchnorm.html").read_text()
    assert "it looks like simple_rnn" in page and "There is no mark yet" in page

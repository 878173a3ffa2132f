"""A class: every submission has an end, nobody stops the others, and nbgrader says the same."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import BrokenExecutor

import pytest
from nbgrader.api import Gradebook

from autograder import demo, grading
from autograder.assignments import load, solutions
from autograder.classroom import workers
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.gradebook import recorder as recorder_module
from autograder.gradebook.recorder import Recorder
from tests.helpers import fill, grade, hand_in, written
from tests.helpers.classes import PROJECT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(tmp_path_factory, sandbox):
    """A small class, graded by our command's function."""
    root = tmp_path_factory.mktemp("course")
    model = written("batchnorm")
    wrong = written("batchnorm", {"moving_unbiased", "backward_no_gamma"})
    hand_in(root / "grading", "ada", fill("batchnorm", model))
    hand_in(root / "grading", "ben", fill("batchnorm", wrong))
    hand_in(root / "grading", "cleo", demo.copied_cells(fill("batchnorm", model)))
    hand_in(root / "grading", "dan", '{"cells": [')
    hand_in(root / "grading", "eva", fill("batchnorm", {}, answer="YOUR ANSWER HERE"))
    hand_in(
        root / "grading",
        "fay [1]",
        fill("batchnorm", model | {"standardize": "def standardize(x): os._exit(1)"}),
    )
    (root / "grading" / "submitted" / "gus" / "batchnorm").mkdir(parents=True)
    shutil.copytree(PROJECT / "solutions", root / "solutions")
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    entries = grade("batchnorm", root / "grading", sandbox=sandbox)
    return root, entries


def scores(grading):
    """{student: {question: automatic points}} as the gradebook has them."""
    found = {}
    with Gradebook(f"sqlite:///{grading}/gradebook.db") as gradebook:
        for item in gradebook.find_assignment("batchnorm").submissions:
            grades = [g for notebook in item.notebooks for g in notebook.grades]
            found[item.student_id] = {g.name: g.auto_score for g in grades}
    return found


def test_has_every_submission_an_end(course):
    _, entries = course
    assert {s: (e["status"], e["score"]) for s, e in entries.items()} == {
        "ada": ("graded", 30),
        "ben": ("graded", entries["ben"]["score"]),
        "cleo": ("graded", 30),
        "dan": ("damaged", 0),
        "eva": ("graded", 0),
        "fay [1]": ("crashed", 28),
        "gus": ("damaged", 0),
    }
    assert 20 < entries["ben"]["score"] < 29


def test_is_the_class_file_what_was_returned(course):
    root, entries = course
    kept = json.loads((root / "grading" / "reports" / "batchnorm.json").read_text())
    assert kept["assignment"] == "batchnorm" and kept["submissions"] == entries
    assert {"status", "score", "questions", "seconds", "notes"} <= set(entries["ada"])


def test_has_the_gradebook_the_same_scores(course):
    root, entries = course
    known = scores(root / "grading")
    for student in entries:
        wanted = {
            name: question["score"] for name, question in entries[student]["questions"].items()
        }
        assert {name: known[student][name] for name in wanted} == wanted


def test_is_a_written_answer_left_to_a_human(course):
    known = scores(course[0] / "grading")
    assert known["ada"]["why_batchnorm"] is None  # answered: needs a human
    assert known["eva"]["why_batchnorm"] == 0  # untouched


def test_says_the_feedback_page_why(course):
    root, entries = course
    page = (root / "grading" / "feedback" / "ben" / "batchnorm" / "batchnorm.html").read_text()
    assert (
        "batchnorm_moving: " in page and "moving_variance, after 1 minibatch of 4 examples" in page
    )
    assert "differ" in page and "What the grader saw" in page
    page = (root / "grading" / "feedback" / "dan" / "batchnorm" / "batchnorm.html").read_text()
    assert "could not be read" in page


def test_does_a_human_see_the_mark_scheme_beside_the_answer(course):
    root, _ = course
    notebook = (
        root / "grading" / "autograded" / "ada" / "batchnorm" / "batchnorm.ipynb"
    ).read_text()
    assert "Mark scheme" in notebook and solutions.ANSWER[:40] in notebook


def test_is_nothing_graded_twice(course, sandbox, monkeypatch):
    root, entries = course
    monkeypatch.setattr(grading, "mark", lambda *a, **k: pytest.fail("marked again"))
    students = list(entries)
    assert grade("batchnorm", root / "grading", students=students, sandbox=sandbox) == {
        student: entries[student] for student in students
    }


def test_is_a_new_version_graded_again(tmp_path, sandbox):
    hand_in(tmp_path, "ada", fill("batchnorm", {}))
    assert grade("batchnorm", tmp_path, sandbox=sandbox, feedback=False)["ada"]["score"] == 0
    shutil.rmtree(tmp_path / "submitted" / "ada")
    hand_in(tmp_path, "ada", fill("batchnorm", written("batchnorm")))
    assert grade("batchnorm", tmp_path, sandbox=sandbox, feedback=False)["ada"]["score"] == 30


@pytest.fixture
def graded(tmp_path, sandbox, monkeypatch):
    """A class that was graded, with a solutions/ of its own that can be changed."""
    shutil.copytree(PROJECT / "solutions", tmp_path / "solutions")
    solutions = tmp_path / "solutions" / "batchnorm"
    monkeypatch.setattr(recorder_module, "model_notebook", lambda name: solutions / f"{name}.ipynb")
    batchnorm, place = load("batchnorm"), Course(tmp_path / "grading")
    recorder = Recorder(batchnorm, place)
    recorder.register()
    notebook = fill("batchnorm", {})
    hand_in(tmp_path / "grading", "ada", notebook)
    recorder.record("ada", grading.faulty(batchnorm, "nothing"))

    def change(edit):
        path = solutions / "batchnorm.ipynb"
        solution = json.loads(path.read_text())
        edit(solution["cells"])
        path.write_text(json.dumps(solution))
        Recorder(batchnorm, place).register()

    return change


def by_id(cells, name):
    return next(c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def test_may_the_text_of_a_notebook_change_in_mid_term(graded):
    def edit(cells):
        by_id(cells, "why_batchnorm_question")["source"] = "Say why."
        cells.remove(by_id(cells, "helper_forward"))

    graded(edit)


def test_is_a_change_of_questions_in_mid_term_a_clear_error(graded):
    with pytest.raises(
        AutograderError, match="other questions than solutions/batchnorm asks.*Expected.*Received"
    ):
        graded(lambda cells: cells.remove(by_id(cells, "min_max")))


def test_is_a_gradebook_that_cannot_be_used_one_plain_error(tmp_path, sandbox):
    hand_in(tmp_path, "ada", fill("batchnorm", {}))
    (tmp_path / "gradebook.db").write_text("this is no database, but a text of some length" * 50)
    with pytest.raises(AutograderError, match="cannot be used"):
        grade("batchnorm", tmp_path, sandbox=sandbox)


def test_does_a_fault_of_the_grader_stop_nobody_else(tmp_path, sandbox, monkeypatch):
    for student in ("ada", "ben", "eve"):
        hand_in(tmp_path, student, fill("batchnorm", written("batchnorm")))
    read, marked = workers.Marker.read, workers.Marker.mark

    def faulty(self, item):
        if item.student == "ada":
            raise RuntimeError("a bug")
        return read(self, item)

    def vanish(self, item):
        if item.student == "eve":
            raise BrokenExecutor("a worker has gone")
        return marked(self, item)

    monkeypatch.setattr(workers.Marker, "read", faulty)
    monkeypatch.setattr(workers.Marker, "mark", vanish)
    entries = grade("batchnorm", tmp_path, sandbox=sandbox, feedback=False)
    assert entries["ben"]["score"] == 30
    for student in ("ada", "eve"):
        assert any(note.startswith("STAFF") for note in entries[student]["notes"])
    assert scores(tmp_path)["ada"]["min_max"] == 0, "the gradebook says what the result says"
    monkeypatch.undo()
    entries = grade("batchnorm", tmp_path, sandbox=sandbox, feedback=False)
    assert {entry["score"] for entry in entries.values()} == {30}


def run_nbgrader(root, sandbox, *commands):
    """nbgrader's own commands on a course."""
    environment = {**os.environ, "AUTOGRADER_SANDBOX": sandbox}
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", command, "batchnorm"],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]


def hand_in_with_care_needed(grading):
    """A link and a time that is none; a notebook of another name."""
    model = fill("batchnorm", written("batchnorm"))
    for student in ("hal", "ida"):
        hand_in(grading, student, model)
    place = grading / "submitted" / "hal" / "batchnorm"
    (place / "timestamp.txt").write_text("yesterday")
    (place / "data.csv").symlink_to("/etc/passwd")
    place = grading / "submitted" / "ida" / "batchnorm"
    (place / "batchnorm.ipynb").rename(place / "my work.ipynb")


def takes_the_same_care(grading, found):
    for student in ("hal", "ida"):
        assert sum(points for points in found[student].values() if points) == 30
    copied = grading / "autograded" / "hal" / "batchnorm"
    assert [path.name for path in copied.iterdir()] == ["batchnorm.ipynb"]
    assert (grading / "set_aside" / "hal" / "batchnorm" / "data.csv").is_symlink()
    page = (grading / "feedback" / "ida" / "batchnorm" / "batchnorm.html").read_text()
    assert "handed in as" in page and "my work.ipynb" in page


def test_does_nbgrader_autograde_give_the_same_scores_and_feedback(course, sandbox):
    """The command of nbgrader, on the same submissions, into another gradebook."""
    root, entries = course
    students = ["ada", "ben", "cleo", "dan", "eva"]
    other = root / "other"
    other.mkdir()
    for name in ("solutions", "nbgrader_config.py"):
        (other / name).symlink_to(root / name)
    for student in students:
        shutil.copytree(
            root / "grading" / "submitted" / student, other / "grading" / "submitted" / student
        )
    hand_in_with_care_needed(other / "grading")
    run_nbgrader(other, sandbox, "generate_assignment", "autograde", "generate_feedback")
    theirs, ours = scores(other / "grading"), scores(root / "grading")
    assert {student: theirs[student] for student in students} == {
        student: ours[student] for student in students
    }
    takes_the_same_care(other / "grading", theirs)
    for student in students:
        pages = [
            (place / "grading" / "feedback" / student / "batchnorm" / "batchnorm.html").read_text()
            for place in (root, other)
        ]
        assert pages[0] == pages[1], student


def test_does_formgraders_api_give_the_same_scores(course, sandbox, monkeypatch):
    """What formgrader's autograde button calls."""
    from nbgrader.apps.api import NbGraderAPI

    from autograder.gradebook import config

    root, entries = course
    monkeypatch.chdir(root)
    monkeypatch.setenv("AUTOGRADER_SANDBOX", sandbox)
    before = scores(root / "grading")
    result = NbGraderAPI(config=config.course_config(Course())).autograde(
        "batchnorm", "ben", force=True
    )
    assert result["success"], result
    assert scores(root / "grading") == before

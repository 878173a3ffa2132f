import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from autograder.assignments import Assignment, batchnorm, load
from autograder.cli import main
from autograder.sandbox import walls
from tests.helpers import fill, written


@pytest.fixture
def run(sandbox, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SANDBOX", sandbox)

    def run(*arguments):
        return CliRunner().invoke(main, [str(a) for a in arguments])

    return run


@pytest.fixture
def file(tmp_path):
    def file(notebook, name="handed_in.ipynb"):
        path = tmp_path / name
        path.write_text(
            notebook if isinstance(notebook, str) else json.dumps(notebook), encoding="utf-8"
        )
        return path

    return file


def test_is_the_verdict_the_json_of_the_contract(run, file, model):
    done = run("check", file(model), "--json")
    verdict = json.loads(done.stdout)
    assert done.exit_code == 0
    assert list(verdict) == [
        "assignment",
        "status",
        "score",
        "max_score",
        "seconds",
        "questions",
        "notes",
    ]
    assert (verdict["assignment"], verdict["status"], verdict["score"], verdict["max_score"]) == (
        "batchnorm",
        "graded",
        30,
        30,
    )
    question = verdict["questions"]["batchnorm_backward"]
    assert list(question) == ["score", "max_score", "cases"] and question["max_score"] == 8
    assert set(question["cases"][0]) == {"name", "passed", "message", "misconception"}
    assert question["cases"][0]["name"] == "dx, 8 examples of 3 features"


def test_do_table_and_json_name_the_mistake_in_the_same_words(run, file):
    notebook = fill("batchnorm", written("batchnorm", {"backward_no_gamma"}))
    path = file(notebook)
    question = json.loads(run("check", path, "--json").stdout)["questions"]["batchnorm_backward"]
    failed = [case for case in question["cases"] if case["misconception"]]
    table = " ".join(word for word in run("check", path).output.split() if word not in "│┃")
    known = {mistake.id: mistake for mistake in load("batchnorm").catalogue}
    assert failed and {case["misconception"] for case in failed} == {"backward_no_gamma"}
    for words in (known["backward_no_gamma"].title, known["backward_no_gamma"].hint):
        assert words in failed[0]["message"] and words in table
    passed = [case for case in question["cases"] if case["passed"]]
    assert all(case["misconception"] is None for case in passed)


@pytest.fixture
def small_exam(monkeypatch, tmp_path):
    """An exam of two correct solutions, three mistakes and their pairs, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    full = load("batchnorm")
    small, solutions = replace(full, catalogue=full.catalogue[:3]), full.solutions[:2]
    monkeypatch.setattr(batchnorm, "ASSIGNMENT", small)
    monkeypatch.setattr(Assignment, "solutions", property(lambda assignment: solutions))
    return tmp_path / "grading" / "reports"


def test_writes_an_audit_its_tables(run, small_exam):
    done = run("audit", "batchnorm", "--pairs", "all")
    assert done.exit_code == 0, done.output
    for words in ("3/3", "audit.md", "audit.html"):
        assert words in done.output
    text = (small_exam / "audit.md").read_text()
    assert "| batchnorm | 3 of 3 | 3 of 3 | 3 of 3 | 3 of 3 | 3 of 3 | 0 |" in text
    assert "`minmax_whole_matrix + minmax_per_example`" in text
    assert "<table>" in (small_exam / "audit.html").read_text()


def test_does_an_audit_fail_and_say_why_when_a_mistake_is_not_judged_rightly(
    run, small_exam, monkeypatch
):
    small = load("batchnorm")
    moved = replace(small.catalogue[0], questions=("standardize",))
    judged = replace(small, catalogue=(moved, *small.catalogue[1:]))
    monkeypatch.setattr(batchnorm, "ASSIGNMENT", judged)
    done = run("audit", "batchnorm", "--pairs", "0")
    assert done.exit_code == 1 and "survivors: minmax_whole_matrix lost min_max" in done.output


def test_does_an_audit_refuse_what_is_no_number(run):
    done = run("audit", "batchnorm", "--pairs", "many")
    assert done.exit_code == 1 and "expected a number or 'all'. Received: 'many'" in done.output
    done = run("audit", "nothing")
    assert done.exit_code == 1 and "expected one of the assignments" in done.output


def test_does_check_say_something_about_anything(run, file):
    for content, name in [
        ("", "batchnorm.ipynb"),
        ("{}", "x.ipynb"),
        ('{"cells": []}', "batchnorm (1).ipynb"),
    ]:
        done = run("check", file(content, name), "--json")
        assert done.exit_code == 0 and json.loads(done.stdout)["score"] == 0
    assert (
        json.loads(run("check", file("", "batchnorm.ipynb"), "--json").stdout)["status"]
        == "damaged"
    )


def test_does_the_table_name_what_went_wrong(run, file):
    done = run(
        "check",
        file(fill("batchnorm", {"standardize": "def standardize(x):\n    return x[0]"})),
    )
    assert done.exit_code == 0 and "standardize" in done.output and "expected shape" in done.output


def test_is_text_of_a_student_not_taken_for_markup(run, file):
    source = "def standardize(x):\n    raise ValueError('[/bold] [red]x')"
    done = run("check", file(fill("batchnorm", {"standardize": source})))
    assert done.exit_code == 0 and "[/bold]" in done.output


def test_is_a_missing_file_a_plain_error(run):
    done = run("check", "nowhere.ipynb")
    assert done.exit_code == 2 and "nowhere.ipynb" in done.output


def test_is_an_unknown_assignment_a_plain_error(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for arguments in [("grade", "algebra"), ("key", "algebra")]:
        done = run(*arguments)
        assert done.exit_code == 1 and "batchnorm" in done.output and "algebra" in done.output


def test_is_an_empty_class_a_plain_error(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("grade", "batchnorm")
    assert done.exit_code == 2 and "<student>/batchnorm/batchnorm.ipynb" in done.output


def test_is_it_said_how_to_go_on_without_bubblewrap(run, file, model, monkeypatch):
    monkeypatch.setattr(walls.shutil, "which", lambda name: None)
    done = run("check", file(model), "--sandbox", "bubblewrap")
    assert (
        done.exit_code == 1
        and "bubblewrap was not found" in done.output
        and "--sandbox process" in done.output
    )


def test_is_it_said_on_the_verdict_that_there_were_no_walls(run, file, model):
    done = run("check", file(model), "--sandbox", "process", "--json")
    verdict = json.loads(done.stdout)
    assert verdict["score"] == 30 and any("without walls" in note for note in verdict["notes"])

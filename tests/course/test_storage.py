import json

import pytest

from autograder.assignments import load
from autograder.cli import console
from autograder.course import Course, Entry, save_class, storage


def test_is_a_file_written_whole_or_not_at_all(tmp_path):
    path = storage.write_json(tmp_path / "new" / "a.json", {"a": 1})
    with pytest.raises(TypeError):
        storage.write_json(path, {"a": object()})
    assert json.loads(path.read_text()) == {"a": 1}
    assert [p.name for p in path.parent.iterdir()] == ["a.json"], "something half written was left"


def test_are_questions_of_an_entry_read_from_its_file_until_that_is_another_one(tmp_path):
    path, questions = tmp_path / "ada.json", {"standardize": {"score": 2.0}}
    entry = Entry("ada", "batchnorm", "graded", 2.0, 30.0, 0.1, questions)
    entry.save(path)
    assert dict(entry.questions) == questions
    assert entry.to_json()["questions"] == questions
    Entry("ada", "batchnorm", "graded", 0.0, 30.0, 0.1, {}).save(path)
    with pytest.raises(RuntimeError, match="written again"):
        entry.questions["standardize"]


def test_is_a_class_file_the_same_as_json_writes_it_at_one_go(tmp_path):
    entries = {s: Entry(s, "batchnorm", "graded", 1.0, 30.0, 0.1, {}) for s in ("ada", "ben")}
    path = save_class(tmp_path / "class.json", "batchnorm", entries, ["one remark"])
    assert json.loads(path.read_text()) == {
        "assignment": "batchnorm",
        "remarks": ["one remark"],
        "submissions": {student: entry.to_json() for student, entry in entries.items()},
    }
    empty = save_class(tmp_path / "empty.json", "batchnorm", {})
    assert json.loads(empty.read_text())["submissions"] == {}


def test_has_the_table_of_a_large_class_one_head_and_a_line_for_each(tmp_path, capsys):
    students = [f"student{i}" for i in range(2 * console.AT_A_TIME + 1)]
    entries = {s: Entry(s, "batchnorm", "graded", 1.0, 30.0, 0.1, {}) for s in students}
    console.show_class(entries, Course(tmp_path), load("batchnorm"))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines.count(["student", "score", "status", "seconds"]) == 1
    assert [line[0] for line in lines if line[1:] == "1 / 30 graded 0.10".split()] == students


@pytest.mark.parametrize("columns", [40, 80])
def test_hides_a_long_id_nobodys_score(tmp_path, capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    students = ["ada", "a.very.long.name.of.somebody@students.university.example", "王小明" * 9]
    entries = {s: Entry(s, "batchnorm", "graded", 1.0, 30.0, 0.1, {}) for s in students}
    console.show_class(entries, Course(tmp_path), load("batchnorm"))
    said = capsys.readouterr().out
    assert said.count("1 / 30") == said.count("graded") == said.count("0.10") == 3


def test_is_the_gradebook_named_that_is_written(monkeypatch, capsys, tmp_path):
    console.show_class({}, Course(tmp_path), load("batchnorm"))
    assert f"gradebook: {tmp_path}/gradebook.db" in capsys.readouterr().out
    monkeypatch.setenv("AUTOGRADER_DB", "postgresql://server/course")
    console.show_class({}, Course(tmp_path), load("batchnorm"))
    assert "gradebook: postgresql://server/course" in capsys.readouterr().out

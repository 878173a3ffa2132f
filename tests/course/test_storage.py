import json

import pytest

from autograder.assignments import load
from autograder.cli import console
from autograder.course import Course, storage


def test_is_a_file_written_whole_or_not_at_all(tmp_path):
    path = storage.write_json(tmp_path / "new" / "a.json", {"a": 1})
    with pytest.raises(TypeError):
        storage.write_json(path, {"a": object()})
    assert json.loads(path.read_text()) == {"a": 1}
    assert [p.name for p in path.parent.iterdir()] == ["a.json"], "something half written was left"


def test_is_the_gradebook_named_that_is_written(monkeypatch, capsys, tmp_path):
    console.show_class({}, Course(tmp_path), load("batchnorm"))
    assert f"gradebook: {tmp_path}/gradebook.db" in capsys.readouterr().out
    monkeypatch.setenv("AUTOGRADER_DB", "postgresql://server/course")
    console.show_class({}, Course(tmp_path), load("batchnorm"))
    assert "gradebook: postgresql://server/course" in capsys.readouterr().out

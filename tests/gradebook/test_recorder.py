"""What a gradebook is told when it is new, and what is not loaded for it."""

import os
import subprocess
import sys

import pytest
from nbgrader import api
from nbgrader.converters.base import NbGraderException

from autograder.assignments import load
from autograder.course import Course
from autograder.errors import Damaged
from autograder.gradebook import converters, exporter, lean
from autograder.gradebook.converters import kept_open
from autograder.gradebook.preprocessors import SaveGrades
from autograder.gradebook.recorder import Recorder
from autograder.grading import damaged, faulty, repaired
from tests.helpers import BATCHNORM, fill, hand_in

asked = api.get_alembic_version  # as nbgrader has it, before ours takes its place


@pytest.mark.slow
def test_new_gradebook_has_the_schema_that_alembic_says(monkeypatch):
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable), prepend=os.pathsep)
    assert lean.schema_version() == asked()


@pytest.fixture
def recorder(tmp_path):
    one = Recorder(load(BATCHNORM), Course(tmp_path / "grading"))
    one.register()
    return one


def test_rows_of_a_new_submission_are_those_that_nbgrader_would_write(recorder):
    when = "2026-03-01 12:00:00 UTC"
    with kept_open(recorder.course.db_url):
        ours = converters.autograde.Gradebook(recorder.course.db_url)
        ours.add_student("ada")
        ours.add_submission(BATCHNORM, "ada", timestamp=when)
        ours.db.commit()
    with api.Gradebook(recorder.course.db_url, recorder.course.course_id) as plain:
        plain.add_student("ben")
        plain.add_submission(BATCHNORM, "ben", timestamp=when)
        ada, ben = (plain.find_submission(BATCHNORM, student) for student in ("ada", "ben"))
        assert columns(ada) == columns(ben)
        for kind in ("grades", "comments"):
            one, other = (
                sorted(map(columns, getattr(sub.notebooks[0], kind)), key=str) for sub in (ada, ben)
            )
            assert one == other and one
        assert columns(ada.notebooks[0]) == columns(ben.notebooks[0])


def columns(row):
    """What a row says, without the ids that are its own."""
    own = {"id", "student_id", "notebook_id" if hasattr(row, "cell_id") else ""}
    own |= {"assignment_id"} if hasattr(row, "grades") else set()
    return {c.name: getattr(row, c.name) for c in row.__table__.columns if c.name not in own}


def fails(step, notebook, resources):
    raise OSError("the disk is full")


def test_submission_whose_grades_cannot_be_written_leaves_no_row(recorder, monkeypatch):
    hand_in(recorder._course.grading, "ada", fill(BATCHNORM, {}))
    monkeypatch.setattr(SaveGrades, "preprocess", fails)
    with pytest.raises(NbGraderException):
        recorder.record("ada", faulty(load(BATCHNORM), "nothing"))
    with api.Gradebook(recorder.course.db_url, recorder.course.course_id) as plain:
        assert not plain.students


def test_notebook_is_recorded_as_it_was_read_and_not_read_again(recorder, monkeypatch):
    folder = hand_in(recorder._course.grading, "ada", fill(BATCHNORM, {}, answer="As it was."))
    notebook, _ = repaired(folder, load(BATCHNORM))
    monkeypatch.setattr(exporter, "repaired", lambda *a: pytest.fail("it was read"))
    hand_in(recorder._course.grading, "ada", fill(BATCHNORM, {}, answer="As it is."))
    recorder.record("ada", faulty(load(BATCHNORM), "nothing"), cells=notebook.cells)
    kept = recorder._course.grading / "autograded/ada/batchnorm/batchnorm.ipynb"
    assert "As it was." in kept.read_text() and "As it is." not in kept.read_text()
    hand_in(recorder._course.grading, "ben", "what takes hours to read")
    recorder.record("ben", damaged(load(BATCHNORM), Damaged("reading it takes too long")))


def test_command_loads_nothing_of_nbgraders_servers():
    program = (
        "import sys, autograder.cli, autograder.gradebook.standings as loaded\n"
        "names = [n for n in sys.modules if n.startswith('nbgrader.server') or n == 'lark']\n"
        "print(*[n for n in names if hasattr(sys.modules[n], '__file__')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not done.stdout.strip()

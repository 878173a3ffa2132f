"""A run that finds everything as it was does nothing, and one that does not does everything."""

import os
import shutil
import time

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder import classroom
from autograder.assignments import load
from autograder.classroom import footprint
from autograder.classroom import run as running
from autograder.cli import main as cli
from autograder.course import Course, people
from tests.helpers import BATCHNORM, fill, hand_in, run, written

pytestmark = pytest.mark.slow


class Writer(Exception):
    """The gradebook's writer was started."""


@pytest.fixture
def course(tmp_path, monkeypatch, sandbox):
    """A course in this folder, graded to the end: two students and one whose file is torn."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADER_SANDBOX", sandbox)
    hand_in("grading", "ada", fill(BATCHNORM, written(BATCHNORM)))
    hand_in("grading", "ben", fill(BATCHNORM, {}))
    hand_in("grading", "dan", '{"cells": [')
    course = Course("grading")
    people.add_to_roster(course, [people.Listed("ada"), people.Listed("zoe")])
    again(course)
    return course


def again(course, **options):
    """Grade; return (entries, what was said of the class)."""
    said = []
    entries = classroom.grade(
        load(BATCHNORM),
        course,
        sandbox=os.environ["AUTOGRADER_SANDBOX"],
        on_remark=said.append,
        **options,
    )
    return {student: entry.judgement for student, entry in entries.items()}, said


@pytest.fixture
def no_writer(monkeypatch):
    def refuse():
        raise Writer

    monkeypatch.setattr(running.writer, "start", refuse)


def test_nothing_to_do_is_found_out_without_the_gradebook(course, no_writer):
    assert again(course)[0].keys() == {"ada", "ben", "dan"}


def test_what_is_given_and_said_is_the_same(course):
    skipped = again(course)
    footprint.forget(BATCHNORM, course)
    assert again(course) == skipped
    assert "zoe" in " ".join(skipped[1])


def test_the_command_prints_the_same(course):
    short = CliRunner().invoke(cli, ["grade", BATCHNORM])
    footprint.forget(BATCHNORM, course)
    whole = CliRunner().invoke(cli, ["grade", BATCHNORM])
    assert (short.exit_code, short.stdout) == (whole.exit_code, whole.stdout) == (0, whole.stdout)


def give_points(course):
    with Gradebook(course.gradebook_url) as gradebook:
        places = ("batchnorm_answer", BATCHNORM, BATCHNORM, "ada")
        names = [g.name for g in gradebook.find_notebook(BATCHNORM, BATCHNORM).grade_cells]
        grade = gradebook.find_grade(names[-1], *places[1:])
        grade.manual_score = 1.0
        gradebook.db.commit()


def hand_in_again(course):
    hand_in(course.grading, "ben", fill(BATCHNORM, written(BATCHNORM)))


def hand_in_more(course):
    hand_in(course.grading, "eve", fill(BATCHNORM, {}))


def hand_in_something_else(course):
    hand_in(course.grading, "eve", "{}", assignment="xavier")


def empty_a_page(course):
    course.feedback_page(BATCHNORM, "ada").chmod(0o644)
    course.feedback_page(BATCHNORM, "ada").write_text("")


def remove_a_page(course):
    course.feedback_page(BATCHNORM, "ada").unlink()


def remove_a_result(course):
    course.result(BATCHNORM, "ada").unlink()


def remove_the_gradebook(course):
    (course.grading / "gradebook.db").unlink()


def remove_the_class_file(course):
    course.class_file(BATCHNORM).unlink()


def say_when(course):
    (course.submission(BATCHNORM, "ada") / "timestamp.txt").write_text("2026-03-01 12:00 UTC")


def configure(course):
    course.grading.with_name("nbgrader_config.py").write_text("c = get_config()\n")


def add_to_the_roster(course):
    people.add_to_roster(course, [people.Listed("yan")])


def take_another_term(course):
    os.environ["AUTOGRADER_TERM"] = "second"


CHANGES = [
    give_points,
    hand_in_again,
    hand_in_more,
    hand_in_something_else,
    empty_a_page,
    remove_a_page,
    remove_a_result,
    remove_the_gradebook,
    remove_the_class_file,
    say_when,
    configure,
    add_to_the_roster,
    take_another_term,
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_has_changed_is_looked_at(course, no_writer, monkeypatch, change):
    monkeypatch.setenv("AUTOGRADER_TERM", os.environ.get("AUTOGRADER_TERM", ""))
    change(course)
    with pytest.raises(Exception) as raised:
        again(course)
    assert raised.type.__name__ in ("Writer", "OtherTerm")


def test_a_run_over_some_or_without_pages_is_no_reason_to_do_nothing(course, no_writer):
    for options in ({"students": ["ada"]}, {"feedback": False}, {"force": True}):
        with pytest.raises(Writer):
            again(course, **options)
        assert not footprint.is_there(BATCHNORM, course)


def test_what_needs_somebody_is_looked_at_each_time(course):
    for name in ("one", "two"):  # two that differ: somebody has to choose
        other = written(BATCHNORM) | {"standardize": f"def standardize(x): return {name!r}"}
        hand_in(course.grading, "eve", fill(BATCHNORM, other), f"{name}.ipynb")
    entries, _ = again(course)
    assert entries["eve"]["notes"][-1].startswith("STAFF")
    assert not footprint.is_there(BATCHNORM, course)


def test_a_time_that_is_none_is_said_again(course):
    (course.submission(BATCHNORM, "ada") / "timestamp.txt").write_text("yesterday evening")
    said = [again(course)[1] for _ in range(2)]
    assert said[0] == said[1] and "timestamp.txt is no time" in " ".join(said[0])


def test_a_moved_course_is_looked_at(course, tmp_path):
    """The gradebook that was looked at lies elsewhere."""
    other = tmp_path / "other"
    shutil.copytree("grading", other / "grading")
    time.sleep(0.01)
    give_points(Course(other / "grading"))
    done = run(other, "grade", BATCHNORM)
    assert done.returncode == 0, done.stderr
    assert "ada" in done.stdout

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
from autograder.course import Course, people, settings
from tests.helpers import BATCHNORM, fill, hand_in, run, written
from tests.helpers.classes import PROJECT

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


def take_an_older_configuration(course):
    """As `cp -p` does, or an archive that is unpacked: another text, of the same size and date."""
    path = course.grading.with_name("nbgrader_config.py")
    path.write_text("c = get_config()\nper_day = 2\n")
    again(course)
    assert footprint.is_there(BATCHNORM, course)
    dates = path.stat()
    path.write_text("c = get_config()\nper_day = 5\n")
    os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))


CHANGES = [
    take_an_older_configuration,
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
def test_whatever_has_changed_is_looked_at(course, request, monkeypatch, change):
    monkeypatch.setenv("AUTOGRADER_TERM", settings.term())
    change(course)
    request.getfixturevalue("no_writer")
    with pytest.raises(Exception) as raised:
        again(course)
    assert raised.type.__name__ in ("Writer", "OtherTerm")


@pytest.mark.parametrize(
    "text",
    [
        "import json\n",
        "from late import days\n",
        "c = get_config()\nload_subconfig('late.py')\n",
        "c = get_config()\nc.AssignLatePenalties.plugin_class = 'late.Mine'\n",
        "c = get_config(\n",
    ],
)
def test_a_configuration_that_looks_elsewhere_is_asked_each_time(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nbgrader_config.py").write_text(text)
    assert footprint.basis(BATCHNORM, Course("grading")) == ""
    shutil.copy(PROJECT / "nbgrader_config.py", tmp_path)
    assert footprint.basis(BATCHNORM, Course("grading"))


@pytest.mark.parametrize("change", [configure, give_points, add_to_the_roster])
def test_what_changes_during_a_run_is_looked_at_by_the_next(course, monkeypatch, change):
    footprint.forget(BATCHNORM, course)
    finish = running._Run._write_class_file

    def meanwhile(self, remarks):
        finish(self, remarks)
        change(course)

    monkeypatch.setattr(running._Run, "_write_class_file", meanwhile)
    again(course)
    assert not footprint.is_there(BATCHNORM, course)


def test_another_assignment_of_the_course_disturbs_nothing(course):
    hand_in("grading", "ada", fill("xavier", {}), assignment="xavier")
    for _ in range(2):
        for name in ("xavier", BATCHNORM):
            classroom.grade(load(name), course, sandbox=os.environ["AUTOGRADER_SANDBOX"])
    gradebook = (course.grading / "gradebook.db").read_bytes()
    footprint.forget("xavier", course)
    classroom.grade(load("xavier"), course, sandbox=os.environ["AUTOGRADER_SANDBOX"])
    assert (course.grading / "gradebook.db").read_bytes() == gradebook


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

"""Who is in the course is remembered all term, and is one person under one id."""

import json

import pytest
from click.testing import CliRunner

from autograder.cli import staff
from autograder.course import Course, Entry, people, save_class
from autograder.course.storage import exclusively
from autograder.errors import NothingToDo
from autograder.gradebook import standings, students
from tests.helpers import BATCHNORM, fill, grade, gradebook_rows, hand_in, written


def entry(student):
    return Entry(student, BATCHNORM, "graded", 3.0, 30.0, 0.1, {})


@pytest.fixture
def course(tmp_path):
    """Two students with everything that a run leaves as files."""
    course = Course(tmp_path / "grading")
    for who in ("ada", "ben"):
        hand_in(course.grading, who, {})
        page = course.feedback_page(BATCHNORM, who)
        page.parent.mkdir(parents=True)
        page.write_text("page")
        entry(who).save(course.result(BATCHNORM, who))
    save_class(course.class_file(BATCHNORM), BATCHNORM, {w: entry(w) for w in ("ada", "ben")})
    people.add_collected(course, [people.Collected("ada", BATCHNORM, "new", "x.ipynb")])
    return course


def test_collected_table_grows_and_keeps_what_was_there(course):
    people.add_collected(course, [people.Collected("", "", "not taken", "=x\n\x00", "why")])
    first, second = people.collected(course)
    assert first.student == "ada" and second.what == "not taken"
    assert course.collected.read_bytes().startswith(b"\xef\xbb\xbfstudent,assignment,what,")
    assert "'=x" in course.collected.read_text() and second.source.startswith("=x")


def test_roster_has_everybody_of_every_table_once(course):
    people.add_to_roster(course, [people.Listed("ada", "A", "a@x", "canvas", "1")])
    people.add_to_roster(course, [people.Listed("ben", "B", "", "canvas", "2")])
    people.add_to_roster(course, [people.Listed("ada", "Ada", "a@x", "canvas", "1")])
    assert [(p.id, p.name) for p in people.roster(course)] == [("ada", "Ada"), ("ben", "B")]


def test_renaming_moves_everything_and_loses_nothing(course):
    people.rename(course, "ada", "lovelace")
    left = {path.relative_to(course.grading).as_posix() for path in course.grading.rglob("*ada*")}
    assert not left
    assert (course.submission(BATCHNORM, "lovelace") / "batchnorm.ipynb").is_file()
    assert course.feedback_page(BATCHNORM, "lovelace").read_text() == "page"
    assert Entry.load(course.result(BATCHNORM, "lovelace")).student == "lovelace"
    known = json.loads(course.class_file(BATCHNORM).read_text())["submissions"]
    assert list(known) == ["ben", "lovelace"] and known["lovelace"]["student"] == "lovelace"
    assert people.collected(course)[0].student == "lovelace"


def test_two_people_with_work_are_not_made_one(course):
    with pytest.raises(NothingToDo, match="'ada' and 'ben' both have work on batchnorm"):
        people.rename(course, "ada", "ben")
    with pytest.raises(NothingToDo, match="'adda'"):
        people.rename(course, "adda", "ada")


def test_dropped_student_is_kept_aside(course):
    place = people.drop(course, "ada", [])
    assert (place / "submitted" / BATCHNORM / "batchnorm.ipynb").is_file()
    assert (place / "results" / "batchnorm.json").is_file()
    assert not (course.submitted / "ada").exists()
    assert list(json.loads(course.class_file(BATCHNORM).read_text())["submissions"]) == ["ben"]


@pytest.mark.slow
def test_marks_and_comments_given_by_hand_follow_the_new_id(tmp_path, sandbox, monkeypatch):
    from nbgrader.api import Gradebook

    monkeypatch.chdir(tmp_path)
    course = Course(tmp_path / "grading")
    for who in ("ada--101", "ben"):
        hand_in(course.grading, who, fill(BATCHNORM, written(BATCHNORM)))
    grade(BATCHNORM, course.grading, workers=1, sandbox=sandbox)
    with Gradebook(f"sqlite:///{course.grading}/gradebook.db") as gradebook:
        given = gradebook.find_grade("why_batchnorm", BATCHNORM, BATCHNORM, "ada--101")
        given.manual_score, given.needs_manual_grade = 8.0, False
        gradebook.db.commit()
    before = gradebook_rows(course.grading)
    with pytest.raises(NothingToDo, match="both have marks on batchnorm"):
        students.rename(course, "ada--101", "ben")
    students.rename(course, "ada--101", "ada")
    people.rename(course, "ada--101", "ada")
    after = gradebook_rows(course.grading)
    renamed = {
        ("ada" if who == "ada--101" else who, *rest): v for (who, *rest), v in before.items()
    }
    assert after == renamed
    grade(BATCHNORM, course.grading, workers=1, sandbox=sandbox)
    assert gradebook_rows(course.grading) == after, "the same work needs no second look"
    marks = students.marks(course, "ada")
    assert {row.get("question"): row.get("by_hand") for row in marks}["why_batchnorm"] == 8.0
    kept = people.drop(course, "ada", marks) / "marks.json"
    assert json.loads(kept.read_text()) == marks
    students.drop(course, "ada")
    from autograder.assignments import load

    assert [s.student for s in standings.of_class(load(BATCHNORM), course)] == ["ben"]


@pytest.mark.parametrize("words", [("rename", "ada", "zed"), ("drop", "ada", "--yes")])
def test_nobody_is_renamed_or_dropped_while_the_course_is_graded(course, words, monkeypatch):
    monkeypatch.chdir(course.grading.parent)
    before = sorted(course.grading.rglob("*"))
    with exclusively(course.results(BATCHNORM)):
        result = CliRunner().invoke(staff.student, list(words))
        assert result.exit_code == 1 and "another process is grading" in result.output
    assert [p for p in before if not p.exists()] == []

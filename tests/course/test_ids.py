"""One rule for ids, whatever door they come through."""

import pytest

from autograder.course import Course, people
from autograder.course.ids import is_name, is_student_id, plain_id
from autograder.course.people import Listed
from autograder.errors import NothingToDo

GOOD = [
    "ada",
    "ada@school.edu",
    "Müller, Anna--101",
    "O'Neil, Mary (2)--9",
    "josé.garcía",
    "王小明",
    "नीरज",
    "s1234567",
    "a+b_c=d@x.org",
    "Smith (group 3)",
    "_ada",
    "'t Hooft, Gerard--4",
]
BAD = [
    "",
    " ada",
    "ada ",
    "ada\u00a0",
    "ada\u200b",
    "ada\u3164",
    "e\u0301va",
    "ada.",
    "a  b",
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "a;=1",
    "a|b",
    "../x",
    "a/b",
    "<b>",
    "x" * 129,
]


@pytest.mark.parametrize("name", GOOD)
def test_usual_id_is_one(name):
    assert is_student_id(name) and plain_id(name) == name


@pytest.mark.parametrize("name", BAD)
def test_id_that_somebody_would_stumble_over_is_none(name):
    assert not is_student_id(name)


def test_what_nobody_sees_of_an_id_makes_no_second_one():
    assert {plain_id(t) for t in ("éva", "e\u0301va", " éva", "éva\u00a0 ")} == {"éva"}


def test_roster_is_remembered_by_plain_ids(tmp_path):
    course = Course(tmp_path)
    people.add_to_roster(course, [Listed("ada \u00a0", "Ada", "", "canvas", "7")])
    assert [person.id for person in people.roster(course)] == ["ada"]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "\\"])
def test_nothing_but_a_name_is_renamed_or_dropped(tmp_path, name):
    """An empty shell variable once moved a whole class."""
    course = Course(tmp_path)
    (course.submitted / "ada" / "batchnorm").mkdir(parents=True)
    assert not is_name(name)
    for act in (people.require, people.rename, people.drop):
        with pytest.raises(NothingToDo, match="expected a student with work here"):
            act(course, name, *{people.rename: ["x"], people.drop: [[]]}.get(act, []))
    assert (course.submitted / "ada" / "batchnorm").is_dir()

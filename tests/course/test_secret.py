"""The secret of a course: nobody knows hidden inputs beforehand, and the same file is always asked
the same.
"""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.assignments.draws import Draws
from autograder.course import secret
from autograder.errors import OtherTerm, UnreadableFile


@pytest.fixture
def course(monkeypatch, tmp_path):
    """A folder with a course in it, whose secret has not been made."""
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grading").mkdir()
    return tmp_path


def number(topic="rnn_step"):
    return Draws.of_course()(topic).integers(2**62)


def test_it_is_made_once_for_its_owner_alone(course):
    first = secret.secret()
    path = course / "grading" / "secret"
    assert len(first) == 32 and path.read_bytes() == first == secret.secret()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret"]


def test_all_that_make_it_at_one_time_get_the_first_one(course):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: secret._read_or_make(secret.place()), range(40)))
    assert len(set(made)) == 1


def test_without_a_course_nothing_is_made_in_the_folder_one_is_in(course, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_KEY", str(course / "elsewhere"))
    (course / "grading").rmdir()
    secret.secret()
    assert [p.name for p in course.iterdir()] == ["elsewhere"]


def test_two_courses_ask_on_different_inputs(course, monkeypatch):
    first = number()
    assert number() == first
    os.rename("grading", "old")
    os.mkdir("grading")
    assert number() != first


def test_the_term_word_the_topic_and_the_secret_all_count(course, monkeypatch):
    first = number()
    assert number("rnn_mask") != first
    monkeypatch.setenv("AUTOGRADER_TERM", "spring")
    assert number() != first


def test_a_submission_is_asked_on_what_follows_from_its_content(course):
    def of(content):
        return Draws.of_submission(content)("rnn_step").integers(2**62)

    assert of(b"a") == of(b"a") and len({of(b"a"), of(b"b"), of(b""), number()}) == 4


def test_a_torn_secret_is_not_drawn_from(course):
    (course / "grading" / "secret").write_bytes(b"short")
    with pytest.raises(UnreadableFile, match="expected 32 random bytes.*Received: 5"):
        secret.secret()
    with pytest.raises(UnreadableFile, match="handed over"):
        secret.use_secret(b"short")


def test_marks_of_another_secret_are_told_from_these(course):
    words = secret.drawn_from()
    assert secret.secret().hex() not in words
    secret.require_drawn_from(words, "the marks")
    (course / "grading" / "secret").unlink()
    with pytest.raises(OtherTerm, match="the marks were given with.*--force"):
        secret.require_drawn_from(words, "the marks")

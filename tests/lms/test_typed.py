"""What is typed into an LMS, and other assignments' notebooks: kept where it may be all there is."""

import json

import pytest

from autograder.assignments import load
from autograder.course import attendance
from autograder.grading import mark, read_work
from autograder.lms import collect
from autograder.lms.archive import typed_in
from autograder.notebooks import repair
from tests.helpers import BATCHNORM, fill, written

WORK = json.dumps(fill(BATCHNORM, {}))
UNANSWERED = json.dumps(fill(BATCHNORM, written(BATCHNORM), answer="YOUR ANSWER HERE"))
XAVIER = json.dumps(fill("xavier", written("xavier")))
NOTEBOOK = "nguyenbao_103_5002_batchnorm.ipynb"
ADA = "lovelaceada_101_5001_batchnorm.ipynb"
TEXT = (
    "<p>The variance of <b>one</b> example is 0.</p><p>See <a href='https://a.example/x'>it</a></p>"
)


def files(course, student):
    return sorted(p.name for p in course.submission(BATCHNORM, student).iterdir())


def refused(found):
    return {row.source: row.remark for row in found if row.what == "not taken"}


@pytest.mark.parametrize(
    "form, notebook, text, student",
    [
        ("canvas", NOTEBOOK, "nguyenbao_103_text.html", "nguyenbao--103"),
        (
            "moodle",
            "Bao_103_assignsubmission_file/b.ipynb",
            "Bao_103_assignsubmission_onlinetext/onlinetext.html",
            "Bao--103",
        ),
    ],
)
def test_text_beside_a_notebook_is_shown_in_the_empty_answer(
    course, archive, form, notebook, text, student
):
    [found] = collect(archive({notebook: UNANSWERED, text: TEXT}), form, course)
    assert found.what == "new" and "handed in a text as well: The variance" in found.remark
    assignment = load(BATCHNORM)
    cells, reading = read_work(course.submission(BATCHNORM, student), assignment)
    fixed = repair.repair(cells, assignment.template, reading.beside)
    answer = next(c for c in fixed.cells if "Nothing is written here" in c["source"])
    assert "The variance of one example is 0.\nSee it\nhttps://a.example/x" in answer["source"]
    assert any("for a person to look at" in sentence for sentence in fixed.repairs)


def test_text_beside_answered_questions_is_mentioned(course, archive):
    answered = json.dumps(fill(BATCHNORM, written(BATCHNORM), answer="It is 0."))
    collect(archive({NOTEBOOK: answered, "nguyenbao_103_text.html": TEXT}), "canvas", course)
    verdict = mark(course.submission(BATCHNORM, "nguyenbao--103"), load(BATCHNORM))
    assert any("'text typed into canvas.txt': it was not graded" in str(n) for n in verdict.notes)


def test_text_instead_of_a_notebook_is_no_mark_and_says_what_it_was(course, archive):
    collect(archive({ADA: WORK, "zimmerzoe_102_text.html": TEXT}), "canvas", course)
    verdict = mark(course.submission(BATCHNORM, "zimmerzoe--102"), load(BATCHNORM))
    assert verdict.status == "damaged"
    assert "'text typed into canvas.txt', The variance of one example" in str(verdict.notes[0])


def test_text_never_takes_the_place_of_a_notebook_and_staff_are_told(course, archive):
    collect(archive({ADA: WORK, NOTEBOOK: WORK}), "canvas", course)
    found = collect(archive({ADA: WORK, "nguyenbao_103_text.html": TEXT}), "canvas", course)
    assert "a text instead of a file" in refused(found)["nguyenbao_103_text.html"]
    assert files(course, "nguyenbao--103") == ["batchnorm.ipynb"]
    [said] = attendance.passed_over(course, BATCHNORM)
    assert "beside the work that is here (1): nguyenbao--103" in said


def test_typed_text_collected_twice_is_the_same_as_before(course, archive):
    work = archive({ADA: WORK, "zimmerzoe_102_text.html": TEXT})
    collect(work, "canvas", course)
    assert {row.what for row in collect(work, "canvas", course)} == {"same as before"}
    later = archive({ADA: WORK, "zimmerzoe_102_text.html": "<p>another"})
    assert "replaced" in {row.what for row in collect(later, "canvas", course)}


def test_text_of_which_nothing_tells_the_assignment_is_named(course, archive):
    [found] = collect(archive({"zimmerzoe_102_link.html": TEXT}), "canvas", course)
    assert found.what == "not taken" and "a link instead of a file" in found.remark
    assert "nothing tells which assignment" in found.remark


def test_another_assignments_notebook_is_for_grade_to_refuse(course, archive):
    work = archive({ADA: WORK, "nguyenbao_103_5002_x.ipynb": XAVIER})
    found = {row.student: row for row in collect(work, "canvas", course)}
    assert found["nguyenbao--103"].remark == "looks like xavier"
    folder = course.submission(BATCHNORM, "nguyenbao--103")
    assert mark(folder, load(BATCHNORM)).status == "wrong_file"
    assert {row.what for row in collect(work, "canvas", course)} == {"same as before"}


@pytest.mark.parametrize("beside", [True, False], ids=["beside the right one", "after it"])
def test_another_assignments_notebook_takes_no_place(course, archive, beside):
    right, other = {ADA: WORK, NOTEBOOK: WORK}, {"nguyenbao_103_5003_x.ipynb": XAVIER}
    collect(archive(right | other if beside else right), "canvas", course)
    found = collect(archive(right | other if beside else {ADA: WORK} | other), "canvas", course)
    assert "belongs to xavier" in refused(found)["nguyenbao_103_5003_x.ipynb"]
    assert files(course, "nguyenbao--103") == ["batchnorm.ipynb"]


def test_download_of_another_assignment_is_refused_as_a_whole(course, archive):
    work = {"a_1_2_xavier.ipynb": XAVIER, "b_3_4_xavier.ipynb": XAVIER}
    found = collect(archive(work), "canvas", course, load(BATCHNORM))
    assert {row.what for row in found} == {"not taken"} and not course.submitted.exists()


def test_link_is_the_link_alone(course, archive):
    page = "<title>Student URL</title><p>This was a URL to <a href='https://a.example/x'>there</a>"
    collect(archive({ADA: WORK, "zimmerzoe_102_link.html": page}), "canvas", course)
    [path] = course.submission(BATCHNORM, "zimmerzoe--102").iterdir()
    assert path.read_text() == "https://a.example/x"


def test_typed_page_is_read_as_its_text_and_its_links():
    page = b"<html><body><p>one<br>two &amp; <i>three</i></p><ul><li>four</ul> https://b.example/?a=1&amp;c=2"
    assert typed_in(page) == "one\ntwo & three\nfour\nhttps://b.example/?a=1&c=2"

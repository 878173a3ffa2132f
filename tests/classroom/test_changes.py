"""Grading again after a check changed: who changes is shown first, what a human gave stays."""

import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.answers.verdict import Case
from autograder.assignments import Assignment, load
from autograder.cli import main
from autograder.course import Course
from tests.helpers import BATCHNORM, fill, grade, gradebook_rows, hand_in, left_by, written

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def once(tmp_path_factory, sandbox):
    """A class that was graded, also by hand."""
    grading = tmp_path_factory.mktemp("once") / "grading"
    wrong = written(BATCHNORM, {"backward_no_gamma", "standardize_unbiased"})
    hand_in(grading, "ada", fill(BATCHNORM, written(BATCHNORM)))
    hand_in(grading, "ben", fill(BATCHNORM, wrong))
    grade(BATCHNORM, grading, sandbox=sandbox)
    with Gradebook(f"sqlite:///{grading}/gradebook.db") as gradebook:
        for student, points in (("ada", 7.5), ("ben", 3.0)):
            row = gradebook.find_grade("why_batchnorm", BATCHNORM, BATCHNORM, student)
            row.manual_score, row.needs_manual_grade = points, False
            said = gradebook.find_comment("why_batchnorm", BATCHNORM, BATCHNORM, student)
            said.manual_comment = f"well done, {student}"
        # One automatic mark that a human replaced.
        row = gradebook.find_grade("standardize", BATCHNORM, BATCHNORM, "ben")
        row.manual_score, row.needs_manual_grade = 1.0, False
        gradebook.db.commit()
    return grading


@pytest.fixture
def graded(once, tmp_path, sandbox, monkeypatch):
    """That class, for this test alone, in the current folder; returns its grading/."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADER_SANDBOX", sandbox)
    return shutil.copytree(once, tmp_path / "grading")


@pytest.fixture
def lenient(monkeypatch):
    """Two checks changed: one case more passes in each."""

    def change(name, ask):
        def lenient(student, rng):
            for case in ask(student, rng):
                yield Case(case.name, True, "let pass") if "float32" in case.name else case

        return lenient if name in ("standardize", "batchnorm_backward") else ask

    exam = load(BATCHNORM).exam
    changed = [replace(q, ask=change(q.id, q.ask)) for q in exam.questions]
    monkeypatch.setattr(exam, "questions", changed)


def regrade(*arguments):
    return CliRunner().invoke(main, ["grade", BATCHNORM, *arguments])


def scores(grading, student):
    return {
        cell[1]: marks[0] for cell, marks in gradebook_rows(grading).items() if cell[0] == student
    }


def test_changes_nothing_where_no_check_changed(graded):
    before = left_by(graded)
    done = regrade("--force")
    assert done.exit_code == 0 and "changes nobody's marks" in done.output, done.output
    after = left_by(graded)
    assert after[:2] == before[:2]
    page = (graded / "feedback" / "ada" / BATCHNORM / f"{BATCHNORM}.html").read_text()
    assert "well done, ada" in page, "a new page has what a human said"


def test_is_shown_who_changes_by_how_much_and_stays_what_a_human_gave(graded, lenient):
    before = gradebook_rows(graded)
    done = regrade("--force")
    assert done.exit_code == 0, done.output
    shown = done.output[: done.output.index("2 submissions")]
    assert "Regrading changes the marks of 1" in shown and "ben" in shown and "ada" not in shown
    after = gradebook_rows(graded)
    for cell in ("standardize", "batchnorm_backward"):
        assert after["ben", cell][0] > before["ben", cell][0]
    for key, marks in before.items():
        if key[1] not in ("standardize", "batchnorm_backward"):
            assert after[key] == marks, key
    assert after["ben", "why_batchnorm"] == (None, 3.0, False)
    assert after["ada", "why_batchnorm", "comment"] == (None, "well done, ada")
    # A human's mark stays, and is to be looked at again: the automatic one has changed.
    assert after["ben", "standardize"][1:] == (1.0, True)


def test_changes_only_the_questions_that_are_named(graded, lenient):
    before, old = gradebook_rows(graded), left_by(graded)[1]["ben"]
    done = regrade("--question", "batchnorm_backward")
    assert done.exit_code == 0, done.output
    after, new = gradebook_rows(graded), left_by(graded)[1]["ben"]
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {("ben", "batchnorm_backward")}
    kept = new["questions"]["standardize"]
    assert kept == old["questions"]["standardize"], "the score stays, and what is said of it"
    assert new["score"] == pytest.approx(sum(q["score"] for q in new["questions"].values()))
    page = (graded / "feedback" / "ben" / BATCHNORM / f"{BATCHNORM}.html").read_text()
    assert "standardize: " in page


@pytest.mark.parametrize("arguments", [["--dry-run"], ["--dry-run", "--question", "standardize"]])
def test_changes_a_dry_run_nothing(graded, lenient, arguments):
    before = left_by(graded)
    done = regrade(*arguments)
    assert done.exit_code == 0 and "changes the marks of 1" in done.output
    assert left_by(graded) == before


def test_may_a_human_say_no_before_anything_is_overwritten(graded, lenient, sandbox):
    before, asked = left_by(graded), []

    def no(changes):
        assert left_by(graded) == before
        asked.extend(changes)
        return False

    entries = grade(BATCHNORM, graded, force=True, confirm=no, sandbox=sandbox)
    assert [change.student for change in asked] == ["ben"]
    assert asked[0].new > asked[0].old and len(asked[0].questions) == 2
    assert entries["ben"]["score"] == asked[0].old
    assert left_by(graded) == before


def test_is_a_question_that_there_is_not_a_clear_error(graded):
    done = regrade("--question", "min_maks")
    assert done.exit_code == 1
    assert "expected some of the questions min_max" in done.output and "min_maks" in done.output


def test_is_it_said_that_checks_have_changed_since(graded, sandbox, monkeypatch, caplog):
    monkeypatch.setattr(Assignment, "fingerprint", lambda assignment: "another")
    grade(BATCHNORM, graded, sandbox=sandbox)
    assert "2 results of batchnorm were given by other checks than today's" in caplog.text


def test_asks_a_new_version_of_the_work_for_another_look(graded, sandbox):
    """The written answer may be another one: what was graded by hand is to be looked at again."""
    answer = fill(BATCHNORM, written(BATCHNORM), answer="Something else.")
    hand_in(graded, "ada", answer)
    grade(BATCHNORM, graded, sandbox=sandbox)
    assert gradebook_rows(graded)["ada", "why_batchnorm"] == (None, 7.5, True)
    assert Course(graded).class_file(BATCHNORM).exists()

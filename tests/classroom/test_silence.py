"""No mark is lost in silence: what a run passes over is told where staff look."""

import base64
import csv
import io
import json
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook

from autograder.course import Course, settings
from tests.helpers import BATCHNORM, code, fill, gradebook_rows, hand_in, run, written
from tests.helpers.classes import environment

pytestmark = pytest.mark.slow
WORDS = "One example is its own mean."
CONFIG = """
from autograder import configure
c = get_config()
configure(c)
c.AssignLatePenalties.plugin_class = "autograder.PointsPerDay"
c.PointsPerDay.points_per_day = 2
c.PointsPerDay.extensions = {"Ada": 1, "eve": {"batch_norm": 7}}
"""
MODEL = fill(BATCHNORM, written(BATCHNORM), answer=WORDS)


def with_answer_below():
    notebook = fill(BATCHNORM, written(BATCHNORM), answer="YOUR ANSWER HERE")
    photo = base64.b64encode(b"\xff\xd8" + bytes(3 << 20)).decode()
    cell = {"cell_type": "markdown", "metadata": {}, "source": f"{WORDS} ![](attachment:photo.jpg)"}
    place = next(i for i, c in enumerate(notebook["cells"]) if c["id"] == "why-batchnorm")
    notebook["cells"].insert(
        place + 1, cell | {"attachments": {"photo.jpg": {"image/jpeg": photo}}}
    )
    return notebook


@pytest.fixture(scope="module")
def root(tmp_path_factory, sandbox):
    """A class of odd submissions, graded and looked at by hand through our commands."""
    root = tmp_path_factory.mktemp("silence")
    (root / "nbgrader_config.py").write_text(CONFIG)
    grading = root / "grading"
    hand_in(grading, "ada", MODEL)
    hand_in(grading, "ben", with_answer_below())
    hand_in(grading, "cy", fill("simple_rnn", {}))
    hand_in(grading, "dan", fill(BATCHNORM, {}, answer="YOUR ANSWER HERE"))
    hand_in(grading, "eve", MODEL)
    hand_in(grading, "eve", fill(BATCHNORM, {"standardize": "def standardize(x): 1"}), "b.ipynb")
    hand_in(grading, "fay", MODEL)
    hand_in(grading, "hal", fill(BATCHNORM, written(BATCHNORM), answer="YOUR ANSWER HERE"))
    (Course(grading).submission(BATCHNORM, "fay") / "timestamp.txt").write_text("5.12. 10:00")
    Course(grading).roster.write_text('id,name,email,system,number\ngus,"Never, Gus",,canvas,9\n')
    assert run(root, "due", BATCHNORM, "2026-12-02T00:59:00+01:00").returncode == 0
    root.joinpath("said.txt").write_text(graded(root, sandbox))
    return root


def graded(root, sandbox, *words, **more):
    done = run(root, "grade", BATCHNORM, *words, AUTOGRADER_SANDBOX=sandbox, COLUMNS="250", **more)
    return done.stdout + done.stderr


def entries(root):
    return json.loads(Course(root / "grading").class_file(BATCHNORM).read_text())["submissions"]


def exported(root, *words):
    """{student: row} of the plain table, and what was said."""
    done = run(root, "export", BATCHNORM, "--to", "csv", *words)
    text = (root / "grading/reports/batchnorm-csv.csv").read_text(encoding="utf-8-sig")
    return {row["student_id"]: row for row in csv.DictReader(io.StringIO(text))}, done.stderr


def by_hand(root, student, points):
    with Gradebook(f"sqlite:///{root}/grading/gradebook.db") as gradebook:
        given = gradebook.find_grade("why_batchnorm", BATCHNORM, BATCHNORM, student)
        given.manual_score, given.needs_manual_grade = points, False
        comment = gradebook.find_comment("why_batchnorm", BATCHNORM, BATCHNORM, student)
        comment.manual_comment = "Well said."
        gradebook.db.commit()


def page(root, student):
    return Course(root / "grading").feedback_page(BATCHNORM, student).read_text()


def test_whoever_must_act_is_told_at_the_end_of_grade(root):
    said = (root / "said.txt").read_text()
    assert (
        "it looks like simple_rnn" in said and "'b.ipynb' belong to batchnorm, and differ" in said
    )
    assert "nothing has been written into it" in said and "Received: '5.12. 10:00'" in said
    assert "extensions: no student has the id 'Ada' (meant 'ada'?)" in said
    assert "'eve': no assignment is called 'batch_norm' (meant 'batchnorm'?)" in said
    assert "on the roster, without work here (1): gus" in said
    assert "here, and on no roster (7): ada; ben; cy" in said
    assert "students' code ran on Python 3." in said


def test_whoever_must_act_is_told_in_json_and_report(root):
    found = entries(root)
    assert {who: e["status"] for who, e in found.items() if who in ("cy", "eve")} == {
        "cy": "wrong_file",
        "eve": "wrong_file",
    }
    assert any(note.startswith("STAFF: ") for note in found["eve"]["notes"])
    assert any(note.startswith("STAFF: timestamp.txt") for note in found["fay"]["notes"])
    assert run(root, "report", BATCHNORM).returncode == 0
    report = Course(root / "grading").report(BATCHNORM).read_text()
    assert "To look at (4)" in report and "it looks like simple_rnn" in report
    assert "gus" in report and "the id &#39;Ada&#39;" in report
    told = json.loads(Course(root / "grading").class_file(BATCHNORM).read_text())["remarks"]
    assert any("no student has the id 'Ada'" in remark for remark in told)
    assert any("without work here (1): gus" in remark for remark in told)
    assert run(root, "report").returncode == 0
    course = Course(root / "grading").course_report.read_text()
    assert "gus" in course and "nothing handed in" in course


def test_student_is_told_on_the_feedback_page(root):
    assert "it looks like simple_rnn" in page(root, "cy")
    assert "Nothing says which notebook counts" in page(root, "eve")
    assert "There is no mark yet" in page(root, "fay") and "STAFF" not in page(root, "fay")


def test_no_page_has_the_mark_scheme(root):
    for student in ("ada", "cy", "dan"):
        assert "MARK SCHEME" not in page(root, student).upper()


def test_page_without_any_mark_shows_no_zero(root):
    for student in ("cy", "eve"):
        assert "batchnorm (not graded yet, of 40.0)" in page(root, student)
        assert "Score: " not in page(root, student)


def test_answer_below_with_a_photo_waits_for_a_person_and_is_shown(root):
    rows = gradebook_rows(root / "grading")
    assert rows["ben", "why_batchnorm"] == (None, None, True)
    assert rows["dan", "why_batchnorm"][2], "as it was released: perhaps the wrong file"
    assert rows["dan", "why_batchnorm", "comment"][0] == "No response."
    assert WORDS in page(root, "ben") and 'src="data:image/jpeg;base64,/9gAAAA' in page(root, "ben")


def test_marks_are_numbers_only_where_there_are_any(root):
    rows, said = exported(root)
    states = {who: (row["mark"], row["state"]) for who, row in rows.items()}
    assert states == {
        "ada": ("", "to be graded by hand"),
        "ben": ("", "to be graded by hand"),
        "cy": ("", "wrong file"),
        "dan": ("", "to be graded by hand"),
        "eve": ("", "staff must look first"),
        "fay": ("", "staff must look first"),
        "gus": ("", "nothing handed in"),
        "hal": ("", "to be graded by hand"),
    }
    assert rows["hal"]["why_batchnorm"] == "" and rows["hal"]["points_so_far"] == "30"
    assert rows["gus"]["last_name"] == "Never" and "no student has the id 'Ada'" in said


def test_time_written_after_grading_counts_at_export_and_then_on_the_page(root, sandbox):
    by_hand(root, "ada", 8.0)
    place = Course(root / "grading").submission(BATCHNORM, "ada") / "timestamp.txt"
    place.write_text("2026-12-03 10:00:00 +0100")
    assert exported(root)[0]["ada"]["mark"] == "34", "two days begun"
    before = gradebook_rows(root / "grading")
    graded(root, sandbox)
    assert gradebook_rows(root / "grading") == before, "the work is the same: it stays settled"
    assert "It costs 4 points" in page(root, "ada")
    place.write_text("2026-12-01T23:00:00Z")
    assert exported(root)[0]["ada"]["mark"] == "38"
    place.write_text("yesterday")
    row = exported(root)[0]["ada"]
    assert row["mark"] == "" and "Received: 'yesterday'" in row["remarks"]
    place.unlink()
    assert exported(root)[0]["ada"]["mark"] == "38"


def test_time_that_became_none_is_told_and_its_page_stays(root):
    place = Course(root / "grading").submission(BATCHNORM, "ada") / "timestamp.txt"
    before = page(root, "ada")
    place.write_text("3 December, ten")
    done = run(root, "feedback", BATCHNORM)
    assert (
        "ada: its page is as it was: timestamp.txt" in done.stderr and page(root, "ada") == before
    )
    run(root, "report", BATCHNORM)
    report = Course(root / "grading").report(BATCHNORM).read_text()
    assert "timestamp.txt is no time, and there is no mark: ada" in report
    place.unlink()


def test_time_that_was_wrong_and_is_corrected_leaves_marks_settled(root, sandbox):
    by_hand(root, "hal", 8.0)
    place = Course(root / "grading").submission(BATCHNORM, "hal") / "timestamp.txt"
    for text in ("3 December, ten", "2026-12-01T23:00:00Z"):
        place.write_text(text)
        graded(root, sandbox)
    assert exported(root)[0]["hal"]["mark"] == "38"


def test_points_for_another_version_count_in_no_sum(root, sandbox):
    hand_in(root / "grading", "ada", fill(BATCHNORM, {}, answer="Another answer."))
    graded(root, sandbox)
    row = exported(root)[0]["ada"]
    assert (row["mark"], row["why_batchnorm"], row["points_so_far"]) == ("", "", "0")
    text = page(root, "ada")
    assert "(Score so far: 0.0 / 40.0)" in text and "Well said." not in text
    hand_in(root / "grading", "ada", MODEL)
    graded(root, sandbox)
    by_hand(root, "ada", 8.0)


def test_page_of_what_could_not_be_graded_has_nothing_of_the_release(root):
    for student in ("cy", "eve"):
        assert "NotImplementedError" not in page(root, student)
        assert "No response" not in page(root, student)


def test_date_that_is_changed_counts_on_the_page_at_the_next_grade(root, sandbox):
    place = Course(root / "grading").submission(BATCHNORM, "ada") / "timestamp.txt"
    place.write_text("2026-12-03 10:00:00 +0100")
    graded(root, sandbox)
    assert "It costs 4 points" in page(root, "ada")
    assert run(root, "due", BATCHNORM, "2026-12-03T00:59:00+01:00").returncode == 0
    graded(root, sandbox)
    assert "It costs 2 points" in page(root, "ada")
    assert run(root, "due", BATCHNORM, "2026-12-02T00:59:00+01:00").returncode == 0
    place.unlink()
    graded(root, sandbox)
    assert "It costs" not in page(root, "ada") and exported(root)[0]["ada"]["mark"] == "38"


def test_corrected_time_is_no_fault_any_more(root, sandbox):
    place = Course(root / "grading").submission(BATCHNORM, "fay") / "timestamp.txt"
    place.write_text("2026-12-01T10:00:00+01:00")
    assert "has a time now: grade again" in exported(root)[0]["fay"]["remarks"]
    graded(root, sandbox)
    assert not any(note.startswith("STAFF") for note in entries(root)["fay"]["notes"])
    assert exported(root)[0]["fay"]["state"] == "to be graded by hand"


def test_other_term_word_is_refused_before_anything_changes(root, sandbox):
    by_hand(root, "ben", 7.0)
    before = gradebook_rows(root / "grading")
    said = graded(root, sandbox, AUTOGRADER_TERM="another")
    assert (
        "AUTOGRADER_TERM='first term' and" in said
        and "here it is 'another' and" in said
        and "--force" in said
    )
    for path in (root / "grading/results" / BATCHNORM).glob("*.json"):
        path.rename(path.with_suffix(".away"))  # another grader's folder, the same gradebook
    try:
        said = graded(root, sandbox, AUTOGRADER_TERM="another")
        assert "the marks of batchnorm in the gradebook were given with" in said
        command = [
            sys.executable,
            "-m",
            "nbgrader",
            "autograde",
            BATCHNORM,
            "--student=ada",
            "--force",
        ]
        env = environment(AUTOGRADER_TERM="another", AUTOGRADER_SANDBOX=sandbox)
        done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
        assert done.returncode and "OtherTerm" in done.stderr
    finally:
        for path in (root / "grading/results" / BATCHNORM).glob("*.away"):
            path.rename(path.with_suffix(".json"))
    assert gradebook_rows(root / "grading") == before


def test_question_that_waits_for_a_person_shows_no_zero(root):
    text = page(root, "ben")
    assert "(Score so far: 30.0 / 40.0)" in text and text.count("not graded yet, of 10.0") == 2


def test_feedback_command_writes_what_was_given_by_hand(root):
    assert "Well said." not in page(root, "ben")
    done = run(root, "feedback", BATCHNORM, "--student", "ben")
    assert done.returncode == 0, done.stderr
    assert "Well said." in page(root, "ben") and "not graded yet" not in page(root, "ben")
    assert run(root, "feedback", BATCHNORM, "--student", "nobody").returncode == 2


def test_force_shows_what_another_term_changes_and_keeps_what_was_given_by_hand(root, sandbox):
    before = gradebook_rows(root / "grading")
    word = {settings.TERM: "another"}
    said = graded(root, sandbox, "--force", "--yes", **word)
    assert "Regrading changes" in said
    after = gradebook_rows(root / "grading")
    assert after["ben", "why_batchnorm"] == before["ben", "why_batchnorm"] == (None, 7.0, False)
    assert "--force" in graded(root, sandbox), "the gradebook remembers the new word"
    assert "--force" not in graded(root, sandbox, **word)


@pytest.mark.parametrize(
    "words, said",
    [
        (["export", BATCHNORM, "--to", "csv"], "expected a gradebook"),
        (["export", BATCHNORM, "--to", "canvas-feedback"], "expected graded work"),
        (["grade", BATCHNORM], "no submissions"),
        (["report", BATCHNORM], "expected results"),
        (["feedback", BATCHNORM], "expected graded work"),
        (["student", "rename", "a", "b"], "expected a student with work here"),
        (["student", "drop", "a", "--yes"], "expected a student with work here"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_empty_course_is_one_sentence_and_nothing_is_made(tmp_path, words, said):
    done = run(tmp_path, *words)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "grading/gradebook.db").exists()


def test_cells_of_a_slow_notebook_keep_their_definitions(mark, model):
    """The cells use up their time; what follows is imported and defined all the same."""
    from autograder.sandbox import Limits

    slow = [code("import time\ntime.sleep(0.6)") for _ in range(3)]
    late = code("import decimal, time\n" + "x = 0\n" * 5 + written(BATCHNORM)["standardize"])
    cell = next(c for c in model["cells"] if "def standardize" in c["source"])
    place = model["cells"].index(cell)
    model["cells"][place : place + 1] = [*slow, late]
    verdict = mark(model, limits=Limits(notebook=4.0))
    assert verdict.status == "timeout" and verdict.score == 30, [str(n) for n in verdict.notes]


def test_mark_scheme_is_on_the_page_where_the_course_says_so(root):
    config = root / "nbgrader_config.py"
    config.write_text(CONFIG + "c.Grades.mark_scheme = True\n")
    try:
        assert run(root, "feedback", BATCHNORM, "--student", "hal").returncode == 0
        text = page(root, "hal")
    finally:
        config.write_text(CONFIG)
    assert "Mark scheme" in text and "MARK SCHEME" not in text

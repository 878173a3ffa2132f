"""Who has a mark, and what an LMS is told."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.assignments import load
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.gradebook import standings
from autograder.gradebook.standings import (
    BY_HAND,
    COMPLETE,
    DAMAGED,
    MISSING,
    STAFF_FIRST,
    Standing,
)
from autograder.lms import export
from autograder.lms.csv_files import read_rows, write_rows
from autograder.lms.export import FORMATS
from tests.helpers import BATCHNORM, course_with_class, grade, run

HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
WORKSHEET = [
    ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade"]
    + ["Grade can be changed", "Last modified (submission)", "Last modified (grade)"]
    + ["Feedback comments"],
    *(
        [who, name, mail, "Submitted", grade, "40.00", "Yes", "-", "-", comment]
        for who, name, mail, grade, comment in [
            ("Participant 101", "Ada Lovelace", "ada@school.edu", "", ""),
            ("Participant 102", "Ben Ort", "ben@school.edu", "12", "<p>ok"),
            ("Participant 103", "Cy Twombly", "cy@school.edu", "", ""),
        ]
    ),
]


def mark(student, score=None, state=COMPLETE, **more):
    questions = {"min_max": score, "standardize": 0.0 if score is not None else None}
    return Standing(student, state=state, questions=questions, max_score=40.0, **more)


@pytest.fixture(scope="module")
def graded(tmp_path_factory, sandbox):
    """A class of four, and one student more who handed in nothing."""
    root = course_with_class(tmp_path_factory.mktemp("graded"))
    grade(BATCHNORM, root / "grading", sandbox=sandbox)
    with Gradebook(f"sqlite:///{root}/grading/gradebook.db") as gradebook:
        gradebook.add_student("eve", first_name="Eve", last_name="Adams", email="eve@school.edu")
    return root


@pytest.mark.slow
def test_is_a_mark_a_number_only_where_there_is_one(graded):
    found = {m.student: m for m in standings.of_class(load(BATCHNORM), Course(graded / "grading"))}
    states = {student: m.state for student, m in found.items()}
    assert states == {
        "ada": BY_HAND,
        "ben": BY_HAND,
        "dan": DAMAGED,
        "eve": MISSING,
        "fay": BY_HAND,
    }
    assert all(m.score is None for m in found.values())
    assert found["ada"].points == 30 and found["ada"].max_score == 40
    assert found["ada"].questions["why_batchnorm"] is None


@pytest.mark.slow
def test_is_damaged_work_no_zero_where_nobody_knows_how_grading_ended(graded):
    """The class file is lost, or another grader's; and the empty written answer was given 0 points."""
    with Gradebook(f"sqlite:///{graded}/grading/gradebook.db") as gradebook:
        grade = gradebook.find_grade("why_batchnorm", BATCHNORM, BATCHNORM, "dan")
        grade.manual_score, grade.needs_manual_grade = 0.0, False
        gradebook.db.commit()
        known = (gradebook, load(BATCHNORM))
        found = {m.student: m for m in standings.from_gradebook(*known, Course(graded / "none"))}
        assert found["dan"].state == BY_HAND and found["dan"].score is None
        course = Course(graded / "grading")
        found = {m.student: m for m in standings.from_gradebook(*known, course)}
        assert found["dan"].state == DAMAGED


@pytest.mark.slow
def test_are_results_known_of_a_run_that_was_killed(graded):
    """It wrote no class file."""
    path = graded / "grading" / "reports" / f"{BATCHNORM}.json"
    kept = path.read_text()
    path.unlink()
    try:
        assert (
            standings.entries(load(BATCHNORM), Course(graded / "grading"))["dan"].status
            == "damaged"
        )
    finally:
        path.write_text(kept)


@pytest.fixture
def complete(graded):
    """The class, after ada's written answer was graded by hand."""
    with Gradebook(f"sqlite:///{graded}/grading/gradebook.db") as gradebook:
        grade = gradebook.find_grade("why_batchnorm", BATCHNORM, BATCHNORM, "ada")
        grade.manual_score, grade.needs_manual_grade = 7.5, False
        gradebook.db.commit()
    return graded


@pytest.mark.slow
def test_is_a_mark_complete_once_the_answer_is_graded_by_hand(complete):
    course = Course(complete / "grading")
    found = {m.student: m for m in standings.of_class(load(BATCHNORM), course)}
    assert found["ada"].state == COMPLETE and found["ada"].score == 37.5


@pytest.mark.slow
def test_does_the_command_write_every_format_and_say_who_is_left_out(complete):
    for to, expected in [("csv", "dan"), ("canvas", "damaged"), ("moodle", "participant number")]:
        done = run(complete, "export", BATCHNORM, "--to", to)
        assert done.returncode == 0, done.stderr
        assert expected in done.stderr and "damaged" in done.stderr
    table = read_rows(complete / "grading" / "reports" / f"{BATCHNORM}-csv.csv")
    dan = dict(zip(table[0], next(row for row in table if row[0] == "dan")))
    assert dan["mark"] == "" and dan["state"] == DAMAGED
    canvas = read_rows(complete / "grading" / "reports" / f"{BATCHNORM}-canvas.csv")
    assert "dan" not in str(canvas)


@pytest.mark.slow
def test_do_the_plugins_of_nbgrader_write_the_same(graded):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "nbgrader",
            "export",
            "--to=marks.csv",
            f"--assignment={[BATCHNORM]}",
        ]
        + ["--exporter=autograder.exporters.Csv"],
        cwd=graded,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    own = export("csv", standings.of_class(load(BATCHNORM), Course(graded / "grading")), BATCHNORM)
    assert read_rows(graded / "marks.csv") == own.rows


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("state", [BY_HAND, DAMAGED, MISSING, STAFF_FIRST])
def test_is_nobody_without_a_mark_given_a_number(to, state):
    class_of = [mark("ada--101", 31.5), mark("ben--102", 0.0, state=state)]
    table = export(to, class_of, BATCHNORM)
    numbers = [cell for row in table.rows[1:] for cell in row if "ben" in str(row)]
    if to == "csv":
        row = dict(zip(table.rows[0], table.rows[2]))
        assert row["student_id"] == "ben--102" and row["mark"] == "" and row["state"] == state
    else:
        assert not numbers and table.left_out == [("ben--102", state)]


def test_is_what_canvas_exported_filled_in_where_canvas_looks():
    roster = [
        [*HEADER, "batchnorm (77)", "Final Score"],
        ["Manual Posting", "", "", "", "", "", ""],
        ["    Points Possible", "", "", "", "", "40", "(read only)"],
        ["Lovelace, Ada", "101", "s1", "ada", "A", "", "3"],
        ["Ort, Ben", "102", "s2", "ben@school.edu", "A", "12", "3"],
        ["Student, Test", "103", "", "x", "A", "", ""],
    ]
    class_of = [
        mark("ada", 31.5),
        mark("ortben--102", 7.0),
        mark("stranger", 3.0),
        mark("x", state=DAMAGED),
    ]
    table = export("canvas", class_of, BATCHNORM, roster)
    assert table.rows[0] == [*HEADER, "batchnorm (77)"]
    assert [(row[1], row[-1]) for row in table.rows[1:]] == [("101", "31.5"), ("102", "7")]
    assert dict(table.left_out) == {"stranger": "is in no row of the LMS' file", "x": "damaged"}


def test_is_canvas_asked_for_a_new_column_where_it_has_none():
    roster = [[*HEADER, "other (1)"], ["Lovelace, Ada", "101", "", "ada", "A", "3"]]
    assert export("canvas", [mark("ada", 3.0)], BATCHNORM, roster).rows[0][-1] == BATCHNORM


def test_are_canvas_numbers_used_without_a_file_of_canvas():
    rows = export("canvas", [mark("lovelaceada--101", 1234.5), mark("ben", 3.25)], "x").rows
    assert rows[1][0].strip() == "Points Possible" and rows[1][-1] == "40"
    assert [row[1:4] + row[-1:] for row in rows[2:]] == [
        ["101", "", "", "1234.5"],
        ["", "", "ben", "3.25"],
    ]


def test_does_moodles_worksheet_stay_as_it_is_but_for_grades():
    class_of = [
        mark("Ada Lovelace--101", 31.5),
        mark("ben@school.edu", 7.0),
        mark("cy", state=BY_HAND),
    ]
    table = export("moodle", class_of, BATCHNORM, WORKSHEET)
    first, second = WORKSHEET[1], WORKSHEET[2]
    assert table.rows == [
        WORKSHEET[0],
        [*first[:4], "31.5", *first[5:]],
        [*second[:4], "7", *second[5:]],
    ]
    assert table.left_out == [
        ("cy", BY_HAND),
        ("Cy Twombly", "is in the LMS' file, and no work of theirs is here"),
    ]


def test_is_it_said_when_moodle_would_pass_over_a_grade():
    table = export("moodle", [mark("Ada Lovelace--101", 41.0)], BATCHNORM, WORKSHEET)
    assert len(table.rows) == 1 and "at most 40" in table.left_out[0][1]


def test_are_namesakes_not_mixed_up():
    roster = [
        [*HEADER, "x (1)"],
        ["Kim, Lee", "1", "", "lee1", "A", ""],
        ["Kim, Lee", "2", "", "lee2", "A", ""],
    ]
    by_name = mark("someone", 3.0, first_name="Lee", last_name="Kim")
    table = export("canvas", [by_name, mark("lee2", 5.0)], "x", roster)
    assert [(row[1], row[-1]) for row in table.rows[1:]] == [("2", "5")]
    assert table.left_out == [
        ("someone", "several rows or students could be meant by the name"),
        ("Kim, Lee", "is in the LMS' file, and no work of theirs is here"),
    ]
    twice = export("canvas", [mark("lee2", 5.0), mark("kimlee--2", 6.0)], "x", roster)
    assert len(twice.rows) == 1, "it is not for the alphabet to choose"
    assert "same person as kimlee--2" in dict(twice.left_out)["lee2"]
    assert "same person as lee2" in dict(twice.left_out)["kimlee--2"]


def test_do_ids_count_to_the_letter():
    """Somebody who left the course was called almost the same."""
    roster = [
        [*HEADER, "x (1)"],
        ["Smith, Jo", "5", "9", "jsmith1", "A", ""],
        ["B", "9", "5", "b", "A", ""],
    ]
    class_of = [mark("j.smith1", 2.0), mark("jsmith1", 9.0), mark("5", 3.0)]
    table = export("canvas", class_of, "x", roster)
    assert [(row[1], row[-1]) for row in table.rows[1:]] == [("5", "9"), ("9", "3")]
    assert [student for student, _ in table.left_out] == ["j.smith1"]


def test_is_another_assignments_worksheet_seen():
    """Moodle numbers participants anew for each assignment."""
    table = export("moodle", [mark("Mallory Bad--101", 9.0)], BATCHNORM, WORKSHEET)
    assert len(table.rows) == 1 and "calls this number 'Ada Lovelace'" in table.left_out[0][1]


def test_is_nobody_twice_in_a_file_for_canvas():
    table = export("canvas", [mark("ada--101", 3.0), mark("lovelace--101", 4.0)], "x")
    assert len(table.rows) == 1 and len(table.left_out) == 2


@pytest.mark.parametrize("to", ["canvas", "moodle"])
def test_is_a_wrong_roster_a_plain_error(to):
    with pytest.raises(AutograderError, match="expected .* Received the columns: a, b"):
        export(to, [mark("ada", 3.0)], "x", [["a", "b"], ["1", "2"]])


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@x"])
def test_is_no_name_a_formula_in_a_spreadsheet(name):
    rows = export("csv", [mark("ada", 3.0, last_name=name)], "x").rows
    assert rows[1][1] == f"'{name}"


def test_are_files_of_an_lms_read_whatever_separates_their_cells(tmp_path):
    rows = [["Identifier", "Grade"], ["Participant 1", "3,5"]]
    for delimiter, encoding in [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-8")]:
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerows(rows)
        path = tmp_path / "x.csv"
        path.write_text(text.getvalue(), encoding=encoding)
        assert read_rows(path) == rows
    assert read_rows(write_rows(tmp_path / "y.csv", rows)) == rows
    long = [["Identifier", "Online text"], ["Participant 1", "x" * 200_000]]
    assert read_rows(write_rows(tmp_path / "long.csv", long)) == long
    (tmp_path / "z.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AutograderError, match="expected a CSV file"):
        read_rows(tmp_path / "z.csv")


def test_is_a_torn_class_file_a_plain_error(tmp_path):
    path = Path(tmp_path, "reports", f"{BATCHNORM}.json")
    path.parent.mkdir()
    path.write_text(json.dumps({"submissions": {}})[:-5])
    with pytest.raises(AutograderError, match="expected a class file"):
        standings.entries(load(BATCHNORM), Course(tmp_path))

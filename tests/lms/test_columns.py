"""How many points an LMS' column has, and who is not in the file, is said."""

import pytest

from autograder.errors import OtherMaximum
from autograder.gradebook.standings import COMPLETE, MISSING, Standing
from autograder.lms import export
from autograder.lms.csv_files import read_rows, write_rows

HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "x (1)"]
ADA = ["Lovelace, Ada", "1", "", "ada", "A", ""]
BEN = ["Ort, Ben", "2", "", "ben", "A", ""]
SHEET = [
    "Identifier",
    "Full name",
    "Email address",
    "Grade",
    "Maximum Grade",
    "Last modified (grade)",
]


def mark(student, points):
    return Standing(student, state=COMPLETE, questions={"q": points}, max_score=40.0)


def canvas(most, *rows):
    return [HEADER, ["    Points Possible", "", "", "", "", most], *rows]


def moodle(most):
    return [SHEET, ["Participant 1", "Ada", "ada", "", most, "-"]]


@pytest.mark.parametrize("most", ["100", "10", "39.5", "100,00"])
def test_column_of_other_points_is_refused(most):
    for to, table in (("canvas", canvas(most, ADA)), ("moodle", moodle(most))):
        with pytest.raises(OtherMaximum, match="of 40 points.*--scale"):
            export(to, [mark("ada", 38.0)], "x", table)


@pytest.mark.parametrize("most, scaled", [("100", "95"), ("10", "9.5"), ("30,00", "28.5")])
def test_marks_are_scaled_where_that_is_asked_for_and_it_is_said(most, scaled):
    for to, table, place in (("canvas", canvas(most, ADA), 5), ("moodle", moodle(most), 3)):
        found = export(to, [mark("ada", 38.0)], "x", table, scale=True)
        assert found.rows[-1][place] == scaled
        assert "marks of 40 points were multiplied by" in found.remarks[0]


@pytest.mark.parametrize("most", ["40", "40.00", "", "(read only)"])
def test_column_of_the_same_or_unknown_points_is_filled(most):
    assert export("canvas", [mark("ada", 38.0)], "x", canvas(most, ADA)).rows[-1][5] == "38"


def test_two_ids_of_one_person_are_both_named_and_neither_taken():
    found = export(
        "canvas", [mark("ada", 1.0), mark("lovelaceada--1", 2.0)], "x", canvas("40", ADA)
    )
    assert len(found.rows) == 1 and len(found.left_out) == 3
    assert "`student rename`" in dict(found.left_out)["ada"]


def test_somebody_without_work_is_in_nobodys_way():
    missing = Standing("ada", state=MISSING, max_score=40.0)
    found = export("canvas", [missing, mark("lovelaceada--1", 2.0)], "x", canvas("40", ADA))
    assert found.rows[-1][5] == "2"


def test_rows_to_which_nobody_belongs_are_named():
    found = export("canvas", [mark("ada", 1.0)], "x", canvas("40", ADA, BEN))
    assert found.left_out == [("Ort, Ben", "is in the LMS' file, and no work of theirs is here")]


def test_anonymous_work_is_in_no_file_for_canvas():
    found = export("canvas", [mark("anon_ab12c", 1.0), mark("ada", 2.0)], "x")
    assert [row[3] for row in found.rows[2:]] == ["ada"]
    assert found.left_out == [("anon_ab12c", "is anonymous in Canvas' download: whose is it?")]


def test_numbers_that_nobody_checked_are_said_to_be_so():
    [remark] = export("moodle", [mark("Team Rocket--102", 1.0)], "x").remarks
    assert "group work" in remark


def test_spreadsheet_knows_a_table_for_utf_8(tmp_path):
    path = write_rows(tmp_path / "x.csv", [["a"], ["ö"]], for_spreadsheet=True)
    assert path.read_bytes() == "\ufeffa\nö\n".encode() and read_rows(path) == [["a"], ["ö"]]
    assert write_rows(path, [["a"]]).read_bytes() == b"a\n"

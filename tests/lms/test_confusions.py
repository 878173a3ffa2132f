"""Nobody's work, mark or time goes to somebody else, whatever tables and names say."""

import json

import pytest
from nbgrader.api import Gradebook

from autograder.assignments import load
from autograder.course import Course, attendance, people
from autograder.errors import NothingToDo, OtherMaximum, UnreadableFile
from autograder.gradebook import standings
from autograder.gradebook.standings import Standing
from autograder.lms import collect, export
from autograder.lms.csv_files import read_rows
from tests.helpers import BATCHNORM, fill, grade, hand_in, written
from tests.helpers.classes import run

WORK = json.dumps(fill(BATCHNORM, {}))
OTHER = json.dumps(fill(BATCHNORM, {"standardize": "def standardize(x): return x"}))
HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
SHEET = ["Identifier", "Full name", "ID number", "Email address", "Last modified (submission)"]


def listed(name, number, login):
    return [name, number, "", login, "A"]


def ids(course):
    return sorted(path.name for path in course.submitted.iterdir())


def told(found):
    return {row.student: row for row in found}


def marked(student, score=38.0, **more):
    return Standing(
        student, state=standings.COMPLETE, questions={"q": score}, max_score=40.0, **more
    )


def exported(to, marks, roster=None):
    table = export(to, marks, BATCHNORM, roster)
    return table.rows, dict(table.left_out)


# Numbers and ids


def test_login_of_somebody_who_is_here_is_not_given_to_another(course, archive):
    collect(
        archive({"smithjohn_101_1_b.ipynb": WORK}),
        "canvas",
        course,
        roster=[HEADER, listed("Smith, John", "101", "jsmith")],
    )
    later = [
        HEADER,
        listed("Smith, John", "101", "jsmith1"),
        listed("Smith, Jana", "205", "jsmith"),
    ]
    [found] = collect(archive({"smithjana_205_2_b.ipynb": OTHER}), "canvas", course, roster=later)
    assert found.what == "not taken" and "'jsmith' is 101 here already" in found.remark
    assert {who: one.name for who, one in people.names(course).items()} == {
        "jsmith": "Smith, John",
        "jsmith (205)": "Smith, Jana",
    }
    assert (course.submission(BATCHNORM, "jsmith") / "batchnorm.ipynb").read_text() == WORK


def test_moodles_number_in_the_next_assignment_makes_nobody_two(course, archive):
    for number in ("1", "77"):
        sheet = [SHEET, [f"Participant {number}", "Ada", "", "ada@x", "-"]]
        files = (
            {f"Ada_{number}_assignsubmission_file/b.ipynb": WORK} if number == "1" else {"x": ""}
        )
        collect(archive(files), "moodle", course, roster=sheet)
    assert list(people.names(course)) == ["ada@x"]


def test_column_that_says_the_same_of_several_gives_nobody_an_id(course, archive):
    sheet = [SHEET, ["Participant 1", "Ada", "n/a", "ada@x", "-"]]
    sheet += [["Participant 2", "Zoe", "n/a", "zoe@x", "-"]]
    work = {f"{n}_assignsubmission_file/b.ipynb": WORK for n in ("Ada_1", "Zoe_2")}
    collect(archive(work), "moodle", course, roster=sheet)
    assert ids(course) == ["ada@x", "zoe@x"]


def test_number_that_is_known_weighs_more_than_login_and_name():
    mark = marked("jsmith", numbers={"canvas": "101"}, first_name="John", last_name="Smith")
    rows = [[*HEADER, BATCHNORM], [*listed("Smith, Jana", "205", "jsmith"), ""]]
    rows += [[*listed("Smith, John", "101", "jsmith1"), ""]]
    assert [row[1] for row in exported("canvas", [mark], rows)[0][1:]] == ["101"]
    alone = [rows[0], rows[1], [*listed("Smith, John", "309", "smithjo2"), ""]]
    table, left_out = exported("canvas", [mark], alone)
    assert table[1:] == [] and "has the number 101" in left_out["jsmith"]


def test_number_of_one_system_is_none_of_another():
    mark = marked("Ada Lovelace--501", numbers={"moodle": "501"})
    rows, left_out = exported("canvas", [mark])
    assert "Ada Lovelace--501" in left_out and all("501" not in row for row in rows[1:])
    mark = marked("zoe--102", numbers={"canvas": "102"})
    assert exported("moodle", [mark])[0][1:] == []


def test_participant_of_blind_marking_may_have_a_name_now():
    rows = [["Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)"]]
    rows += [["Participant 101", "Ada Lovelace", "", "40", "-"]]
    mark = marked("Participant--101", numbers={"moodle": "101"})
    assert exported("moodle", [mark], rows)[0][1][2] == "38"


def test_worksheet_with_a_scale_is_refused():
    rows = [["Identifier", "Full name", "Grade", "Scale", "Last modified (grade)"]]
    rows += [["Participant 101", "Ada", "", "Poor, Good", "-"]]
    with pytest.raises(OtherMaximum, match="graded by a scale"):
        exported("moodle", [marked("ada")], rows)


def test_ids_that_a_spreadsheet_rounded_are_refused():
    rows = [[*HEADER, BATCHNORM], [*listed("Smith, Jana", "1.01E+02", "jsmith"), ""]]
    with pytest.raises(UnreadableFile, match="a spreadsheet has rounded"):
        exported("canvas", [marked("jsmith")], rows)


# Names


@pytest.mark.parametrize(
    "name", ["12345678_batchnorm.ipynb", "1_batchnorm.ipynb", "2026_11_b.ipynb"]
)
def test_file_whose_name_begins_with_digits_is_its_owners(course, archive, name):
    roster = [HEADER, listed("Zimmer, Zoe", "102", "zoe"), listed("Other, Else", "5003", "else")]
    [found] = collect(archive({f"zimmerzoe_102_5003_{name}": WORK}), "canvas", course, None, roster)
    assert (found.student, found.what) == ("zoe", "new")


def test_file_whose_name_begins_with_digits_is_known_by_earlier_work(course, archive):
    collect(archive({"zimmerzoe_102_5001_batchnorm.ipynb": WORK}), "canvas", course)
    [found] = collect(archive({"zimmerzoe_102_5003_1_batchnorm.ipynb": OTHER}), "canvas", course)
    assert (found.student, found.what) == ("zimmerzoe--102", "replaced")


def test_name_that_can_be_read_in_two_ways_is_refused_until_better_work_comes(course, archive):
    [found] = collect(archive({"zimmerzoe_102_5003_1_b.ipynb": WORK}), "canvas", course)
    assert found.what == "not taken" and "two ways" in found.remark
    assert attendance.passed_over(course, BATCHNORM)
    roster = [HEADER, listed("Zimmer, Zoe", "102", "zoe")]
    collect(archive({"zimmerzoe_102_5009_batchnorm.ipynb": WORK}), "canvas", course, None, roster)
    assert attendance.passed_over(course, BATCHNORM) == []


@pytest.mark.parametrize(
    "name, written_as",
    [("Đặng, An", "dangan"), ("Łukasz, Anna", "lukaszanna"), ("Sørensen, Bo", "sorensenbo")],
)
def test_letters_without_marks_to_take_off_are_compared_too(course, archive, name, written_as):
    roster = [HEADER, listed(name, "106", "x")]
    [found] = collect(
        archive({f"{written_as}_106_1_b.ipynb": WORK}), "canvas", course, None, roster
    )
    assert (found.student, found.what) == ("x", "new")


def test_roster_with_names_in_two_columns_is_compared(course, archive):
    head = ["LastName", "FirstName", *HEADER[1:]]
    roster = [head, ["Lovelace", "Ada", "101", "", "ada", "A"]]
    files = {"lovelaceada_101_1_b.ipynb": WORK}
    assert told(collect(archive(files), "canvas", course, None, roster))["ada"].what == "new"
    [found] = collect(archive({"group1_101_1_b.ipynb": OTHER}), "canvas", course, None, roster)
    assert found.what == "not taken"


def test_roster_without_names_is_refused(course, archive):
    roster = [["Who", *HEADER[1:]], listed("Lovelace, Ada", "101", "ada")]
    with pytest.raises(UnreadableFile, match="column 'Student'"):
        collect(archive({"x_101_1_b.ipynb": WORK}), "canvas", course, None, roster)


# Groups


def test_groups_that_differ_in_a_sign_are_two(course, archive):
    groups = [["group", "member"], ["Team C#", "ada@x"], ["Team C++", "zoe@x"]]
    files = {"Team C#_11_assignsubmission_file_/b.ipynb": WORK}
    [found] = collect(archive(files), "moodle", course, load(BATCHNORM), groups=groups)
    assert found.student == "ada@x"
    [found] = collect(
        archive({"teamc_11_12_b.ipynb": WORK}), "canvas", course, load(BATCHNORM), groups=groups
    )
    assert found.what == "not taken" and "several groups could be meant" in found.remark


def test_former_member_of_a_group_is_named(course, archive):
    files = {"team_11_12_batchnorm.ipynb": WORK}
    both = [["group", "member"], ["team", "ada"], ["team", "zoe"]]
    collect(archive(files), "canvas", course, groups=both)
    found = told(collect(archive(files), "canvas", course, groups=[*both[:1], both[2]]))
    assert found["ada"].what == "kept" and "is not named now" in found["ada"].remark
    [said] = attendance.passed_over(course, BATCHNORM)
    assert said.startswith("with the work of a group that does not name them (1): ada")


def test_member_keeps_the_id_that_their_number_has(course, archive):
    collect(archive({"lovelaceada_101_1_batchnorm.ipynb": WORK}), "canvas", course)
    people.require(course, "lovelaceada--101")
    groups = [["group", "member"], ["team", "101"]]
    roster = [HEADER, listed("Lovelace, Ada", "101", "ada")]
    collect(archive({"team_77_2_batchnorm.ipynb": OTHER}), "canvas", course, None, roster, groups)
    assert ids(course) in (["ada"], ["lovelaceada--101"]), "not both"


# The same work again


TWO = {"lovelaceada_101_1_batchnorm.ipynb": WORK, "lovelaceada_101_2_draft.ipynb": OTHER}


def test_notebook_that_is_no_longer_handed_in_is_gone(course, archive):
    collect(archive(TWO), "canvas", course)
    [found] = collect(archive({"lovelaceada_101_7_batchnorm.ipynb": WORK}), "canvas", course)
    assert found.what == "replaced"


def test_what_staff_changed_stays_while_nothing_else_is_handed_in(course, archive):
    collect(archive(TWO), "canvas", course)
    place = course.submission(BATCHNORM, "lovelaceada--101")
    (place / "draft.ipynb").unlink()
    (place / "timestamp.txt").write_text("2026-12-01T20:00:00Z")
    [found] = collect(archive(TWO), "canvas", course)
    assert found.what == "same as before"
    assert sorted(p.name for p in place.iterdir()) == ["batchnorm.ipynb", "timestamp.txt"]


def test_assignment_that_one_notebook_alone_tells_is_said_to_be_a_guess(course, archive):
    collect(archive({"lovelaceada_101_1_batchnorm.ipynb": WORK}), "canvas", course)
    later = archive({"lovelaceada_101_2_mine.ipynb": OTHER})
    [found] = collect(later, "canvas", course)
    assert "nothing but what is in it says that it is batchnorm" in found.remark
    [found] = collect(archive({"a_1_1_b.ipynb": WORK}), "canvas", course, load(BATCHNORM))
    assert found.remark == ""


def test_older_download_takes_nothing_of_a_newer_ones_place(course, archive):
    first, second = ({f"lovelaceada_101_{n}_b.ipynb": w} for n, w in ((5003, OTHER), (6003, WORK)))
    for files in (first, second, first):
        [found] = collect(archive(files), "canvas", course, load(BATCHNORM))
    assert found.what == "not taken" and "is older than what is here" in found.remark
    place = course.submission(BATCHNORM, "lovelaceada--101") / "batchnorm.ipynb"
    assert place.read_text() == WORK


def test_older_time_with_another_version_takes_no_place_either(course, archive):
    for time, work, what in (("8:00 PM", WORK, "new"), ("7:00 PM", OTHER, "not taken")):
        files, sheet = timed(f"Tuesday, 1 December 2026, {time}")
        found = collect(archive(dict.fromkeys(files, work)), "moodle", course, roster=sheet)
        assert [row.what for row in found] == [what]
    files, sheet = timed("Tuesday, 1 December 2026, 7:00 PM")
    assert collect(archive(files), "moodle", course, roster=sheet)[0].what == "replaced", "its zone"


def timed(time):
    sheet = [SHEET, ["Participant 101", "Ada", "", "ada@x", time]]
    return {"Ada_101_assignsubmission_file/batchnorm.ipynb": WORK}, sheet


EVENING = "Tuesday, 1 December 2026, 8:00 PM"


def test_download_without_the_worksheet_takes_no_time_away(course, archive):
    files, sheet = timed(EVENING)
    collect(archive(files), "moodle", course, roster=sheet)
    place = course.submission(BATCHNORM, "ada@x") / "timestamp.txt"
    before = place.read_text()
    [found] = collect(archive(files), "moodle", course)
    assert found.what == "same as before" and place.read_text() == before


def test_time_that_was_set_aside_comes_back_with_the_worksheet(course, archive):
    files, sheet = timed(EVENING)
    collect(archive(files), "moodle", course, roster=sheet)
    place = course.submission(BATCHNORM, "ada@x") / "timestamp.txt"
    before = place.read_text()
    place.unlink()
    [found] = collect(archive(files), "moodle", course, roster=sheet)
    assert "its time was written again" in found.remark and place.read_text() == before


def test_notebook_that_staff_removed_by_mistake_can_be_collected_again(course, archive):
    one = archive({"lovelaceada_101_1_batchnorm.ipynb": WORK})
    collect(one, "canvas", course)
    place = course.submission(BATCHNORM, "lovelaceada--101") / "batchnorm.ipynb"
    place.unlink()
    assert [row.what for row in collect(one, "canvas", course)] == ["replaced"] and place.exists()


def test_choice_of_staff_stays_when_the_folder_gets_the_rosters_id(course, archive):
    collect(archive(TWO), "canvas", course)
    (course.submission(BATCHNORM, "lovelaceada--101") / "draft.ipynb").unlink()
    roster = [HEADER, listed("Lovelace, Ada", "101", "ada")]
    [found] = collect(archive(TWO), "canvas", course, roster=roster)
    assert found.what == "same as before" and "was here as lovelaceada--101" in found.remark
    assert not (course.submission(BATCHNORM, "ada") / "draft.ipynb").exists()


def test_new_account_of_the_same_person_keeps_the_id(course, archive):
    roster = [HEADER, listed("Nguyễn, Bảo", "103", "bao")]
    collect(archive({"nguyenbao_103_1_batchnorm.ipynb": WORK}), "canvas", course, None, roster)
    roster = [HEADER, listed("Nguyễn, Bảo", "803", "bao")]
    later = archive({"nguyenbao_803_2_batchnorm.ipynb": OTHER})
    [found] = collect(later, "canvas", course, None, roster)
    assert (found.student, found.what) == ("bao", "replaced")
    assert "was 103 in the LMS before" in found.remark


def test_file_of_another_assignment_is_settled_once_it_is_collected_there(course, archive):
    xavier = json.dumps(fill("xavier", written("xavier")))
    files = {"a_1_1_batchnorm.ipynb": WORK, "z_2_2_batchnorm.ipynb": WORK, "z_2_3_x.ipynb": xavier}
    collect(archive(files), "canvas", course)
    assert "belongs to xavier" in attendance.passed_over(course, BATCHNORM)[0]
    collect(archive(files), "canvas", course, load("xavier"))
    collect(archive({"z_2_3_x.ipynb": xavier}), "canvas", course, load("xavier"))
    assert attendance.passed_over(course, BATCHNORM) == []


def test_stray_file_is_told_until_a_later_download_comes_without_it(course, archive):
    files = {"a_1_1_batchnorm.ipynb": WORK}
    collect(archive(files | {"readme.txt": "x"}), "canvas", course)
    assert "readme.txt" in attendance.passed_over(course, BATCHNORM)[0]
    collect(archive(files), "canvas", course)
    assert attendance.passed_over(course, BATCHNORM) == []


def test_members_who_swap_groups_are_not_said_to_have_their_old_ones_work(course, archive):
    files = {"one_11_1_batchnorm.ipynb": WORK, "two_LATE_12_2_batchnorm.ipynb": OTHER}
    groups = [["group", "member"], ["one", "ada"], ["two", "zoe"]]
    collect(archive(files), "canvas", course, groups=groups)
    groups = [groups[0], ["one", "zoe"], ["two", "ada"]]
    found = collect(archive(files), "canvas", course, groups=groups)
    assert {row.what for row in found} == {"replaced"}
    assert people.taken(course, BATCHNORM)["ada"].late == "late"


# Folders and tables


def test_folders_of_sections_are_no_students(course, archive):
    names = [f"{n}/batchnorm.ipynb" for n in ("A/ada", "A/zoe", "B/ben")]
    found = collect(archive(dict.fromkeys(names, WORK)), "plain", course, load(BATCHNORM))
    assert {row.what for row in found} == {"not taken"}
    assert all("a folder of students' folders" in row.remark for row in found)


@pytest.mark.parametrize(
    "names",
    [
        ["ada/hw/batchnorm.ipynb", "zoe/batchnorm.ipynb"],
        ["ada/hw/batchnorm.ipynb", "ada/old/b.ipynb", "zoe/hw/batchnorm.ipynb"],
        ["ada/one/batchnorm.ipynb", "ada/two/b.ipynb", "ben/x/b.ipynb", "zoe/y/b.ipynb"],
    ],
)
def test_folder_of_a_student_may_have_folders_in_it(course, archive, names):
    collect(archive(dict.fromkeys(names, WORK)), "plain", course, load(BATCHNORM))
    assert ids(course) == sorted({name.partition("/")[0] for name in names})


def test_table_that_a_spreadsheet_saved_with_semicolons_is_read(course):
    people.add_collected(course, [people.Collected("ada", BATCHNORM, "new", "x.ipynb", number="1")])
    text = course.collected.read_text(encoding="utf-8-sig")
    course.collected.write_text(text.replace(",", ";"))
    assert people.collected(course)[0].student == "ada"
    course.collected.write_text("other\n1\n")
    with pytest.raises(UnreadableFile, match="that was written here"):
        people.add_collected(course, [])
    assert course.collected.read_text() == "other\n1\n"


@pytest.mark.parametrize(
    "text",
    ["a;b\n1;2\n", "a,b\n1,2\n", "sep=;\na;b\n1;2\n", "a;b, c, d, e\n1;2\n3;4\n"],
)
def test_separator_is_the_one_that_makes_even_rows(tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_text(text)
    assert [len(row) for row in read_rows(path)][:2] == [2, 2]


# What was graded


@pytest.fixture(scope="module")
def class_of_two(tmp_path_factory, sandbox):
    root = tmp_path_factory.mktemp("two")
    (root / "nbgrader_config.py").write_text(
        "from autograder import configure\nc = get_config()\nconfigure(c)\n"
    )
    for who in ("john", "jana"):
        hand_in(root / "grading", who, fill(BATCHNORM, written(BATCHNORM)))
    grade(BATCHNORM, root / "grading", workers=1, sandbox=sandbox)
    with Gradebook(f"sqlite:///{root}/grading/gradebook.db") as gradebook:
        for who in ("john", "jana"):
            given = gradebook.find_grade("why_batchnorm", BATCHNORM, BATCHNORM, who)
            given.manual_score, given.needs_manual_grade = 9.0, False
        gradebook.db.commit()
    return root


def state(root, student):
    marks = standings.of_class(load(BATCHNORM), Course(root / "grading"))
    return {mark.student: (mark.state, mark.score) for mark in marks}[student]


@pytest.mark.slow
def test_work_that_was_collected_since_has_no_mark_of_what_was_there_before(class_of_two):
    assert state(class_of_two, "jana") == ("complete", 39.0)
    hand_in(class_of_two / "grading", "jana", json.loads(OTHER))
    hand_in(class_of_two / "grading", "new", json.loads(WORK))
    assert state(class_of_two, "jana") == (standings.NOT_GRADED, None)
    assert state(class_of_two, "new") == (standings.NOT_GRADED, None)
    done = run(class_of_two, "export", BATCHNORM, "--to", "csv")
    assert "jana: collected, not graded yet; another version is here" in done.stderr
    assert "new: collected, not graded yet; run `grade`" in done.stderr


@pytest.mark.slow
def test_rename_that_is_refused_has_changed_nothing(class_of_two):
    hand_in(class_of_two / "grading", "late", json.loads(WORK))  # handed in, and not graded
    done = run(class_of_two, "student", "rename", "john", "late")
    assert done.returncode == NothingToDo.exit_code and "both have work" in done.stderr
    assert state(class_of_two, "john") == ("complete", 39.0)
    assert state(class_of_two, "late")[1] is None

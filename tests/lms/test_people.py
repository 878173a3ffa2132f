"""Whose work is whose: one number of the LMS is one person, groups have members, links have names."""

import json
import zipfile

import pytest

from autograder.assignments import load
from autograder.course import attendance, people, times
from autograder.errors import OtherSystem, UnreadableFile
from autograder.lms import collect
from autograder.lms.feedback_zip import pack as pack_pages
from tests.helpers import BATCHNORM, fill

WORK = json.dumps(fill(BATCHNORM, {}))
OTHER = json.dumps(fill(BATCHNORM, {"standardize": "def standardize(x): return x"}))
HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
ADA = ["Lovelace, Ada", "101", "", "ada", "A"]
ZOE = ["Zimmer, Zoe", "102", "", "zoe", "B"]
SHEET = ["Identifier", "Full name", "Email address", "Last modified (submission)"]


def ids(course):
    return sorted(path.name for path in course.submitted.iterdir())


CANVAS = {"lovelaceada_101_1_batchnorm.ipynb": WORK, "zimmerzoe_102_2_batchnorm.ipynb": WORK}


def test_two_sections_rosters_make_nobody_two(course, archive):
    for row in (ADA, ZOE):
        collect(archive(CANVAS), "canvas", course, roster=[HEADER, row])
    assert ids(course) == ["ada", "zoe"]


def test_rosters_of_two_sections_may_come_together(course, archive):
    collect(archive(CANVAS), "canvas", course, roster=[HEADER, ADA, HEADER, ZOE])
    assert ids(course) == ["ada", "zoe"]


def test_number_keeps_its_id_without_a_roster(course, archive):
    collect(archive(CANVAS), "canvas", course, roster=[HEADER, ADA, ZOE])
    later = {"zimmerzoe_102_9_batchnorm-1.ipynb": OTHER}
    [found] = collect(archive(later), "canvas", course)
    assert (found.student, found.what) == ("zoe", "replaced") and ids(course) == ["ada", "zoe"]


def test_graded_work_keeps_its_id_and_the_way_to_the_rosters_is_told(course, archive):
    collect(archive(CANVAS), "canvas", course)
    result = course.result(BATCHNORM, "zimmerzoe--102")
    result.parent.mkdir(parents=True)
    result.write_text("{}")
    later = {"zimmerzoe_102_9_batchnorm-1.ipynb": OTHER}
    [found] = collect(archive(later), "canvas", course, roster=[HEADER, ADA, ZOE])
    assert (found.student, found.what) == ("zimmerzoe--102", "replaced")
    assert "`student rename zimmerzoe--102 zoe`" in found.remark


def test_number_of_another_system_is_somebody_else(course, archive):
    collect(archive({"lovelaceada_101_1_batchnorm.ipynb": WORK}), "canvas", course)
    moodle = {"Ben Ort_101_assignsubmission_file/batchnorm.ipynb": WORK}
    collect(archive(moodle), "moodle", course)
    assert ids(course) == ["Ben Ort--101", "lovelaceada--101"]


def test_number_under_another_name_is_not_guessed_at(course, archive):
    collect(archive(CANVAS), "canvas", course)
    [found] = collect(archive({"mallory_102_9_batchnorm.ipynb": OTHER}), "canvas", course)
    assert found.what == "not taken" and "102 is here as zimmerzoe--102" in found.remark
    assert (course.submission(BATCHNORM, "zimmerzoe--102") / "batchnorm.ipynb").read_text() == WORK


GROUPS = [["group", "member"], ["Group A", "101"], ["Group A", "zoe@x"], ["Team Rocket", "103"]]
TEAM = {
    "Group A_77_assignsubmission_file/batchnorm.ipynb": WORK,
    "Team Rocket_102_assignsubmission_file/batchnorm.ipynb": OTHER,
}
MEMBERS = [
    SHEET,
    ["Participant 101", "Ada", "ada@x", "-"],
    ["Participant 102", "Zoe", "zoe@x", "-"],
    ["Participant 103", "Finn", "finn@x", "-"],
]


def test_work_of_a_group_is_that_of_its_members(course, archive):
    found = collect(archive(TEAM), "moodle", course, roster=MEMBERS, groups=GROUPS)
    assert {row.student: row.remark for row in found} == {
        "ada@x": "as a member of Group A",
        "zoe@x": "as a member of Group A",
        "finn@x": "as a member of Team Rocket",
    }
    assert (course.submission(BATCHNORM, "zoe@x") / "batchnorm.ipynb").read_text() == WORK
    assert (course.submission(BATCHNORM, "finn@x") / "batchnorm.ipynb").read_text() == OTHER


def test_group_of_canvas_has_members_too(course, archive):
    groups = [["Group", "Members"], ["group1", "ada", "102"]]
    work = {"group1_101_5_batchnorm.ipynb": WORK}
    collect(archive(work), "canvas", course, roster=[HEADER, ADA, ZOE], groups=groups)
    assert ids(course) == ["ada", "zoe"]


def test_worksheet_for_teams_tells_the_members(course, archive):
    sheet = [[*SHEET, "Group"]]
    sheet += [[*row, "Group A" if i < 2 else "Team Rocket"] for i, row in enumerate(MEMBERS[1:])]
    collect(archive(TEAM), "moodle", course, roster=sheet)
    assert ids(course) == ["ada@x", "finn@x", "zoe@x"]
    assert (course.submission(BATCHNORM, "finn@x") / "batchnorm.ipynb").read_text() == OTHER


def test_name_behind_a_groups_is_a_persons(course, archive):
    older = {"Lab-1-Ada_101_assignsubmission_file_/batchnorm.ipynb": WORK}
    collect(archive(older), "moodle", course, roster=MEMBERS)
    assert ids(course) == ["ada@x"]


def test_member_of_a_group_keeps_their_own_number(course, archive):
    groups = [["group", "member"], ["group1", "ada"], ["group1", "102"]]
    roster = [HEADER, ADA, ZOE]
    work = {"group1_101_5_batchnorm.ipynb": WORK}
    collect(archive(work), "canvas", course, roster=roster, groups=groups)
    [found] = collect(
        archive({"lovelaceada_101_6_batchnorm.ipynb": OTHER}), "canvas", course, roster=roster
    )
    assert found.student == "ada"


def test_groups_number_is_never_a_participants(course, archive):
    [found] = collect(
        archive({"Team Rocket_102_assignsubmission_file/batchnorm.ipynb": WORK}),
        "moodle",
        course,
        roster=MEMBERS,
    )
    assert found.what == "not taken" and "--groups" in found.remark
    default = TEAM | {"Default group_assignsubmission_file/batchnorm.ipynb": WORK}
    found = collect(archive(default), "moodle", course)
    assert {row.what for row in found} == {"not taken"} and not course.submitted.exists()
    assert all("name its members with --groups" in row.remark for row in found)


def test_unknown_groups_and_members_are_named(course, archive):
    groups = [["group", "member"], ["Group A", "nobody@x"]]
    found = collect(
        archive(TEAM), "moodle", course, roster=MEMBERS[:1] + MEMBERS[3:], groups=groups
    )
    said = {row.student: row.remark for row in found}
    assert "'nobody@x', a member of Group A, is not in the roster" in said["Group A"]
    assert "'Team Rocket' is no group of the table, and not in the roster" in said["Team Rocket"]


def test_table_without_groups_is_a_plain_error(course, archive):
    with pytest.raises(UnreadableFile, match="columns group, member"):
        collect(archive(TEAM), "moodle", course, groups=[["a", "b"], ["c", "d"]])


LINK = (
    '<html><head><meta http-equiv="Refresh" content="0; url=https://colab.example/x?a=1&amp;b=2">'
)


@pytest.mark.parametrize(
    "form, name, page, student, words",
    [
        ("canvas", "zimmerzoe_102_link.html", LINK, "zoe", "a link instead of a file: https://colab.example/x?a=1&b=2"),
        ("canvas", "zimmerzoe_LATE_102_text.html", "<p>I forgot</p>", "zoe", "a text instead of a file: I forgot"),
        ("canvas", "anon_ab12c_link.html", LINK, "anon_ab12c", "a link instead of a file"),
        ("moodle", "Zoe_102_assignsubmission_onlinetext_/onlinetext.html", "<p>x", "zoe@x", "a text"),
        ("moodle", "Zoe_102_assignsubmission_onlinetext_onlinetext.html", "<p>x", "zoe@x", "a text"),
    ],
)  # fmt: skip
def test_link_or_text_instead_of_a_file_is_named(course, archive, form, name, page, student, words):
    roster = [HEADER, ADA, ZOE] if form == "canvas" else MEMBERS
    [found] = collect(archive({name: page}), form, course, load(BATCHNORM), roster)
    assert (found.student, found.what) == (student, "new") and words in found.remark
    assert (found.late == "late") == ("LATE" in name)


def test_blind_marking_keeps_numbers_and_times(course, archive):
    sheet = [["Identifier", "Status", "Grade", "Last modified (submission)"]]
    sheet.append(["Participant 101", "Submitted", "", "Tuesday, 1 December 2026, 11:59 PM"])
    work = {"Participant_101_assignsubmission_file/batchnorm.ipynb": WORK}
    collect(archive(work), "moodle", course, roster=sheet)
    assert ids(course) == ["Participant--101"]
    assert (course.submission(BATCHNORM, "Participant--101") / "timestamp.txt").exists()


def test_times_of_the_worksheet_are_of_the_zone_that_is_named(course, archive):
    sheet = [SHEET, ["Participant 101", "Ada", "ada@x", "Tuesday, 1 December 2026, 11:59 PM"]]
    work = archive({"Ada_101_assignsubmission_file/batchnorm.ipynb": WORK})
    collect(work, "moodle", course, roster=sheet, zone=times.zone_of("Asia/Kolkata"))
    written = (course.submission(BATCHNORM, "ada@x") / "timestamp.txt").read_text()
    assert written == "2026-12-01 18:29:00 UTC"


def test_download_of_another_system_is_refused(course, archive):
    with pytest.raises(OtherSystem, match="collect it with --from canvas"):
        collect(archive(CANVAS), "plain", course)
    with pytest.raises(OtherSystem, match="collect it with --from moodle"):
        collect(archive(TEAM), "plain", course)
    with pytest.raises(OtherSystem, match="collect it with --from moodle"):
        collect(archive(TEAM), "canvas", course)
    with pytest.raises(OtherSystem, match="collect it with --from canvas"):
        collect(archive(CANVAS), "moodle", course)
    assert not course.grading.exists()


def test_download_is_remembered_with_what_was_not_taken(course, archive):
    collect(archive(CANVAS | {"zimmerzoe_102_text.html": "x"}), "canvas", course)
    collect(archive({"odd": "x"}), "canvas", course)
    rows = people.collected(course)
    assert [row.what for row in rows] == ["new", "new", "not taken"]
    assert all(row.system == "canvas" and row.when.endswith("+00:00") for row in rows)


@pytest.mark.parametrize(
    "form, files, names",
    [
        ("canvas", CANVAS, {"lovelaceada_101_1_batchnorm.html", "zimmerzoe_102_2_batchnorm.html"}),
        (
            "canvas",
            {"x_LATE_7_8_my file.ipynb": WORK, "LATE_anon_ab12c_9_b.ipynb": WORK},
            {"x_LATE_7_8_batchnorm.html", "LATE_anon_ab12c_9_batchnorm.html"},
        ),
        (
            "moodle",
            {"Zoë O'Neill_102_assignsubmission_file/a.ipynb": WORK},
            {"Zoë O'Neill_102_assignfeedback_file_batchnorm.html"},
        ),
    ],
    ids=["canvas", "late", "moodle"],
)
def test_pages_go_back_under_the_names_of_the_download(
    tmp_path, course, archive, form, files, names
):
    collect(archive(files), form, course, load(BATCHNORM))
    for student in [*ids(course), "somebody"]:
        page = course.feedback_page(BATCHNORM, student)
        page.parent.mkdir(parents=True)
        page.write_text(student)
    left_out = pack_pages(BATCHNORM, course, form, tmp_path / "pages.zip")
    with zipfile.ZipFile(tmp_path / "pages.zip") as packed:
        assert set(packed.namelist()) == names
        assert {packed.read(name).decode() for name in names} == set(ids(course))
    assert [student for student, _ in left_out] == ["somebody"]


def test_page_of_a_group_is_left_for_staff_to_give(tmp_path, course, archive):
    solo = {"Solo_104_assignsubmission_file/batchnorm.ipynb": WORK}
    collect(archive(TEAM), "moodle", course, roster=MEMBERS, groups=GROUPS)
    collect(archive(solo), "moodle", course)
    for student in ids(course):
        page = course.feedback_page(BATCHNORM, student)
        page.parent.mkdir(parents=True)
        page.write_text(student)
    left_out = dict(pack_pages(BATCHNORM, course, "moodle", tmp_path / "pages.zip"))
    assert sorted(left_out) == ["ada@x", "finn@x", "zoe@x"]
    assert all("was made in a group" in why for why in left_out.values())


@pytest.mark.parametrize("pages, names", [("same", {"team_7_8_batchnorm.html"}), ("differ", set())])
def test_group_in_canvas_gets_a_page_only_if_it_is_each_members(
    tmp_path, course, archive, pages, names
):
    groups = [["group", "member"], ["team", "ada"], ["team", "ben"]]
    files = {"team_7_8_batchnorm.ipynb": WORK, "solo_9_10_batchnorm.ipynb": WORK}
    collect(archive({"team_7_8_batchnorm.ipynb": WORK}), "canvas", course, groups=groups)
    collect(archive({"solo_9_10_batchnorm.ipynb": files.popitem()[1]}), "canvas", course)
    for student in ids(course):
        page = course.feedback_page(BATCHNORM, student)
        page.parent.mkdir(parents=True)
        page.write_text(pages if pages == "same" else student)
    left_out = dict(pack_pages(BATCHNORM, course, "canvas", tmp_path / "pages.zip"))
    with zipfile.ZipFile(tmp_path / "pages.zip") as packed:
        assert set(packed.namelist()) == names | {"solo_9_10_batchnorm.html"}
    assert ("they differ" in left_out.get("ada", "")) == (pages == "differ")


def test_pages_archive_names_whose_work_was_not_taken(tmp_path, course, archive):
    collect(archive(CANVAS), "canvas", course)
    groups = [["group", "member"], ["team", "ada"]]
    collect(archive({"other_5_6_batchnorm.ipynb": WORK}), "canvas", course, groups=groups)
    for student in ids(course):
        page = course.feedback_page(BATCHNORM, student)
        page.parent.mkdir(parents=True)
        page.write_text(student)
    left_out = dict(pack_pages(BATCHNORM, course, "canvas", tmp_path / "pages.zip"))
    assert list(left_out) == ["other"] and "is no group of the table" in left_out["other"]


def test_dropped_student_who_is_in_the_download_again_is_told(course, archive):
    collect(archive(CANVAS), "canvas", course)
    people.drop(course, "zimmerzoe--102", [])
    found = {row.student: row for row in collect(archive(CANVAS), "canvas", course)}
    assert "was dropped" in found["zimmerzoe--102"].remark
    assert "was dropped" not in found["lovelaceada--101"].remark


def test_canvas_test_student_is_nobody(course, archive):
    nobody = ["Student, Test", "999", "", "0c1e5f", "A"]
    collect(archive(CANVAS), "canvas", course, roster=[HEADER, ADA, nobody, ZOE])
    assert sorted(people.names(course)) == ["ada", "zoe"]


@pytest.mark.parametrize(
    "status, time, late, unread",
    [
        ("Submitted", "Freitag, 4. Dezember 2026, 09:30", "", "Freitag, 4. Dezember 2026, 09:30"),
        ("Submitted - 2 days 9 hours late", "04.12.2026", "late", "04.12.2026"),
        ("Submitted - 1 min late", "Friday, 4 December 2026, 9:30 AM", "late", ""),
        ("Submitted (not late)", "-", "", ""),
    ],
)
def test_what_a_worksheet_says_of_lateness_is_remembered(
    course, archive, status, time, late, unread
):
    sheet = [[*SHEET, "Status"], ["Participant 101", "Ada", "ada@x", time, status]]
    collect(archive({"Ada_101_assignsubmission_file/b.ipynb": WORK}), "moodle", course, None, sheet)
    [row] = people.collected(course)
    assert (row.late, row.unread) == (late, unread)


def test_later_download_settles_what_was_not_taken(course, archive):
    sheet = [[*SHEET, "Group"], ["Participant 101", "Ada", "ada@x", "-", "Team"]]
    work = archive({"Team_55_assignsubmission_file/batchnorm.ipynb": WORK})
    groups = [["group", "member"], ["another", "ada@x"]]
    collect(work, "moodle", course, load(BATCHNORM), groups=groups)
    [lost] = attendance.refused(course, BATCHNORM)
    assert "is no group of the table" in lost.remark
    assert "Team, Team_55_" in attendance.passed_over(course, BATCHNORM)[0]
    assert attendance.passed_over(course, "xavier") == []
    collect(work, "moodle", course, load(BATCHNORM), roster=sheet)
    assert attendance.refused(course, BATCHNORM) == []
    collect(work, "moodle", course, load(BATCHNORM), groups=groups)
    collect(work, "moodle", course, load(BATCHNORM), roster=sheet)
    assert attendance.refused(course, BATCHNORM) == [], "also where it was the same as before"

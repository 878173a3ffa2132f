"""Downloads of learning management systems become submissions, and nothing else."""

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.utils import parse_utc

from autograder.assignments import load
from autograder.cli import main
from autograder.course import Course
from autograder.course.ids import is_student_id
from autograder.lms.collect import collect
from tests.helpers import fill, written

WORK = json.dumps(fill("batchnorm", {}))
OTHER = json.dumps(fill("batchnorm", {"standardize": "def standardize(x): return x"}))
XAVIER = json.dumps(fill("xavier", written("xavier")))


def pack(path, entries):
    """A zip archive of {name: text}."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return path


def submitted(grading):
    """{path under submitted/: text} of everything there."""
    root = Path(grading, "submitted")
    return {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.is_file()}


def what(collected):
    return {(c.student, c.assignment): c.what for c in collected}


def test_is_a_download_of_canvas_put_where_it_is_graded(tmp_path):
    archive = pack(
        tmp_path / "submissions.zip",
        {
            "lovelaceada_101_9001_batchnorm-2.ipynb": WORK,
            "lovelaceada_101_9002_notes.txt": "see me",
            "ortben_LATE_102_9003_my work (1).ipynb": WORK,
            "anon_ab12c_9004_batchnorm.ipynb": WORK,
            "dolan_103_9005_batchnorm.ipynb": WORK,
            "dolan_103_9006_batchnorm_copy.ipynb": OTHER,
            "kahlofrida_104_text.html": "<p>I forgot",
        },
    )
    found = collect(archive, "canvas", Course(tmp_path))
    assert submitted(tmp_path) == {
        "lovelaceada--101/batchnorm/batchnorm.ipynb": WORK,
        "lovelaceada--101/batchnorm/notes.txt": "see me",
        "ortben--102/batchnorm/batchnorm.ipynb": WORK,
        "anon_ab12c/batchnorm/batchnorm.ipynb": WORK,
        "dolan--103/batchnorm/batchnorm.ipynb": WORK,
        "dolan--103/batchnorm/batchnorm_copy.ipynb": OTHER,
        "kahlofrida--104/batchnorm/text typed into canvas.txt": "I forgot",
    }
    late = next(c for c in found if c.student == "ortben--102")
    assert "late" in late.remark
    assert {c.what for c in found} == {"new"}


@pytest.mark.parametrize("form", ["{}_{}_assignsubmission_file/", "{}_{}_assignsubmission_file_"])
def test_is_a_download_of_moodle_put_where_it_is_graded(tmp_path, form):
    archive = pack(
        tmp_path / "x.zip",
        {
            form.format("Ada Lovelace", 101) + "batchnorm.ipynb": WORK,
            form.format("Zoë O'Neill-Ñ", 102) + "a.ipynb": WORK,
            "Cy T_103_assignsubmission_onlinetext/onlinetext.html": "x",
        },
    )
    found = collect(archive, "moodle", Course(tmp_path))
    assert what(found) == {
        ("Ada Lovelace--101", "batchnorm"): "new",
        ("Zoë O'Neill-Ñ--102", "batchnorm"): "new",
        ("Cy T--103", "batchnorm"): "new",
    }


def test_do_a_rosters_ids_and_times_count(tmp_path):
    roster = [
        ["Identifier", "Full name", "Email address", "Last modified (submission)"],
        ["Participant 101", "Ada", "ada@school.edu", "Tuesday, 1 December 2026, 11:59 PM"],
        ["Participant 102", "Ben", "ben@school.edu", "-"],
    ]
    folder = "Ada_101_assignsubmission_file/batchnorm.ipynb"
    other = "Ben_102_assignsubmission_file/batchnorm.ipynb"
    collect(
        pack(tmp_path / "x.zip", {folder: WORK, other: WORK}),
        "moodle",
        Course(tmp_path),
        None,
        roster,
    )
    found = submitted(tmp_path)
    assert set(found) == {
        "ada@school.edu/batchnorm/batchnorm.ipynb",
        "ada@school.edu/batchnorm/timestamp.txt",
        "ben@school.edu/batchnorm/batchnorm.ipynb",
    }
    time = parse_utc(found["ada@school.edu/batchnorm/timestamp.txt"])
    assert (time.year, time.month) == (2026, 12) and time.minute % 30 == 29
    rows = [["Student", "ID", "SIS Login ID"], ["Ada", "7", "ada"]]
    archive = pack(tmp_path / "y.zip", {"ada_7_1_batchnorm.ipynb": WORK})
    assert what(collect(archive, "canvas", Course(tmp_path / "c"), None, rows)) == {
        ("ada", "batchnorm"): "new"
    }


def test_are_plain_folders_and_files_taken_in_every_usual_order(tmp_path):
    entries = {
        "export/ada/batchnorm.ipynb": WORK,
        "export/ben/batchnorm/batchnorm.ipynb": WORK,
        "export/cy/deep/in/it/my work.ipynb": XAVIER,
        "export/__MACOSX/ada/._batchnorm.ipynb": "x",
        "export/ada/.ipynb_checkpoints/batchnorm-checkpoint.ipynb": WORK,
    }
    collect(pack(tmp_path / "x.zip", entries), "plain", Course(tmp_path / "from_zip"))
    folder = tmp_path / "folder"
    for name, text in entries.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    collect(folder, "plain", Course(tmp_path / "from_folder"))
    wanted = {f"{s}/batchnorm/batchnorm.ipynb" for s in ("ada", "ben")} | {"cy/xavier/xavier.ipynb"}
    assert set(submitted(tmp_path / "from_zip")) == wanted
    assert set(submitted(tmp_path / "from_folder")) == wanted


@pytest.mark.parametrize(
    "names, students",
    [
        (["ada.ipynb", "ben.ipynb"], ["ada", "ben"]),
        (["all/ada.ipynb", "all/ben.ipynb"], ["ada", "ben"]),
        (["ada/batchnorm.ipynb"], ["ada"]),
        (["ada/hw/batchnorm.ipynb", "ben/hw/batchnorm.ipynb"], ["ada", "ben"]),
        (["all/ada/hw/batchnorm.ipynb", "all/ben/hw/x.ipynb"], ["ada", "ben"]),
        (["ada/batchnorm/batchnorm.ipynb"], ["ada"]),
        (
            ["submitted/ada/batchnorm/batchnorm.ipynb", "submitted/ben/batchnorm/a.ipynb"],
            ["ada", "ben"],
        ),
        (["ada/batchnorm.ipynb", "ada/data/x.csv"], ["ada"]),
        (["Jose\u0301/batchnorm.ipynb", "José/notes.txt"], ["José"]),
    ],
)
def test_is_a_students_folder_the_topmost_one(tmp_path, names, students):
    archive = pack(tmp_path / "x.zip", {name: WORK for name in names})
    collect(archive, "plain", Course(tmp_path))
    taken = tmp_path / "submitted"
    assert (sorted(os.listdir(taken)) if taken.exists() else []) == sorted(students) or len(
        students
    ) == 1


def test_does_a_student_not_say_when_it_was_handed_in(tmp_path):
    entries = {
        "ada_LATE_101_5_batchnorm.ipynb": WORK,
        "ada_LATE_101_6_timestamp.txt": "2020-01-01 UTC",
    }
    found = collect(pack(tmp_path / "x.zip", entries), "canvas", Course(tmp_path))
    assert set(submitted(tmp_path)) == {"ada--101/batchnorm/batchnorm.ipynb"}
    assert any("the LMS says" in c.remark for c in found)


@pytest.mark.parametrize("system", ["canvas", "plain"])
@pytest.mark.parametrize(
    "name",
    ["timestamp.txt", ".timestamp.txt", "timestamp.txt.", "TIMESTAMP.txt", "..timestamp.txt. "],
)
def test_does_no_name_make_a_students_file_the_time(tmp_path, system, name):
    entries = {
        "canvas": {"ada_101_5_batchnorm.ipynb": WORK, f"ada_101_6_{name}": "2020-01-01 UTC"},
        "plain": {"ada/batchnorm.ipynb": WORK, f"ada/deep/{name}": "2020-01-01 UTC"},
    }[system]
    found = collect(pack(tmp_path / "x.zip", entries), system, Course(tmp_path))
    [place] = (tmp_path / "submitted").iterdir()
    assert [path.name for path in (place / "batchnorm").iterdir()] == ["batchnorm.ipynb"]
    assert any("or staff do" in c.remark for c in found)


def test_are_two_folders_of_one_plain_id_both_refused(tmp_path):
    entries = {"ada/batchnorm.ipynb": WORK, "ada /batchnorm.ipynb": WORK + " "}
    found = collect(pack(tmp_path / "x.zip", entries), "plain", Course(tmp_path))
    assert {c.what for c in found} == {"not taken"} and "several have this id" in found[0].remark


def test_is_another_assignment_not_handed_in_through_this_ones_box(tmp_path):
    old = pack(tmp_path / "old.zip", {"mal_101_1_xavier.ipynb": XAVIER})
    collect(old, "canvas", Course(tmp_path))
    better = XAVIER.replace("np.sqrt", "np.sqrt ")
    entries = {
        "mal_101_6_batchnorm.ipynb": WORK,
        "mal_101_7_xavier.ipynb": better,
        "ada_102_8_batchnorm.ipynb": WORK,
    }
    found = collect(pack(tmp_path / "new.zip", entries), "canvas", Course(tmp_path))
    assert submitted(tmp_path)["mal--101/xavier/xavier.ipynb"] == XAVIER
    assert any("belongs to xavier" in c.remark for c in found)


def test_is_nobodys_place_taken_by_a_name(tmp_path):
    """Whose is it, where a name ends in digits, or a file's begins with them? Not guessed."""
    rows = [
        ["Student", "ID", "SIS Login ID"],
        ["Ort, Ben", "102", "ben"],
        ["Bad, Mal", "666", "mal"],
    ]
    entries = {
        "ortben_102_1_batchnorm.ipynb": WORK,
        "x_102_666_7_batchnorm.ipynb": OTHER,
        "a team_102_8_batchnorm.ipynb": OTHER,
        "new_103_9_batchnorm.ipynb": WORK,
    }
    found = collect(
        pack(tmp_path / "x.zip", entries), "canvas", Course(tmp_path), load("batchnorm"), rows
    )
    assert submitted(tmp_path) == {
        "ben/batchnorm/batchnorm.ipynb": WORK,
        "new--103/batchnorm/batchnorm.ipynb": WORK,
    }
    remarks = {c.source: c.remark for c in found}
    assert "two ways" in remarks["x_102_666_7_batchnorm.ipynb"]
    assert "a group?" in remarks["a team_102_8_batchnorm.ipynb"]
    assert "not in the roster" in remarks["new_103_9_batchnorm.ipynb"]


def test_are_two_people_with_one_id_both_left(tmp_path):
    rows = [["Student", "ID", "SIS Login ID"], ["Ada", "1", "same"], ["Ben", "2", "same"]]
    entries = {"ada_1_5_batchnorm.ipynb": WORK, "ben_2_6_batchnorm.ipynb": OTHER}
    found = collect(pack(tmp_path / "x.zip", entries), "canvas", Course(tmp_path), None, rows)
    assert not submitted(tmp_path) and "several have this id: ada 1, ben 2" in found[0].remark


@pytest.mark.parametrize(
    "name, wanted", [("EG/2019/3456", "EG-2019-3456"), ("..", None), (".hid", None), ("../x", None)]
)
def test_do_ids_of_a_roster_lead_nowhere(tmp_path, name, wanted):
    grading = tmp_path / "grading"
    rows = [["Identifier", "Full name", "ID number"], ["Participant 101", "Ada", name]]
    archive = pack(tmp_path / "x.zip", {"Ada_101_assignsubmission_file/batchnorm.ipynb": WORK})
    collect(archive, "moodle", Course(grading), None, rows)
    files = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.ipynb")}
    assert files == ({f"grading/submitted/{wanted}/batchnorm/batchnorm.ipynb"} if wanted else set())


@pytest.mark.parametrize(
    "text", ["1. Dezember 2026, 23:59", "1/12/26, 23:59", "12", "1 January 0001"]
)
def test_is_a_time_that_is_not_understood_told(tmp_path, text):
    rows = [["Identifier", "Full name", "Email address", "Last modified (submission)"]]
    rows.append(["Participant 101", "Ada", "ada@x", text])
    archive = pack(tmp_path / "x.zip", {"Ada_101_assignsubmission_file/batchnorm.ipynb": WORK})
    (found,) = collect(archive, "moodle", Course(tmp_path), None, rows)
    assert found.what == "new" and "not understood" in found.remark
    assert set(submitted(tmp_path)) == {"ada@x/batchnorm/batchnorm.ipynb"}


def test_does_a_long_name_stop_nobody(tmp_path):
    entries = {
        "ada/batchnorm.ipynb": WORK,
        f"ada/{'漢' * 110}.png": "x",
        "ben/batchnorm.ipynb": WORK,
    }
    found = collect(pack(tmp_path / "x.zip", entries), "plain", Course(tmp_path))
    assert {c.what for c in found} == {"new"}
    assert sum(name.endswith(".png") for name in submitted(tmp_path)) == 1


def test_is_nothing_lost_when_somebody_hands_in_again(tmp_path):
    name = "lovelaceada_101_{}_batchnorm.ipynb"
    first = pack(tmp_path / "1.zip", {name.format(1): WORK})
    second = pack(tmp_path / "2.zip", {name.format(2): OTHER})
    key = ("lovelaceada--101", "batchnorm")
    assert what(collect(first, "canvas", Course(tmp_path)))[key] == "new"
    assert what(collect(first, "canvas", Course(tmp_path)))[key] == "same as before"
    (replaced,) = collect(second, "canvas", Course(tmp_path))
    assert replaced.what == "replaced" and "the earlier one is in" in replaced.remark
    assert submitted(tmp_path)["lovelaceada--101/batchnorm/batchnorm.ipynb"] == OTHER
    old = tmp_path / "replaced" / "lovelaceada--101" / "batchnorm" / "batchnorm.ipynb"
    assert old.read_text() == WORK
    for number, work in ((3, WORK), (4, OTHER)):
        collect(pack(tmp_path / "x.zip", {name.format(number): work}), "canvas", Course(tmp_path))
    assert len(list((tmp_path / "replaced").rglob("*.ipynb"))) == 3


def test_do_names_lead_nowhere(tmp_path):
    grading = tmp_path / "grading"
    entries = {
        "../../evil/batchnorm.ipynb": WORK,
        "/etc/batchnorm.ipynb": WORK,
        "a/../../../b/batchnorm.ipynb": WORK,
        "x\\..\\..\\y\\batchnorm.ipynb": WORK,
        "../..": WORK,
        "<svg onload=x>/batchnorm.ipynb": WORK,
        "-rf/batchnorm.ipynb": WORK,
        "ada_1_2_../../../../evil.ipynb": WORK,
    }
    archive = pack(tmp_path / "x.zip", entries)
    link = zipfile.ZipInfo("eve/batchnorm.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr(link, "/etc/passwd")
    for form in ("plain", "canvas", "moodle"):
        collect(archive, form, Course(grading))
    ours = {archive, Course(grading).collected, Course(grading).roster}
    everything = {p for p in tmp_path.rglob("*") if p.is_file()} - ours
    assert all(p.is_relative_to(grading / "submitted") for p in everything)
    assert all(len(p.relative_to(grading / "submitted").parts) == 3 for p in everything)
    assert all(is_student_id(p.parent.parent.name) for p in everything)
    assert not any("passwd" in p.read_text() or p.is_symlink() for p in everything)


def test_is_a_giant_or_broken_entry_told_and_the_others_taken(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.lms.archive.MAX_FILE", 200_000)
    archive = pack(
        tmp_path / "x.zip", {"ada/batchnorm.ipynb": WORK, "ben/batchnorm.ipynb": "0" * 300_000}
    )
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("cy/batchnorm.ipynb", OTHER)
    data = bytearray(archive.read_bytes())
    at = data.rindex(OTHER[-60:].encode())
    data[at] ^= 0xFF  # its checksum is wrong now
    archive.write_bytes(bytes(data))
    found = {c.student: c for c in collect(archive, "plain", Course(tmp_path))}
    assert found["ada"].what == "new"
    assert "is larger than" in found["ben"].remark and "CRC" in found["cy"].remark
    assert os.listdir(tmp_path / "submitted") == ["ada"]


def test_is_what_no_assignment_can_be_seen_in_told(tmp_path):
    archive = pack(tmp_path / "x.zip", {"ada/work.ipynb": '{"cells": []}', "ben/essay.pdf": "x"})
    found = collect(archive, "plain", Course(tmp_path))
    assert all("--assignment" in c.remark for c in found) and not submitted(tmp_path)
    collect(archive, "plain", Course(tmp_path), load("batchnorm"))
    assert set(submitted(tmp_path)) == {"ada/batchnorm/batchnorm.ipynb", "ben/batchnorm/essay.pdf"}


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_is_what_is_no_archive_a_plain_error(tmp_path, content, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.zip").write_bytes(content)
    done = CliRunner().invoke(main, ["collect", "x.zip", "--from", "plain"])
    assert done.exit_code == 1 and "expected a folder or a zip archive" in done.output


def test_does_the_command_write_down_what_became_of_whom(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pack(tmp_path / "x.zip", {"ada/batchnorm.ipynb": WORK, "ben/essay.pdf": "x"})
    done = CliRunner().invoke(main, ["collect", "x.zip", "--from", "plain"])
    assert done.exit_code == 0, done.output
    assert "1 new" in done.output and "1 not taken" in done.output
    text = (tmp_path / "grading" / "reports" / "collected.csv").read_text()
    assert "ada,batchnorm,new" in text and "ben,,not taken" in text

"""Everybody who cheats or does harm, in one class with three honest students: nobody gains, nobody
reads what is not theirs, nobody disturbs anybody, and nothing is left running.
"""

import json
import os
import time

import psutil
import pytest

from autograder.sandbox import nursery

from .hostile import ASSIGNMENT, CANARY, FOLDERS, HONEST, LIMITS, NOTEBOOKS, snippets, what_it_tries

pytestmark = pytest.mark.slow
CHEATS = [f"cheats-{name}" for name in snippets("cheats")]
HARM = [f"harm-{name}" for name in snippets("harm")]
OTHERS = [f"notebook-{f.__name__}" for f in NOTEBOOKS] + [f"folder-{f.__name__}" for f in FOLDERS]
HOSTILE = [*CHEATS, *OTHERS, *HARM]


def pages(grading, student):
    """The files that a student's grading left, as text."""
    places = [grading / kind / student / ASSIGNMENT for kind in ("autograded", "feedback")]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    return {path: path.read_text(errors="replace") for path in files}


@pytest.mark.parametrize("student", HOSTILE)
def test_does_nobody_gain(hostile_class, student):
    _, entries, _ = hostile_class
    entry = entries[student]
    assert entry["score"] == 0, (entry["score"], entry["notes"])
    assert entry["max_score"] == 30 and len(entry["questions"]) == 7 and entry["recorded"]
    for_staff = [note for note in entry["notes"] if note.startswith("STAFF")]
    if student == "folder-no_time":  # somebody has to say when it was handed in
        for_staff = [note for note in for_staff if "timestamp.txt" not in note]
    assert not for_staff


@pytest.mark.parametrize("student", HONEST)
def test_is_no_honest_student_disturbed(hostile_class, student):
    _, entries, _ = hostile_class
    assert (entries[student]["status"], entries[student]["score"]) == ("graded", 30)
    assert not entries[student]["notes"]


@pytest.mark.parametrize("student", HOSTILE)
def test_does_nobody_read_a_secret(hostile_class, walls, student):
    grading, entries, _ = hostile_class
    said = json.dumps(entries[student])
    assert CANARY not in said and "FOUND" not in said, said[:2000]
    for path, text in pages(grading, student).items():
        assert CANARY not in text, path


def test_tells_a_snippet_what_it_finds(hostile_class, walls):
    """Otherwise the test before would prove nothing: what is found is told, and can be seen."""
    _, entries, _ = hostile_class
    assert "TOLD" in json.dumps(entries["cheats-environment"])
    assert "PYTHONHASHSEED" in json.dumps(entries["cheats-environment"])


@pytest.mark.parametrize("student", HOSTILE)
def test_keeps_everybody_to_their_time(hostile_class, student):
    """The limit, and the time to start and restart a process, on a busy machine."""
    _, entries, _ = hostile_class
    assert entries[student]["seconds"] < LIMITS.notebook + 10


def test_has_everybody_a_status(hostile_class):
    _, entries, seconds = hostile_class
    assert {entry["status"] for entry in entries.values()} <= {
        "graded",
        "damaged",
        "timeout",
        "crashed",
        "out_of_memory",
    }
    assert set(entries) == {*HOSTILE, *HONEST}


@pytest.mark.parametrize(
    "student, statuses",
    [
        ("harm-endless_python", {"timeout"}),
        ("harm-endless_c", {"timeout"}),
        ("harm-endless_regex", {"timeout"}),
        ("harm-sleeping", {"timeout"}),
        ("harm-sleeping_cell", {"timeout"}),
        ("harm-endless_cells", {"timeout"}),
        ("harm-memory_bomb", {"out_of_memory", "timeout"}),
        ("harm-memory_at_once", {"out_of_memory"}),
        ("harm-dying_in_c", {"crashed"}),
        ("harm-surviving_children", {"crashed"}),
        ("harm-everybody_in_the_group", {"timeout"}),
        ("harm-used_up_for_all", {"crashed", "timeout"}),
        ("cheats-exit_codes", {"crashed"}),
        ("folder-pipe", {"damaged"}),
        ("folder-linked_notebook", {"damaged"}),
        ("folder-linked_folder", {"damaged"}),
        ("folder-exploding_archive", {"damaged"}),
        ("folder-traversing_archive", {"graded", "damaged"}),
        ("folder-giant", {"graded"}),
    ],
)
def test_is_what_happened_said(hostile_class, student, statuses):
    _, entries, _ = hostile_class
    assert entries[student]["status"] in statuses


def test_is_no_process_left(hostile_class):
    """A worker's command line names the sandbox; those of tests that run beside this one, in other
    processes of the same test run, are theirs.
    """
    nursery.leave()  # this thread's; those of the class ended with their threads
    deadline = time.monotonic() + 10
    while (left := still_running()) and time.monotonic() < deadline:
        time.sleep(0.2)  # one that was killed needs a moment, another test's perhaps
    assert not left


def still_running():
    own, beside = psutil.Process(), set()
    if "PYTEST_XDIST_WORKER" in os.environ:
        beside = {*own.parent().children()} - {own}
    left = []
    for process in psutil.process_iter():
        try:
            command = " ".join(process.cmdline())
            named = any(n in command for n in ("sandbox.worker", "sandbox.warm", "sleep 1000"))
            if named and not beside & {*process.parents()}:
                left.append((process.pid, command[:200]))
        except psutil.Error:  # it has ended meanwhile
            continue
    return left


def test_is_nothing_written_outside(hostile_class):
    grading, _, _ = hostile_class
    assert not [
        path for path in ("/tmp/owned", "/tmp/left", "/tmp/owned.ipynb.txt") if os.path.exists(path)
    ]
    assert (grading / "secret.txt").read_text() == CANARY
    assert sorted(path.name for path in grading.iterdir()) == sorted(
        [
            "autograded",
            "gradebook.db",
            "reports",
            "results",
            "secret.txt",
            "set_aside",
            "submitted",
        ]
    )


def test_is_no_link_followed_and_none_lost(hostile_class):
    """What was set aside is there still; what was copied is none of it."""
    grading, entries, _ = hostile_class
    aside = grading / "set_aside"
    links = aside / "folder-linked_gradebook" / ASSIGNMENT
    assert {path.name for path in links.iterdir()} == {
        "data.csv",
        "disk",
        "neighbour",
        "secret.txt",
    }
    assert all(path.is_symlink() for path in links.iterdir())
    assert "set aside" in " ".join(entries["folder-linked_gradebook"]["notes"])
    assert (aside / "folder-giant" / ASSIGNMENT / "data.bin").stat().st_size == 1 << 40
    copied = list((grading / "autograded" / "folder-giant" / ASSIGNMENT).iterdir())
    assert len(copied) <= 202 and all(path.stat().st_size < 10**6 for path in copied)
    for folder in ("autograded", "feedback"):
        everything = (grading / folder).rglob("*")
        assert not [path for path in everything if path.is_symlink()]


def test_is_a_neighbours_notebook_never_graded_as_ones_own(hostile_class):
    grading, entries, _ = hostile_class
    for student in ("folder-linked_notebook", "folder-linked_folder"):
        assert "No notebook was handed in" in entries[student]["notes"][0]
        assert "My answer" not in " ".join(pages(grading, student).values())


def test_says_everything_hostile_what_it_tries():
    for thing in [*snippets("cheats").values(), *snippets("harm").values(), *NOTEBOOKS, *FOLDERS]:
        assert len(what_it_tries(thing)) > 10
    assert len(CHEATS + OTHERS) >= 40

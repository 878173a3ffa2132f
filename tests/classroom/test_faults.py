"""Whatever happens to a run, the same command again ends with exactly the marks of a run that
nothing happened to.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.assignments import load
from autograder.classroom import writer
from autograder.cli import main as cli
from autograder.course import Course, storage
from autograder.course.notes import WITHOUT_WALLS
from autograder.errors import AutograderError
from autograder.grading import mark, session
from tests.helpers import (
    BATCHNORM,
    course_with_class,
    fill,
    grade,
    gradebook_rows,
    hand_in,
    left_by,
    start,
    texts,
    written,
)
from tests.helpers.classes import PROJECT
from tests.helpers.sealed import workers

pytestmark = pytest.mark.slow
KILLS = 20


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, sandbox):
    """(what it left, seconds it took, its folder)."""
    root = course_with_class(tmp_path_factory.mktemp("undisturbed"))
    started = time.monotonic()
    run = start(root, sandbox)
    assert run.wait() == 0, run.stdout.read()
    return left_by(root / "grading"), time.monotonic() - started, root


@pytest.fixture
def finished(tmp_path, undisturbed):
    """The folder of a course that was graded, to be damaged."""
    return Path(shutil.copytree(undisturbed[2], tmp_path / "finished"))


def killed_again_and_again(root, wanted, seconds, sandbox, kills, seed):
    """Kill `kills` runs at random moments; compare what each completed one left."""
    moments = random.Random(seed)
    course_with_class(root)
    while kills:
        run = start(root, sandbox)
        try:
            run.wait(moments.uniform(0.1, 1.0) * seconds)
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
            kills -= 1
            continue
        assert run.returncode == 0, run.stdout.read()
        assert left_by(root / "grading") == wanted
        shutil.rmtree(root / "grading")
        course_with_class(root)
    run = start(root, sandbox)
    assert run.wait() == 0, run.stdout.read()
    assert left_by(root / "grading") == wanted
    left = [p for p in (root / "grading").rglob("*") if p.name.endswith(storage.TEMPORARY)]
    assert not left


def test_ends_a_run_killed_again_and_again_as_one_undisturbed(tmp_path, undisturbed, sandbox):
    """kill -9 at random moments; after each, the same command again. Two classes side by side."""
    wanted, seconds, _ = undisturbed
    lanes = [tmp_path / "one", tmp_path / "two"]
    for lane in lanes:
        lane.mkdir()
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(killed_again_and_again, lane, wanted, seconds, sandbox, KILLS // 2, seed)
            for seed, lane in enumerate(lanes)
        ]
        for job in jobs:
            job.result()


def children_of(pid):
    tasks = Path(f"/proc/{pid}/task")
    return [int(c) for task in tasks.iterdir() for c in (task / "children").read_text().split()]


def test_is_a_killed_writer_said_and_made_good(tmp_path, undisturbed, sandbox):
    wanted = undisturbed[0]
    root = course_with_class(tmp_path)
    run = start(root, sandbox)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and run.poll() is None:
        for child in children_of(run.pid):
            loaded = Path(f"/proc/{child}/maps")
            if loaded.exists() and "/_sqlite3." in loaded.read_text():  # the gradebook's
                time.sleep(0.3)
                os.kill(child, signal.SIGKILL)
                deadline = 0
        time.sleep(0.02)
    said = run.communicate(timeout=60)[0]
    assert run.returncode != 0 and "run the same command again" in said, said
    assert "Traceback" not in said
    run = start(root, sandbox)
    assert run.wait() == 0, run.stdout.read()
    assert left_by(root / "grading") == wanted


def test_is_a_full_disk_one_plain_sentence_and_made_good(tmp_path, undisturbed, walls):
    """On a small disk; something is thrown away, and the same command again ends well."""
    wanted = undisturbed[0]
    root = course_with_class(tmp_path)
    shutil.copytree(root / "grading", tmp_path / "handed_in")
    script = textwrap.dedent(f"""
        cp -r {tmp_path}/handed_in/. grading/ && head -c 6500000 /dev/zero > grading/ballast
        {sys.executable} -m autograder grade {BATCHNORM} > first.txt 2>&1; echo $? > first
        rm grading/ballast
        {sys.executable} -m autograder grade {BATCHNORM} > second.txt 2>&1; echo $? > second
        cp -r grading result
    """)
    command = ["bwrap", "--dev-bind", "/", "/", "--size", str(8 << 20)]
    command += ["--tmpfs", str(root / "grading"), "--chdir", str(root), "sh", "-c", script]
    # Walls within walls are not everywhere to be had.
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "AUTOGRADER_SANDBOX": "process"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, second = (root / "first.txt").read_text(), (root / "second.txt").read_text()
    assert (root / "first").read_text() == "1\n", first
    assert (root / "second").read_text() == "0\n", second
    got, unsealed = left_by(root / "result"), "graded without walls"
    assert got[0] == wanted[0]
    assert all(entry["notes"][-1].startswith(unsealed) for e, entry in got[1].items() if e != "dan")


def test_is_a_locked_gradebook_waited_for(finished, undisturbed, sandbox):
    Course(finished / "grading").result(BATCHNORM, "ada").unlink()
    lock = sqlite3.connect(finished / "grading" / "gradebook.db", check_same_thread=False)
    lock.execute("BEGIN EXCLUSIVE")
    run = start(finished, sandbox)
    time.sleep(6)  # longer than SQLite waits by itself
    assert run.poll() is None
    lock.rollback()
    assert run.wait() == 0, run.stdout.read()
    assert left_by(finished / "grading") == undisturbed[0]


def test_is_a_gradebook_that_stays_locked_a_plain_error(monkeypatch):
    monkeypatch.setattr(writer, "PATIENCE", 0.5)

    def locked():
        raise RuntimeError("nbgrader") from sqlite3.OperationalError("database is locked")

    with pytest.raises(AutograderError, match="kept the gradebook locked.*same command"):
        writer.patiently(locked)
    with pytest.raises(ZeroDivisionError):
        writer.patiently(lambda: 1 / 0)


def test_is_a_gradebook_made_good_that_is_gone(finished, undisturbed, sandbox):
    """Power lost before it was on the disk, or somebody wanted to begin anew."""
    (finished / "grading" / "gradebook.db").unlink()
    assert start(finished, sandbox).wait() == 0
    assert left_by(finished / "grading") == undisturbed[0]


def test_are_lost_pages_torn_results_and_an_older_gradebook_made_good(
    finished, undisturbed, sandbox
):
    """Power lost while files were written, or a backup put back."""
    grading = finished / "grading"
    with Gradebook(f"sqlite:///{grading}/gradebook.db") as gradebook:
        gradebook.remove_submission(BATCHNORM, "dan")
    (grading / "feedback" / "ada" / BATCHNORM / f"{BATCHNORM}.html").unlink()
    page = grading / "feedback" / "ben" / BATCHNORM / f"{BATCHNORM}.html"
    page.chmod(0o644)
    page.write_text("")
    result = Course(grading).result(BATCHNORM, "fay")
    result.write_text(result.read_text()[:500])
    assert start(finished, sandbox).wait() == 0
    assert left_by(grading) == undisturbed[0]


def test_costs_a_sealed_process_killed_from_elsewhere_nobody_a_mark(sandbox, monkeypatch):
    """As a machine does that is short of memory: SIGKILL, twice, amid the questions."""
    killed = []

    class Watched(session.SealedProcess):
        def request(self, header, payload=b"", seconds=None):
            if header["op"] == "call" and len(killed) < 2 and header["function"] == "standardize":
                [worker] = workers()
                killed.append(worker)
                threading.Timer(0.05, worker.kill).start()
                time.sleep(0.1)
            return super().request(header, payload, seconds)

    monkeypatch.setattr(session, "SealedProcess", Watched)
    notebook = fill(BATCHNORM, written(BATCHNORM))
    verdict = mark(json.dumps(notebook).encode(), load(BATCHNORM), sandbox=sandbox)
    assert len(killed) == 2
    assert (verdict.status, verdict.score, texts(verdict.notes)) == (
        "graded",
        30,
        [WITHOUT_WALLS] if sandbox == "process" else [],
    )


def test_grade_two_at_once_not_the_same_class(tmp_path, sandbox):
    hand_in(tmp_path / "grading", "ada", fill(BATCHNORM, {}))
    with storage.exclusively(Course(tmp_path / "grading").results(BATCHNORM)):
        with pytest.raises(AutograderError, match="another process is grading"):
            grade(BATCHNORM, tmp_path / "grading", sandbox=sandbox)


def test_is_a_folder_that_cannot_be_taken_said_and_stops_nobody(tmp_path, sandbox, monkeypatch):
    """Names that would run as scripts in formgrader, and links, go into no gradebook."""
    monkeypatch.chdir(tmp_path)
    grading = tmp_path / "grading"
    hand_in(grading, "ada", fill(BATCHNORM, written(BATCHNORM)))
    odd = ["<svg onload=alert(1)>", '"><b>', "x" * 129, "bell\x07"]
    for name in odd:
        hand_in(grading, name, fill(BATCHNORM, {}))
    (grading / "submitted" / "link").symlink_to("ada")
    monkeypatch.setenv("AUTOGRADER_SANDBOX", sandbox)
    done = CliRunner().invoke(cli, ["grade", BATCHNORM])
    assert done.exit_code == 1 and "5 submissions are not in the gradebook" in done.output
    assert "\x07" not in done.output
    assert {student for student, *_ in gradebook_rows(grading)} == {"ada"}
    kept = left_by(grading)[1]
    assert kept["ada"]["score"] == 30 and set(kept) == {"ada", "link", *odd}
    assert all(not kept[name]["recorded"] for name in [*odd, "link"])


def test_looks_mixed_as_it_should(undisturbed):
    """Otherwise the comparisons would say little."""
    entries = undisturbed[0][1]
    assert {e["status"] for e in entries.values()} == {"graded", "damaged", "crashed"}
    assert len({e["score"] for e in entries.values()}) == 4

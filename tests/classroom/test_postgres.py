"""Two graders at one gradebook on a server: a real PostgreSQL, started for the test."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.cli import console
from tests.helpers import BATCHNORM, fill, hand_in, written
from tests.helpers.classes import PROJECT

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not PROGRAMS, reason="PostgreSQL is not installed (apt-get install postgresql)"
    ),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """run(sql) on a server of its own, and the URL of its gradebook."""
    root = tmp_path_factory.mktemp("postgres")
    data, as_user = root / "data", {}
    if os.getuid() == 0:  # which PostgreSQL refuses to be
        user = pwd.getpwnam("postgres")
        root = Path("/tmp") / f"autograder-postgres-{os.getpid()}"
        root.mkdir()
        os.chown(root, user.pw_uid, user.pw_gid)
        data, as_user = root / "data", {"user": user.pw_uid, "group": user.pw_gid, "cwd": "/"}

    def run(program, *words):
        done = subprocess.run(
            [PROGRAMS[-1] / program, *words], capture_output=True, text=True, **as_user
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("initdb", "-D", data, "-U", "staff", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses= -c unix_socket_directories={root} -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-l", root / "log", "-o", options, "start")
    try:
        run("createdb", "-h", root, "-U", "staff", "gradebook")
        yield f"postgresql+psycopg://staff:secret@/gradebook?host={root}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(root, ignore_errors=True)


def start(course, url, sandbox, *words):
    command = [sys.executable, "-m", "autograder", "grade", BATCHNORM, "--db", url, *words]
    environment = os.environ | {"AUTOGRADER_SANDBOX": sandbox, "PYTHONPATH": str(PROJECT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, cwd=course, env=environment, **pipes)


def test_do_two_graders_at_once_lose_nothing(tmp_path, server, sandbox):
    """From the first moment, when neither table nor assignment is there; some students are in both
    classes.
    """
    model = written(BATCHNORM)
    wrong = written(BATCHNORM, {"backward_no_gamma"})
    courses = [tmp_path / "one", tmp_path / "two"]
    wanted = {}
    for n, course in enumerate(courses):
        for i in range(8):
            student = f"both{i}" if i < 4 else f"student{n}{i}"
            hand_in(course / "grading", student, fill(BATCHNORM, wrong if i % 2 else model))
            wanted[student] = i % 2 == 0
    runs = [start(course, server, sandbox) for course in courses]
    for run in runs:
        said, _ = run.communicate(timeout=300)
        assert run.returncode == 0, said
        assert "secret" not in said and "staff:***" in said
    with Gradebook(server) as gradebook:
        submissions = gradebook.find_assignment(BATCHNORM).submissions
        scores = {
            s.student.id: sum(g.auto_score or 0 for g in s.notebooks[0].grades) for s in submissions
        }
        cells = {len(s.notebooks[0].grades) for s in submissions}
    assert {student: score == 30 for student, score in scores.items()} == wanted
    assert len(cells) == 1
    again = start(courses[0], server, sandbox)
    said, _ = again.communicate(timeout=300)
    assert again.returncode == 0, said


def test_is_a_server_that_is_not_there_a_plain_error(tmp_path, sandbox):
    hand_in(tmp_path / "grading", "ada", fill(BATCHNORM, {}))
    run = start(tmp_path, "postgresql+psycopg://staff:secret@127.0.0.1:9/x", sandbox)
    said, _ = run.communicate(timeout=120)
    assert run.returncode == 1 and "cannot be used" in said and "secret" not in said
    assert "Traceback" not in said


def test_is_a_password_shown_to_nobody():
    assert "secret" not in console.without_password("postgresql+psycopg://a:secret@h/x")

"""The same marks, whoever does the work: a real Dask scheduler with two worker processes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from distributed import Client

from autograder import grading
from autograder.assignments import Assignment, load
from autograder.classroom import cluster
from autograder.errors import AutograderError
from tests.helpers import BATCHNORM, fill, grade, hand_in, left_by, mixed_class, written
from tests.helpers.classes import PROJECT

pytestmark = pytest.mark.slow

# A worker's machine has neither Keras nor nbgrader, and says so if asked for them.
BARE = """
import sys
for name in ("keras", "tensorflow", "nbgrader", "sqlalchemy", "nbconvert", "nbformat"):
    sys.modules[name] = None
"""


@contextmanager
def two_machines(tmp_path):
    """(address of a scheduler, its two worker processes)."""
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "sitecustomize.py").write_text(BARE)
    no_key = tmp_path / "no_key"
    paths = os.pathsep.join([str(bare), str(PROJECT)])
    environment = os.environ | {"PYTHONPATH": paths, "AUTOGRADER_KEY": str(no_key)}
    environment.pop("AUTOGRADER_TERM", None)
    place = tmp_path / "scheduler.json"
    processes = []

    def start(module, *options, env):
        command = [sys.executable, "-m", f"distributed.cli.{module}", *options]
        command += ["--scheduler-file", str(place), "--no-dashboard"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        processes.append(subprocess.Popen(command, cwd=tmp_path, env=env, **quiet))
        return processes[-1]

    start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", env=os.environ)
    while not place.exists():
        time.sleep(0.1)
    alone = ("--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path))
    workers = [start("dask_worker", *alone, env=environment) for _ in range(2)]
    address = json.loads(place.read_text())["address"]
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    yield address, workers
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """Two machines that live through every test."""
    with two_machines(tmp_path_factory.mktemp("machines")) as both:
        yield both


@pytest.fixture
def mortal_machines(tmp_path):
    """Two that may be killed."""
    with two_machines(tmp_path) as both:
        yield both


def a_class(folder):
    mixed_class(folder)
    for i, path in enumerate(load(BATCHNORM).solutions[:6]):
        hand_in(folder, f"wheat{i}", fill(BATCHNORM, path))
    return folder


@pytest.fixture(scope="module")
def wanted(tmp_path_factory, sandbox):
    """What a run on this machine leaves."""
    grading = a_class(tmp_path_factory.mktemp("here") / "grading")
    grade(BATCHNORM, grading, sandbox=sandbox)
    return left_by(grading)


def test_are_the_marks_those_of_one_machine_when_a_worker_is_killed(
    tmp_path, mortal_machines, wanted, sandbox
):
    """Killed while it works, as a machine that loses its power; it knows no Keras, and no key."""
    address, workers = mortal_machines
    folder, done = a_class(tmp_path / "there" / "grading"), threading.Event()

    def kill(finished, total, entry):
        if entry and not done.is_set():
            done.set()
            os.kill(workers[0].pid, signal.SIGKILL)

    grade(BATCHNORM, folder, sandbox=sandbox, scheduler=address, on_progress=kill)
    assert done.is_set() and workers[0].wait() == -signal.SIGKILL
    assert left_by(folder) == wanted


def test_is_the_class_finished_here_when_every_worker_is_gone(
    tmp_path, mortal_machines, wanted, sandbox, monkeypatch
):
    address, workers = mortal_machines
    folder, done = a_class(tmp_path / "there" / "grading"), threading.Event()
    monkeypatch.setattr(cluster, "PATIENCE", 2)

    def kill(finished, total, entry):
        if entry and not done.is_set():
            done.set()
            for worker in workers:
                os.kill(worker.pid, signal.SIGKILL)

    grade(BATCHNORM, folder, sandbox=sandbox, scheduler=address, on_progress=kill)
    assert left_by(folder) == wanted


def test_was_it_really_the_workers_who_did_it(tmp_path, machines, sandbox, monkeypatch):
    address, _ = machines
    hand_in(tmp_path, "ada", fill(BATCHNORM, written(BATCHNORM)))

    def here(*arguments, **options):
        raise AssertionError("marked on this machine")

    monkeypatch.setattr(grading, "examine", here)
    entries = grade(BATCHNORM, tmp_path, sandbox=sandbox, scheduler=address)
    assert entries["ada"]["score"] == 30


def test_are_other_checks_on_the_workers_refused(machines, monkeypatch):
    address, _ = machines
    monkeypatch.setattr(Assignment, "fingerprint", lambda assignment: "another")
    with (
        pytest.raises(AutograderError, match="other checks"),
        cluster.executor(address, load(BATCHNORM)),
    ):
        pass


def test_is_a_cluster_that_is_not_there_a_plain_error(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 1)
    hand_in(tmp_path, "ada", fill(BATCHNORM, {}))
    with pytest.raises(AutograderError, match="no Dask scheduler answers at tcp://127.0.0.1:9"):
        grade(BATCHNORM, tmp_path, scheduler="tcp://127.0.0.1:9")

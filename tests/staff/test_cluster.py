"""The same marks, whoever does the work: a real Dask scheduler with two worker processes."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from classes import ASSIGNMENT, hand_in, left_by, mixed_class
from distributed import Client

from autograder.answers import key
from autograder.assignments import solutions
from autograder.classroom import cluster, run
from autograder.course import course
from autograder.grading import grade as marking

pytestmark = pytest.mark.slow

# A worker's machine has neither Keras nor nbgrader, and says so if asked for them.
BARE = """
import sys
for name in ("keras", "tensorflow", "nbgrader", "sqlalchemy", "nbconvert", "nbformat"):
    sys.modules[name] = None
"""


@pytest.fixture
def machines(tmp_path):
    """(address of a scheduler, its two worker processes)."""
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "sitecustomize.py").write_text(BARE)
    key = tmp_path / "no_key"
    paths = os.pathsep.join([str(bare), str(course.PROJECT)])
    environment = os.environ | {"PYTHONPATH": paths, "AUTOGRADER_KEY": str(key)}
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


def a_class(grading):
    mixed_class(grading)
    for i, path in enumerate(solutions.wheats(ASSIGNMENT)[:6]):
        hand_in(grading, f"wheat{i}", solutions.fill(ASSIGNMENT, solutions.pieces(path)))
    return grading


@pytest.fixture
def wanted(tmp_path, sandbox, warm_key):
    """What a run on this machine leaves."""
    run.grade(ASSIGNMENT, a_class(tmp_path / "here" / "grading"), sandbox=sandbox)
    return left_by(tmp_path / "here" / "grading")


def test_are_the_marks_those_of_one_machine_when_a_worker_is_killed(
    tmp_path, machines, wanted, sandbox
):
    """Killed while it works, as a machine that loses its power; it knows no Keras, and no key."""
    address, workers = machines
    grading, done = a_class(tmp_path / "there" / "grading"), threading.Event()

    def kill(finished, total, entry):
        if entry and not done.is_set():
            done.set()
            os.kill(workers[0].pid, signal.SIGKILL)

    run.grade(ASSIGNMENT, grading, sandbox=sandbox, scheduler=address, on_progress=kill)
    assert done.is_set() and workers[0].wait() == -signal.SIGKILL
    assert left_by(grading) == wanted


def test_is_the_class_finished_here_when_every_worker_is_gone(
    tmp_path, machines, wanted, sandbox, monkeypatch
):
    address, workers = machines
    grading, done = a_class(tmp_path / "there" / "grading"), threading.Event()
    monkeypatch.setattr(cluster, "PATIENCE", 2)

    def kill(finished, total, entry):
        if entry and not done.is_set():
            done.set()
            for worker in workers:
                os.kill(worker.pid, signal.SIGKILL)

    run.grade(ASSIGNMENT, grading, sandbox=sandbox, scheduler=address, on_progress=kill)
    assert left_by(grading) == wanted


def test_was_it_really_the_workers_who_did_it(tmp_path, machines, sandbox, warm_key, monkeypatch):
    address, _ = machines
    hand_in(tmp_path, "ada", solutions.fill(ASSIGNMENT, solutions.source(ASSIGNMENT)))

    def here(*arguments, **options):
        raise AssertionError("marked on this machine")

    monkeypatch.setattr(marking, "examine", here)
    entries = run.grade(ASSIGNMENT, tmp_path, sandbox=sandbox, scheduler=address)
    assert entries["ada"]["score"] == 30


def test_are_other_checks_on_the_workers_refused(machines, warm_key, monkeypatch):
    address, _ = machines
    monkeypatch.setattr(cluster, "fingerprint", lambda assignment: "another")
    with (
        pytest.raises(cluster.ClusterError, match="other checks"),
        cluster.executor(address, ASSIGNMENT),
    ):
        pass


def test_is_a_cluster_that_is_not_there_a_plain_error(tmp_path, warm_key, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 1)
    hand_in(tmp_path, "ada", solutions.fill(ASSIGNMENT, {}))
    with pytest.raises(
        cluster.ClusterError, match="no Dask scheduler answers at tcp://127.0.0.1:9"
    ):
        run.grade(ASSIGNMENT, tmp_path, scheduler="tcp://127.0.0.1:9")


def test_is_the_answer_known_where_last_digits_are_rounded_in_another_way(warm_key):
    """A processor of another kind draws hidden inputs that differ in their last bit."""
    program = f"""
    import pickle, sys
    import numpy as np
    sys.modules["keras"] = sys.modules["tensorflow"] = None
    from autograder.answers import key as memory
    from autograder.grading import ask
    memory.carry(pickle.loads(open(sys.argv[1], "rb").read()))
    exact = memory._digest
    def nudged(function, args, kwargs):
        return exact(function, *bumped((args, kwargs)))
    def bumped(value):
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            return np.nextafter(value, np.inf)
        if isinstance(value, (list, tuple)):
            return type(value)(bumped(item) for item in value)
        return {{k: bumped(v) for k, v in value.items()}} if isinstance(value, dict) else value
    memory._digest = nudged
    ask.compute_key({ASSIGNMENT!r})
    """
    import pickle
    import tempfile

    from autograder.grading import ask

    ask.compute_key(ASSIGNMENT)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "key").write_bytes(pickle.dumps(key.answers()))
        environment = os.environ | {"AUTOGRADER_KEY": folder, "PYTHONPATH": str(course.PROJECT)}
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), f"{folder}/key"],
            env=environment,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr[-2000:]

"""Measure a class against stock nbgrader and otter-grader, in one run, and write docs/benchmark.md.

    python -m benchmarks [--few 12] [--many 240] [--growth 10 100 1000] [--cluster-seconds 600]
                         [--against REVISION] [--large 10000]

The machine should have nothing else to do: processor time is counted for all of it.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import matplotlib
import psutil

from . import contenders, page
from .contenders import PROJECT

OTTER = PROJECT / ".venv-otter" / "bin" / "python"


def main():
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("--few", type=int, default=12, help="submissions that everybody grades")
    parser.add_argument("--many", type=int, default=240, help="submissions of a larger class")
    parser.add_argument("--growth", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--cluster-seconds", type=int, default=600, help="for 10,000 or a part")
    parser.add_argument("--against", help="an earlier revision, measured in turn with this one")
    parser.add_argument("--large", type=int, help="also so many submissions on this machine")
    parser.add_argument("--docs", type=Path, default=PROJECT / "docs")
    options = parser.parse_args()
    matplotlib.use("Agg")
    with tempfile.TemporaryDirectory() as scratch:
        found = measure(options, Path(scratch))
    page.write(options.docs, found, machine())


def measure(options, scratch):
    """{"compared": [(name, submissions, Cost)], "grown": …, "cluster": …} and what else was asked
    for.
    """
    few, many = options.few, options.many
    compared = []

    def take(name, count, spent):
        compared.append((name, count, spent))
        each = f"{spent.wall / count:.2f} s, {spent.cpu / count:.2f} s CPU per submission"
        print(f"{name} ({count}): {each}", flush=True)

    ours = contenders.ours
    take("Python with NumPy started, one at a time", few * 4, contenders.floor(few * 4, 1))
    take("Python with NumPy started, two at a time", few * 4, contenders.floor(few * 4, 2))
    take("stock nbgrader", few, contenders.stock(scratch / "stock", few, skip=False))
    take(
        "stock nbgrader, experiments skipped",
        few,
        contenders.stock(scratch / "skip", few, skip=True),
    )
    if OTTER.exists():
        take(
            "otter run, experiments left out", few, contenders.otter(scratch / "otter", few, OTTER)
        )
    for own_inputs, name in ((False, "one draw for all"), (True, "a draw for each")):
        spent = contenders.marked(scratch / name, few * 4, own_inputs)
        take(f"verdicts alone, {name}", few * 4, spent)
    take("autograder, a new course", few, contenders.first_class(scratch / "few", few))
    for workers in (1, 2):
        name = f"autograder, {workers} worker{'s' * (workers > 1)}"
        spent = ours(scratch / f"many{workers}", many, "--workers", str(workers))
        take(name, many, spent)
    grown = []
    for count in options.growth:
        spent = ours(scratch / f"grown{count}", count, watch_memory=True)
        grown.append((count, spent))
        print(f"a class of {count}: {spent.wall:.1f} s, {spent.peak():.0f} MiB", flush=True)
    per_submission = grown[-1][1].wall / grown[-1][0]
    count = min(10_000, contenders.as_many_as(options.cluster_seconds * 0.85, per_submission))
    course = scratch / "cluster"
    with dask_cluster(scratch) as address:
        spent = ours(course, count, "--scheduler", address, watch_memory=True)
    print(f"{count} on a Dask cluster of this machine: {spent.wall:.1f} s", flush=True)
    cluster = (count, spent, contenders.finished(course))
    found = {"compared": compared, "grown": grown, "cluster": cluster}
    if options.against:
        found["earlier"] = against(options, scratch)
    if options.large:
        spent = ours(scratch / "large", options.large, watch_memory=True)
        print(f"{options.large} on this machine: {spent.wall:.1f} s", flush=True)
        found["large"] = (options.large, spent, contenders.finished(scratch / "large")[1:])
    return found


def against(options, scratch):
    """(the revision, {what: (unit, [its], [ours])}), each measured several times, in turn."""
    found = {}

    def take(what, unit, rounds, measure):
        """`measure(place, root)` gives a number for each of the names in `what`."""
        for turn in range(rounds):
            for side, root in sides[:: 1 if turn % 2 else -1]:
                numbers = measure(scratch / f"{what[0]}-{side}-{turn}".replace(" ", "_"), root)
                for name, number in zip(what, numbers):
                    found.setdefault(name, (unit, [], []))[1 + side].append(number)
                print(f"{'ours' if side else 'earlier'}: {dict(zip(what, numbers))}", flush=True)

    few, many = options.few, options.many
    with contenders.revision(options.against, scratch) as root:
        sides = [(0, root), (1, PROJECT)]
        for workers in (1, 2):
            each = f"{many} submissions, {workers} worker{'s' * (workers > 1)}"

            def one_class(place, root, workers=workers):
                spent = contenders.ours(place, many, "--workers", str(workers), root=root)
                return spent.cpu / many, spent.wall / many

            what = (f"processor time per submission, {each}", f"wall time per submission, {each}")
            take(what, "s", 3, one_class)
        what = (f"a first class of {few} in a new course",)
        take(what, "s", 3, lambda place, root: (contenders.first_class(place, few, root).wall,))
        there = {}

        def again(measure):
            def measured(place, root):
                if root not in there:
                    there[root] = place
                    contenders.first_class(place, few, root)
                    contenders.nothing_to_do(place, root)
                return (measure(there[root], root).wall,)

            return measured

        take(("`grade` with nothing to do",), "s", 7, again(contenders.nothing_to_do))
        take(("`check` of one correct notebook",), "s", 7, again(contenders.check))

        def memory(place, root):
            spent = contenders.ours(place, 1000, root=root, watch_memory=True)
            return spent.peak() * 1024, spent.growth(1000)

        all_of_them = "memory of 1,000 submissions, all processes"
        take((all_of_them, "growth of the grading process per submission"), "KiB", 1, memory)
    return options.against, found


@contextmanager
def dask_cluster(folder):
    """A scheduler and two workers on this machine, each a process; yields the address."""
    command, env = [sys.executable, "-m", "distributed.cli.dask_scheduler"], dict(os.environ)
    place, quiet = folder / "scheduler.json", {"stderr": subprocess.DEVNULL}
    command += ["--port", "0", "--no-dashboard", "--scheduler-file", str(place)]
    processes = [subprocess.Popen([*command, "--host", "127.0.0.1"], env=env, **quiet)]
    try:
        while not place.exists():
            time.sleep(0.1)
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--no-dashboard"]
        worker += ["--scheduler-file", str(place), "--nthreads", "1", "--nworkers", "2"]
        worker += ["--local-directory", str(folder)]
        processes.append(subprocess.Popen(worker, env=env, **quiet))
        yield json.loads(place.read_text())["address"]
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def machine():
    """A sentence on what this was measured on."""
    gib = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("nbgrader", "keras"))
    return (
        f"{psutil.cpu_count()} cores, {gib:.0f} GiB, {platform.system()}, Python "
        f"{platform.python_version()}, {versions}; {contenders.clock()}"
    )


if __name__ == "__main__":
    main()

"""A class of correct submissions, graded by stock nbgrader and by this project in one run.

    python -m benchmarks.against_stock [--submissions 24]

Stock nbgrader runs each notebook in a kernel, with the experiment cells skipped (which is generous:
as it comes it would run them), and knows nothing of our plugin. Both sides write the gradebook and
the feedback pages. Before the clock starts, both gradebooks know the assignment and the answer key
is warm. Printed are whole-process wall and CPU seconds, children included, and the ratios.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.submission import PROJECT

ASSIGNMENT = "batchnorm"
NOTEBOOK = f"{ASSIGNMENT}.ipynb"
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.ClearMarkScheme.enforce_metadata = False
c.Execute.skip_cells_with_tag = "experiment"
c.Execute.timeout = 300
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--submissions", type=int, default=24)
    count = parser.parse_args().submissions
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with tempfile.TemporaryDirectory() as scratch:
        rows = {
            "stock nbgrader": stock(Path(scratch, "stock"), count),
            "autograder": ours(Path(scratch, "ours"), count),
        }
    for name, (wall, cpu) in rows.items():
        each = wall / count
        print(f"{name:<16} {wall:8.1f} s wall {cpu:8.1f} s CPU {each:6.2f} s per submission")
    wall, cpu = (rows["stock nbgrader"][i] / rows["autograder"][i] for i in (0, 1))
    print(f"{count} submissions: {wall:.1f} times faster (wall), {cpu:.1f} times less CPU")


def submissions(folder, count):
    """`count` copies of the solved notebook, as students hand it in."""
    for i in range(count):
        place = folder / f"student{i:04}" / ASSIGNMENT
        place.mkdir(parents=True)
        shutil.copy(PROJECT / "solutions" / ASSIGNMENT / NOTEBOOK, place)


def stock(course, count):
    """nbgrader as it comes: a kernel for every notebook."""
    submissions(course / "submitted", count)
    shutil.copytree(PROJECT / "solutions" / ASSIGNMENT, course / "source" / ASSIGNMENT)
    (course / "nbgrader_config.py").write_text(STOCK)
    run(["nbgrader", "generate_assignment", ASSIGNMENT], course)
    wall, cpu = timed(
        course, ["nbgrader", "autograde", ASSIGNMENT], ["nbgrader", "generate_feedback", ASSIGNMENT]
    )
    pages = list(course.glob(f"feedback/*/{ASSIGNMENT}/*.html"))
    expect(len(pages) == count, "stock nbgrader wrote every feedback page")
    return wall, cpu


def ours(course, count):
    """The same class through `python -m autograder grade`."""
    submissions(course / "grading" / "submitted", count)
    run([sys.executable, "-m", "autograder", "key", ASSIGNMENT], course)
    register = f"Recorder({ASSIGNMENT!r}, 'grading').register()"
    run([sys.executable, "-c", f"from autograder.gradebook import Recorder; {register}"], course)
    wall, cpu = timed(course, [sys.executable, "-m", "autograder", "grade", ASSIGNMENT])
    results = json.loads((course / "grading" / "reports" / f"{ASSIGNMENT}.json").read_text())
    scores = [entry["score"] for entry in results["submissions"].values()]
    expect(scores == [30.0] * count, "every copy has 30 points")
    pages = list(course.glob(f"grading/feedback/*/{ASSIGNMENT}/*.html"))
    expect(len(pages) == count, "every feedback page is there")
    return wall, cpu


def timed(folder, *commands):
    """Wall and CPU seconds of the commands, one after the other."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    for command in commands:
        run(command, folder)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    expect(done.returncode == 0, f"{' '.join(command)}: {done.stderr[-2000:]}")


def expect(condition, sentence):
    if not condition:
        sys.exit(f"not so: {sentence}")


if __name__ == "__main__":
    main()

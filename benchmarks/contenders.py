"""Who is measured: each grades the same submissions, in its own way."""

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path

from autograder.assignments import load
from autograder.assignments.solutions import fill
from autograder.course.course import need_checkout

from .measure import Cost, cost, expect

ASSIGNMENT = "batchnorm"
PROJECT = need_checkout("the benchmark")
NOTEBOOK = f"{ASSIGNMENT}.ipynb"
BIN = Path(sys.executable).parent
AUTOGRADER = [sys.executable, "-m", "autograder"]
ENVIRONMENT = os.environ | {"PATH": os.pathsep.join([str(BIN), os.environ["PATH"]])}
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.ClearMarkScheme.enforce_metadata = False
c.Execute.timeout = 300
"""
# The checks in the notebook print; what is not right begins with a cross or a dot.
OTTER_TEST = """import contextlib, io
from otter.test_files import test_case

OK_FORMAT = False
name, points = {name!r}, {points}
SOURCE = {source}

@test_case(points={points})
def test(env):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(SOURCE, dict(env))
    assert not set("\u2717\u00b7") & set(said.getvalue()), said.getvalue()
"""
MARK = f"""
import sys
from pathlib import Path
from autograder import grading
from autograder.assignments import load
for path in sorted(Path().glob("*.ipynb")):
    grading.mark(path, load({ASSIGNMENT!r}), own_inputs=sys.argv[1] == "True")
"""
SKIP = 'c.Execute.skip_cells_with_tag = "experiment"\n'


def submissions(count):
    """`count` notebooks: in turn a correct one, one with a mistake of the catalogue, and one that
    was left unfinished.
    """
    assignment = load(ASSIGNMENT)
    correct, known = assignment.source(), [mistake.id for mistake in assignment.catalogue]
    half = dict(list(correct.items())[: len(correct) // 2])
    for i in range(count):
        mistake = known[(i // 3) % len(known)]
        yield fill(assignment, [correct, assignment.source({mistake}), half][i % 3])


def hand_in(submitted, count):
    for i, notebook in enumerate(submissions(count)):
        place = Path(submitted, f"student{i:05}", ASSIGNMENT)
        place.mkdir(parents=True)
        (place / NOTEBOOK).write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def stock(course, count, skip):
    """`nbgrader autograde` and `generate_feedback`: a kernel with TensorFlow for every notebook."""
    hand_in(course / "submitted", count)
    shutil.copytree(PROJECT / "solutions" / ASSIGNMENT, course / "source" / ASSIGNMENT)
    (course / "nbgrader_config.py").write_text(STOCK + (SKIP if skip else ""))
    nbgrader = [BIN / "nbgrader"]
    cost([*nbgrader, "generate_assignment", ASSIGNMENT], folder=course, env=ENVIRONMENT)
    commands = [[*nbgrader, name, ASSIGNMENT] for name in ("autograde", "generate_feedback")]
    spent = cost(*commands, folder=course, env=ENVIRONMENT)
    pages = list(course.glob(f"feedback/*/{ASSIGNMENT}/*.html"))
    expect(len(pages) == count, "stock nbgrader wrote every feedback page")
    return spent


def otter(folder, count, python):
    """`otter run` on the same notebooks without their experiments; its tests are the notebook's own
    visible checks.
    """
    (folder / "results").mkdir(parents=True)
    with zipfile.ZipFile(folder / "autograder.zip", "w") as package:
        for name, text in _otter_tests():
            package.writestr(f"tests/{name}.py", text)
    spent = Cost()
    for i, notebook in enumerate(submissions(count)):
        cells = [c for c in notebook["cells"] if "experiment" not in c["metadata"].get("tags", [])]
        path = folder / f"student{i:05}.ipynb"
        path.write_text(json.dumps(notebook | {"cells": cells}))
        results = folder / "results"
        command = [Path(python).parent / "otter", "run", path, "-a", folder / "autograder.zip"]
        env = os.environ | {"PATH": os.pathsep.join([str(python.parent), os.environ["PATH"]])}
        each = cost([*command, "-o", results, "--no-logo"], folder=folder, env=env)
        spent = Cost(spent.wall + each.wall, spent.cpu + each.cpu)
        tests = json.loads((results / "results.json").read_text())["tests"]
        score = sum(test.get("score", 0) for test in tests)
        # A mistake that the visible checks do not see costs nothing here.
        expect(
            i % 3 == 1 or (score == 30) == (i % 3 == 0), f"otter gave {path.name} {score} points"
        )
    return spent


def _otter_tests():
    """(name, text) of otter's test files: the checks that stand in the released notebook."""
    path = PROJECT / "assignments" / ASSIGNMENT / NOTEBOOK
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and about.get("grade"):
            name, points = about["grade_id"], about["points"]
            source = repr("".join(cell["source"]))
            yield name, OTTER_TEST.format(name=name, points=points, source=source)


def ours(course, count, *options, root=PROJECT, watch_memory=False):
    """`python -m autograder grade`, feedback pages included. The gradebook is made beforehand, with
    a first submission: that is the same work for one as for many.
    """
    first = _handed_in(course, count + 1, root)
    cost([*AUTOGRADER, "grade", ASSIGNMENT, "--student", "student00000"], **first)
    command = [*AUTOGRADER, "grade", ASSIGNMENT, *options]
    spent = cost(command, **first, watch_memory=watch_memory)
    _expect_graded(course, count + 1)
    return spent


def first_class(course, count, root=PROJECT):
    """The same in a new course, the making of the gradebook and everything else included."""
    spent = cost([*AUTOGRADER, "grade", ASSIGNMENT], **_handed_in(course, count, root))
    _expect_graded(course, count)
    return spent


def nothing_to_do(course, root=PROJECT):
    """`grade` once more, where everything is graded."""
    return cost([*AUTOGRADER, "grade", ASSIGNMENT], **_there(course, root), at_rest=0.0)


def check(course, root=PROJECT):
    """`python -m autograder check` of one correct notebook."""
    notebook = course / "grading" / "submitted" / "student00000" / ASSIGNMENT / NOTEBOOK
    return cost([*AUTOGRADER, "check", notebook], **_there(course, root), at_rest=0.0)


def _handed_in(course, count, root):
    hand_in(course / "grading" / "submitted", count)
    return _there(course, root)


def _there(course, root):
    """Where a command runs, and with the program of which folder."""
    env = ENVIRONMENT | {"AUTOGRADER_KEY": str(course / "key"), "PYTHONPATH": str(root)}
    return {"folder": course, "env": env}


def _expect_graded(course, count):
    results = json.loads((course / "grading" / "reports" / f"{ASSIGNMENT}.json").read_text())
    scores = [entry["score"] for entry in results["submissions"].values()]
    copies = list(results["submissions"].items())[::3]
    odd = [
        (who, entry["score"], entry["status"], entry["notes"])
        for who, entry in copies
        if entry["score"] != 30.0
    ]
    said = f"{count} results, correct copies with 30 points; received {len(scores)}, {odd[:3]}"
    expect(len(scores) == count and not odd, said)
    expect(all(score < 30 for score in scores[1::3]), "mistakes cost points")
    pages = list(course.glob(f"grading/feedback/*/{ASSIGNMENT}/*.html"))
    expect(len(pages) == count, "every feedback page is there")


@contextmanager
def revision(name, scratch):
    """The folder of an earlier revision of this project, ready to run."""
    root = scratch / "earlier"
    git = ["git", "-C", PROJECT, "worktree"]
    subprocess.run([*git, "add", "--quiet", "--force", "--detach", root, name], check=True)
    try:
        if (PROJECT / ".venv-student").exists():
            (root / ".venv-student").symlink_to(PROJECT / ".venv-student")
        # What runs sealed cannot keep bytecode itself.
        compiled = [sys.executable, "-m", "compileall", "-q", root / "autograder"]
        subprocess.run(compiled, check=True, env=ENVIRONMENT)
        yield root
    finally:
        subprocess.run([*git, "remove", "--force", root], check=True)


def marked(folder, count, own_inputs):
    """Verdicts alone, one after the other in one process: on the course's hidden inputs, or on some
    that are drawn for each submission, as where there is feedback on attempts.
    """
    folder.mkdir(parents=True)
    for i, notebook in enumerate(submissions(count)):  # no two alike, so that each draws its own
        notebook["cells"].append({"cell_type": "code", "source": f"attempt = {i}", "metadata": {}})
        (folder / f"{i:05}.ipynb").write_text(json.dumps(notebook))
    env = ENVIRONMENT | {"AUTOGRADER_SECRET": str(folder / "secret")}
    return cost([sys.executable, "-c", MARK, str(own_inputs)], folder=folder, env=env)


def finished(course):
    """[seconds since the first one] at which the results of a class became durable, in order."""
    files = (course / "grading" / "results" / ASSIGNMENT).glob("*.json")
    times = sorted(path.stat().st_mtime for path in files)
    return [moment - times[0] for moment in times]


def floor(count, at_a_time):
    """Starting Python with NumPy once per submission, and nothing else."""
    start = f"exec {sys.executable} -c 'import numpy'"
    command = f'seq {count} | xargs -P {at_a_time} -I@ sh -c "{start}"'
    return cost(["sh", "-c", command])


def as_many_as(seconds, per_submission):
    """How many submissions fit a time, in hundreds."""
    return max(100, int(seconds / per_submission) // 100 * 100)


def clock():
    return time.strftime("%Y-%m-%d")

"""Small classes for tests of whole runs, and everything that a run leaves, to compare."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.assignments import solutions
from autograder.course.course import PROJECT

ASSIGNMENT = "batchnorm"


def hand_in(grading, student, notebook, name=f"{ASSIGNMENT}.ipynb"):
    """Write a notebook (a dict, or text) where students' work lies; return the folder."""
    folder = Path(grading, "submitted", student, ASSIGNMENT)
    folder.mkdir(parents=True, exist_ok=True)
    text = notebook if isinstance(notebook, str) else json.dumps(notebook)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def mixed_class(grading):
    """Four submissions of different ends."""
    model = solutions.source(ASSIGNMENT)
    chance = solutions.source(ASSIGNMENT, {"moving_unbiased", "backward_no_gamma"}) | {
        "standardize": "def standardize(x): return x + np.random.default_rng().random()"
    }
    dying = model | {"standardize": "def standardize(x): import os; os._exit(1)"}
    hand_in(grading, "ada", solutions.fill(ASSIGNMENT, model))
    hand_in(grading, "ben", solutions.fill(ASSIGNMENT, chance))
    hand_in(grading, "dan", '{"cells": [')
    hand_in(grading, "fay", solutions.fill(ASSIGNMENT, dying))
    return grading


def course(root, make=mixed_class):
    """A course's folder with a class handed in, and what nbgrader needs beside it."""
    make(root / "grading")
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    return root


def start(root, sandbox, *arguments):
    """Start `python -m autograder grade` on a course, as a user does."""
    environment = {**os.environ, "AUTOGRADER_SANDBOX": sandbox, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=root, env=environment, text=True, **pipes)


def rows(grading):
    """Everything that the gradebook holds about the assignment: {(student, cell): marks}."""
    found = {}
    with Gradebook(f"sqlite:///{grading}/gradebook.db") as gradebook:
        for item in gradebook.find_assignment(ASSIGNMENT).submissions:
            for notebook in item.notebooks:
                for grade in notebook.grades:
                    marks = (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                    found[item.student.id, grade.name] = marks
                for comment in notebook.comments:
                    said = (comment.auto_comment, comment.manual_comment)
                    found[item.student.id, comment.name, "comment"] = said
    return found


def left_by(grading):
    """All that counts of what a run leaves: gradebook, entries, pages. Only seconds differ."""
    grading = Path(grading)
    kept = json.loads((grading / "reports" / f"{ASSIGNMENT}.json").read_text())["submissions"]
    entries = {name: entry | {"seconds": 0} for name, entry in kept.items()}
    pages = {
        str(path.relative_to(grading)): path.read_text()
        for folder in ("feedback", "autograded")
        for path in (grading / folder).rglob("*")
        if path.is_file()
    }
    return rows(grading), entries, pages

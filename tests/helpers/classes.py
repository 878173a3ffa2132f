"""Small classes for tests of whole runs, and everything that a run leaves, to compare."""

import json
import os
import shutil
import subprocess
import sys

from autograder import classroom
from autograder.assignments import load
from autograder.course import Course, load_class
from autograder.course.course import checkout

from .notebooks import fill, written

BATCHNORM = "batchnorm"
PROJECT = checkout()


def hand_in(grading, student, notebook, name=None, assignment=BATCHNORM):
    """Write a notebook (a dict, or text) where students' work lies; return the folder."""
    folder = Course(grading).submission(assignment, student)
    folder.mkdir(parents=True, exist_ok=True)
    text = notebook if isinstance(notebook, str) else json.dumps(notebook)
    (folder / (name or f"{assignment}.ipynb")).write_text(text, encoding="utf-8")
    return folder


def grade(assignment, grading, **options):
    """Grade a class; return {student: entry} as the class file has them."""
    entries = classroom.grade(load(assignment), Course(grading), **options)
    return {student: entry.to_json() for student, entry in entries.items()}


def mixed_class(grading):
    """Four submissions of different ends."""
    model = written(BATCHNORM)
    chance = written(BATCHNORM, {"moving_unbiased", "backward_no_gamma"}) | {
        "standardize": "def standardize(x): return x + np.random.default_rng().random()"
    }
    dying = model | {"standardize": "def standardize(x): import os; os._exit(1)"}
    hand_in(grading, "ada", fill(BATCHNORM, model))
    hand_in(grading, "ben", fill(BATCHNORM, chance))
    hand_in(grading, "dan", '{"cells": [')
    hand_in(grading, "fay", fill(BATCHNORM, dying))
    return grading


def course_with_class(root, make=mixed_class):
    """A course's folder with a class handed in, and what nbgrader needs beside it."""
    make(root / "grading")
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    return root


def environment(**more):
    """That of a command which runs this checkout's code, whatever is installed."""
    return os.environ | {"PYTHONPATH": str(PROJECT)} | more


def run(root, *words, **more):
    """Run `python -m autograder …` in a folder, to its end."""
    command = [sys.executable, "-m", "autograder", *map(str, words)]
    return subprocess.run(
        command, cwd=root, env=environment(**more), capture_output=True, text=True
    )


def start(root, sandbox, *words):
    """Start `python -m autograder grade` on a course, as a user does."""
    command = [sys.executable, "-m", "autograder", "grade", BATCHNORM, *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    env = environment(AUTOGRADER_SANDBOX=sandbox)
    return subprocess.Popen(command, cwd=root, env=env, text=True, **pipes)


def gradebook_rows(grading, assignment=BATCHNORM):
    """Everything that the gradebook holds about an assignment: {(student, cell): marks}."""
    from nbgrader.api import Gradebook  # not there with Colab's versions

    rows = {}
    with Gradebook(f"sqlite:///{grading}/gradebook.db") as gradebook:
        for item in gradebook.find_assignment(assignment).submissions:
            for notebook in item.notebooks:
                for grade in notebook.grades:
                    marks = (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                    rows[item.student.id, grade.name] = marks
                for comment in notebook.comments:
                    said = (comment.auto_comment, comment.manual_comment)
                    rows[item.student.id, comment.name, "comment"] = said
    return rows


def left_by(grading, assignment=BATCHNORM):
    """All that counts of what a run leaves: gradebook, entries, pages. Only seconds differ."""
    course = Course(grading)
    entries = load_class(course.class_file(assignment))
    pages = {
        str(path.relative_to(grading)): path.read_text()
        for folder in ("feedback", "autograded")
        for path in (course.grading / folder).rglob("*")
        if path.is_file()
    }
    judged = {student: entry.judgement for student, entry in entries.items()}
    return gradebook_rows(grading, assignment), judged, pages

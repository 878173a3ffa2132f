"""Random bytes, random JSON and mutated real things, into everything that reads from outside:
errors are of the documented kinds only. Bounded, and the same examples every time.
"""

import copy
import json
import os
import random
import time

import nbformat
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.assignments import NAMES, load
from autograder.course.ids import is_student_id
from autograder.feedback.page import FeedbackExporter
from autograder.gradebook.exporter import as_node
from autograder.grading import Student, ask_all, recognised
from autograder.grading.session import Session
from autograder.notebooks import repair, runnable
from autograder.notebooks.reader import Damaged, Reading, read
from autograder.sandbox import Limits, wire
from autograder.sandbox.launcher import Pipe
from tests.helpers import fill, texts, written

FEW, MANY = 25, 300
QUIET = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
json_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=20,
)


# Frames.


def arrived(data):
    """(header, payload) of what somebody wrote into the pipe, who then closed it."""
    reader, writer = os.pipe()
    try:
        os.write(writer, data[:60_000])
        os.close(writer)
        return Pipe(reader, reader).receive(time.monotonic() + 1)  # nothing is ever sent
    finally:
        os.close(reader)


def received(data):
    """What arrives, decoded; only documented errors get through."""
    try:
        header, payload = arrived(data)
        assert isinstance(header, dict)
        return wire.decode(header.get("result"), payload)
    except (wire.WireError, ConnectionError):
        return None


@settings(max_examples=MANY, **QUIET)
@given(st.binary(max_size=200))
def test_are_random_bytes_no_frame(data):
    received(data)


FRAMES = []
for value in (
    np.arange(6.0).reshape(2, 3),
    (np.zeros(2), 1.5, "text", None),
    [np.float32(1), True],
):
    tree, data = wire.encode(value)
    FRAMES.append(wire.pack({"result": tree, "changed": [], "global_state": True}, data))


@settings(max_examples=MANY, **QUIET)
@given(st.sampled_from(FRAMES), st.integers(0, 2**32))
def test_is_a_mutated_frame_a_value_or_a_documented_error(frame, seed):
    chance, mutated = random.Random(seed), bytearray(frame)
    for _ in range(chance.randint(1, 6)):
        kind, place = chance.randint(0, 3), chance.randrange(len(mutated) + 1)
        if kind == 0 and place < len(mutated):
            mutated[place] = chance.randrange(256)
        elif kind == 1:
            del mutated[place : place + chance.randint(1, 9)]
        elif kind == 2:
            mutated[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 9)))
        else:
            mutated += mutated[: chance.randint(0, 40)]
    received(bytes(mutated))


# Replies.

trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from("list tuple dict array scalar kept rng object".split()),
            inner,
            max_size=1,
        )
    ),
    max_leaves=8,
)
arrays = st.builds(
    lambda name, shape: {"array": [name, shape]},
    st.sampled_from(["float64", "float32", "int64", "bool", "complex128"]),
    st.lists(st.integers(0, 5), max_size=3),
)
replies = st.fixed_dictionaries(
    {},
    optional={
        "result": trees | arrays | st.builds(lambda *t: {"tuple": list(t)}, *[trees | arrays] * 4),
        "error": json_values,
        "changed": json_values,
        "global_state": scalars,
        "stopped": json_values,
        "lines": json_values,
    },
)


class Answering(Session):
    """The processes of a student that answer whatever a test wants."""

    def __init__(self, replies):
        super().__init__([], [], Limits(), "bubblewrap")
        self.replies, self.turn = replies, 0

    def start(self):
        self.number = 1

    def ask(self, header, payload=b"", seconds=0.0):
        self.turn += 1
        reply = copy.deepcopy(self.replies[self.turn % len(self.replies)])
        return reply, bytes(8 * random.Random(self.turn).randint(0, 40))


@pytest.mark.slow
@pytest.mark.parametrize("assignment", NAMES)
@settings(max_examples=FEW, **QUIET)
@given(drawn=st.lists(replies, min_size=1, max_size=4))
def test_is_any_reply_judged_without_a_fault(assignment, drawn):
    drawn = json.loads(json.dumps(drawn))
    known = load(assignment)
    student = Student([], known.exam.functions, session=Answering(drawn))
    results = ask_all(known, student)
    assert not [note for note in texts(student.notes) if note.startswith("STAFF")], drawn
    json.dumps([result.score for result in results])


# Notebooks.


def taken_in(data, assignment="batchnorm"):
    """Everything that happens to a notebook before and after it is graded; True if it was read."""
    reading = Reading()
    try:
        cells = read(data, reading)
    except Damaged as damage:
        assert str(damage)
        return False
    recognised(cells, "x.ipynb")
    notebook = repair.repair(cells, load(assignment).template)
    assert all(isinstance(sentence, str) for sentence in reading.repairs + notebook.repairs)
    run = runnable.cells_to_run(notebook, load(assignment).template)
    assert all(isinstance(source, str) for _, source in run)
    runnable.names_not_run(notebook)
    node = as_node(notebook.cells)
    nbformat.validate(node)
    graded = [c.metadata.nbgrader.grade_id for c in node.cells if "nbgrader" in c.metadata]
    assert len(graded) == len(set(graded)) and "min_max" in graded
    json.dumps(node).encode()
    return True


@settings(max_examples=MANY, **QUIET)
@given(st.binary(max_size=300))
def test_are_random_bytes_no_notebook(data):
    assert not taken_in(data)


@settings(max_examples=MANY, **QUIET)
@given(json_values)
def test_is_random_json_read_or_damaged(value):
    taken_in(json.dumps(value).encode())


cells = st.lists(
    st.dictionaries(
        st.sampled_from("cell_type source metadata outputs id attachments input".split()),
        json_values
        | st.sampled_from(["code", "markdown", "raw", "heading", "def f(: pass", "%%x"]),
        max_size=7,
    ),
    max_size=5,
)


@settings(max_examples=MANY // 3, **QUIET)
@given(st.fixed_dictionaries({"cells": cells}) | st.fixed_dictionaries({"worksheets": cells}))
def test_is_anything_like_a_notebook_read(value):
    taken_in(json.dumps(value).encode())


REAL = fill("batchnorm", written("batchnorm"))
ODD = [
    None,
    True,
    0,
    -1,
    1e308,
    "",
    "x" * 50,
    [],
    {},
    [[]],
    {"a": []},
    "code",
    "min_max",
    ["\ud800"],
]


def mutate(value, chance, left):
    """Replace, drop, double or move a few of the things in a JSON value, in place."""
    for _ in range(left):
        place = value
        for _ in range(chance.randint(1, 6)):
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(place[key], (dict, list)) and chance.random() < 0.8:
                place = place[key]
                continue
            action = chance.randint(0, 3)
            if action == 0:
                place[key] = copy.deepcopy(chance.choice(ODD))
            elif action == 1:
                del place[key]
            elif action == 2 and isinstance(place, list):
                place.append(copy.deepcopy(place[key]))
            elif isinstance(place, dict):
                place[str(chance.choice(ODD))] = place.pop(key)
            break


@settings(max_examples=MANY // 2, **QUIET)
@given(st.integers(0, 2**32))
def test_is_a_mutated_notebook_read_and_shown(seed):
    chance, notebook = random.Random(seed), copy.deepcopy(REAL)
    mutate(notebook, chance, chance.randint(1, 60))
    taken_in(json.dumps(notebook).encode())


@settings(max_examples=FEW, **QUIET)
@given(st.integers(0, 2**32))
def test_is_a_mutated_file_read_or_damaged(seed):
    chance, data = random.Random(seed), bytearray(json.dumps(REAL).encode())
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data))
        data[place : place + chance.randint(0, 30)] = chance.randbytes(chance.randint(0, 20))
    taken_in(bytes(data))


@settings(max_examples=MANY // 3, **QUIET)
@given(st.text(max_size=200) | st.from_regex(r"([\[\]()!*_`<>|$\\#&:-]|a|\n){0,60}"))
def test_is_any_markdown_a_page(text):
    cell = nbformat.v4.new_markdown_cell(text.encode("utf-8", "replace").decode())
    html, _ = EXPORTER.from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert "<script>mark" not in html


EXPORTER = FeedbackExporter(template_name="classic")


@settings(max_examples=MANY // 3, **QUIET)
@given(st.text(max_size=20))
def test_is_any_folders_name_an_id_or_not(name):
    if is_student_id(name):
        assert not set('<>"&\\\n\0\x1b') & set(name)

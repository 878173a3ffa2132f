"""A small class is judged as it was when its verdicts were stored: scores, cases, messages, notes.

Where a verdict is meant to change, `python -m tests.grading.test_stored_verdicts` stores it anew; read
the difference before you commit it.
"""

import json
from pathlib import Path

import pytest

from autograder import grading
from autograder.assignments import NAMES, load
from autograder.sandbox import Limits, available
from tests.helpers import fill, written

STORED = Path(__file__).with_name("verdicts.json")
TWO_MISTAKES = {
    "batchnorm": {"standardize_unbiased", "backward_no_gamma"},
    "xavier": {"fans_swapped", "layers_no_factor_two"},
    "simple_rnn": {"step_no_tanh", "softmax_loss_sum"},
    "convnet_visualization": {"dead_one_image", "field_whole_kernel"},
}


def submissions(name):
    """{what it is: bytes of a notebook} for one assignment."""
    correct = written(name)
    second = list(correct)[1]
    unknown = f"{correct[second]}\n\n_right = {second}\ndef {second}(*args):\n    return 7.0\n"
    notebooks = {
        "two mistakes": fill(name, written(name, TWO_MISTAKES[name])),
        "an unknown mistake": fill(name, correct | {second: unknown}),
        "an exception": fill(name, correct | {second: f"def {second}(*args):\n    return [][1]"}),
    }
    files = {what: json.dumps(notebook).encode() for what, notebook in notebooks.items()}
    return files | {"cut off": files["two mistakes"][:9000]}


def judged(name, what, sandbox):
    """The verdict's JSON, without its seconds and what only tells how it was sealed."""
    limits = Limits(call=2.0)
    verdict = grading.mark(submissions(name)[what], load(name), sandbox=sandbox, limits=limits)
    verdict.notes = [note for note in verdict.notes if note.kind != "unsealed"]
    return verdict.to_json() | {"seconds": 0}


@pytest.mark.parametrize("what", submissions("batchnorm"))
@pytest.mark.parametrize("assignment", NAMES)
def test_verdict_is_the_stored_one(assignment, what, sandbox):
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    assert judged(assignment, what, sandbox) == stored[assignment][what]


if __name__ == "__main__":
    kind = available()[0]
    verdicts = {
        name: {what: judged(name, what, kind) for what in submissions(name)} for name in NAMES
    }
    lines = [
        f"{json.dumps(name)}: {{\n"
        + ",\n".join(f" {json.dumps(what)}: {json.dumps(said)}" for what, said in classes.items())
        + "\n}"
        for name, classes in verdicts.items()
    ]
    STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

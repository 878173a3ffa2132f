"""What the search for unlisted mistakes costs: `python -m benchmarks.diagnosis`.

A submission with three wrong questions that no known mistake explains is asked all questions of
its assignment, with the search and without, in turn. Its functions run in this process: what is
measured is ours alone. The tables of the search are made first, as `key` makes them.
"""

import statistics
import time
from dataclasses import replace
from textwrap import dedent

import numpy as np

from autograder.assignments import load
from autograder.assignments.draws import Draws
from autograder.audit.examples import SEARCHED
from autograder.diagnosis import Imitation
from autograder.diagnosis.search import keep, tables
from autograder.grading import ask_all

ROUNDS = 7


def main():
    """Print seconds of processor time, medians of alternating rounds."""
    assignment = load("simple_rnn")
    started = time.process_time()
    keep(assignment, Draws.of_course())
    print(f"tables of {assignment.name}: {time.process_time() - started:.2f} s (0 where kept)")
    wrong = [e for e in SEARCHED if e.assignment == assignment.name][:3]
    without = replace(assignment, mathematics=None)
    costs = {"without the search": [], "with it": [], "with tables read from disk": []}
    for _ in range(ROUNDS):
        costs["without the search"].append(_cost(without, wrong))
        costs["with it"].append(_cost(assignment, wrong))
        tables.forget()
        costs["with tables read from disk"].append(_cost(assignment, wrong))
    least = statistics.median(costs["without the search"])
    for what, seconds in costs.items():
        median = statistics.median(seconds)
        print(f"{what}: {median:.3f} s, {median - least:+.3f} s, {median / least:.2f} times")


def _cost(assignment, wrong):
    student = Imitation(assignment)
    functions = {"np": np}
    sources = [*assignment.cells(), *(dedent(example.source) for example in wrong)]
    exec("\n".join(sources), functions)  # our own examples
    student._functions = functions
    started = time.process_time()
    results = ask_all(assignment, student)
    spent = time.process_time() - started
    assert sum(r.score < r.max_score for r in results) == len(wrong)
    return spent


if __name__ == "__main__":
    main()

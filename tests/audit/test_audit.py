"""The grader's own exam, and whether an audit would notice if something were wrong."""

from dataclasses import replace

import numpy as np
import pytest
from bs4 import BeautifulSoup

from autograder.answers import differences
from autograder.assignments import NAMES, load
from autograder.assignments.batchnorm import inputs
from autograder.audit import Audit, Row, examine, examples, matrix
from autograder.audit.mutants import Mutant, try_all
from tests.helpers import hidden_inputs
from tests.helpers.classes import PROJECT

DOCS = PROJECT / "docs"


@pytest.mark.parametrize("assignment", NAMES)
def test_is_every_correct_solution_accepted_and_every_mistake_killed(audited, assignment):
    audit = audited(assignment)
    assert len(audit.correct) >= 9 and not audit.rejected()
    assert len(audit.single) == len(load(assignment).catalogue) and not audit.survivors()


@pytest.mark.parametrize("assignment", NAMES)
def test_sealed_process_gives_every_correct_solution_the_same(audited, sandbox, assignment):
    """And some mistakes: the audit of these tests is played in their own process."""
    known, played = load(assignment), audited(assignment)
    some = [mistake.id for mistake in known.catalogue][::20]
    sealed = examine(known, pairs=0, sandbox=sandbox, mistakes=some)
    assert _judged(sealed.correct) == _judged(played.correct)
    assert _judged(sealed.single) == _judged([r for r in played.single if r.name in some])


def _judged(rows):
    """Without the last digits, which another Python may round in another way."""
    return [replace(row, shares={}) for row in rows]


@pytest.mark.parametrize("assignment", NAMES)
def test_are_mistakes_isolated(audited, assignment):
    audit = audited(assignment)
    assert len(audit.spread()) <= 0.02 * len(audit.single)


@pytest.mark.parametrize("assignment", NAMES)
def test_is_every_mistake_named_as_itself_or_with_its_twin(audited, assignment):
    assert not audited(assignment).unnamed()


@pytest.mark.parametrize("assignment", NAMES)
def test_are_pairs_named_as_the_pair_or_one_of_the_two(audited, assignment):
    audit = audited(assignment)
    assert len(audit.pairs) >= 100 and len(audit.unnamed_pairs()) <= 0.1 * len(audit.pairs)


@pytest.mark.parametrize("assignment", NAMES)
def test_is_nobody_accused_of_what_is_not_there(audited, assignment):
    assert not audited(assignment).accused()


@pytest.mark.parametrize("assignment", NAMES)
def test_says_every_mistake_what_to_think_about_and_what_to_reread(assignment):
    for mistake in load(assignment).catalogue:
        assert len(mistake.hint.split()) >= 7 and mistake.reread and mistake.title, mistake.id
        code = ("np.sum", "np.mean", "np.where", "keepdims=", "axis=", "return ", ".sum(", " @ ")
        assert not any(word in mistake.hint for word in code), f"{mistake.id}: gives code away"


@pytest.mark.slow
def test_do_the_docs_show_what_the_grader_says_now(audited, sandbox):
    """Generate it anew with `make audit`."""
    page = examples.page([audited(name) for name in NAMES], sandbox)
    kept = (DOCS / "feedback.md").read_text(encoding="utf-8")
    assert page == kept.partition("\n## Mutants")[0]
    assert page.count("### ") == 15


# The affinities of t-SNE have a tolerance of their own (1e-3 of the largest), and no other.
@pytest.mark.parametrize("assignment", NAMES)
def test_correct_code_uses_a_small_part_of_the_tolerance(audited, assignment):
    shares = audited(assignment).shares()
    assert 0 < shares["float64"] < 1e-2, "of 1e-7: correct code differs by 1e-9 at most"
    assert 0 < shares["float32"] < 0.2, "of 5e-4: correct code differs by 1e-4 at most"


def test_smallest_mistake_differs_by_far_more_than_the_tolerance():
    """A variance divided by N - 1 on the largest batch, N = 64: the smallest of the catalogue."""
    x = inputs.features(hidden_inputs("standardize"), 64, 5)
    unbiased = (x - x.mean(0)) / np.sqrt(x.var(0, ddof=1) + 1e-3)
    right = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3)
    share = np.abs(unbiased - right).max(axis=0) / np.abs(right).max(axis=0)
    assert share.max() > 1000 * differences.TOLERANCE["float64"]


def test_audit_of_nothing_is_not_passed():
    assert not matrix.passed(Audit(load("batchnorm"), [], [], []))


ROWS = {
    "fine": Row("fine", frozenset(), {"min_max": (2, 2), "standardize": (2, 2)}, {}),
    "lossy": Row("lossy", frozenset(), {"min_max": (1, 2), "standardize": (2, 2)}, {}),
}


def single(lost, named, made="minmax_no_guard"):
    scores = {q: (0, 2) if q in lost else (2, 2) for q in ("min_max", "standardize")}
    return Row(made, frozenset([made]), scores, {"min_max": named, "standardize": []})


@pytest.mark.parametrize(
    "row, fault",
    [
        (single({"min_max"}, [("minmax_no_guard",)]), None),
        (single({"min_max"}, [("minmax_in_place", "minmax_no_guard")]), None),
        (single(set(), []), "survivors"),
        (single({"min_max", "standardize"}, [("minmax_no_guard",)]), "spread"),
        (single({"min_max"}, []), "unnamed"),
        (single({"min_max"}, [("minmax_no_guard",), ("minmax_in_place",)]), "accused"),
        (single({"min_max"}, [("minmax_in_place",)]), "unnamed"),
    ],
)
def test_would_an_audit_notice(row, fault):
    audit = Audit(load("batchnorm"), [ROWS["fine"]], [row], [])
    assert matrix.passed(audit) == (fault is None)
    assert fault is None or getattr(audit, fault)() == [row]


def test_would_an_audit_notice_a_rejected_solution_and_a_pair_without_a_name():
    pair = Row("a + b", frozenset("ab"), ROWS["lossy"].scores, {"min_max": [("c",)]})
    audit = Audit(load("batchnorm"), list(ROWS.values()), [], [pair])
    assert audit.rejected() == [ROWS["lossy"]] and audit.unnamed_pairs() == [pair]
    assert not matrix.passed(audit)


def test_are_the_tables_whole(audited):
    audit = audited("batchnorm")
    text, html = matrix.markdown([audit]), matrix.html([audit])
    rows = len(audit.correct + audit.single + audit.pairs)
    assert sum(line.startswith("| `") for line in text.splitlines()) == rows
    page = BeautifulSoup(html, "html.parser")
    assert len(page.select("tbody tr")) == rows and not page.select("script")
    assert "| `minmax_no_guard` | 1.4 / 2 | ✓ |" in text


@pytest.mark.slow
def test_is_what_another_tool_breaks_killed_and_named_and_nobody_accused(sandbox):
    """The mutants of a step and its gradient; `make audit` tries those of all functions."""
    steps = ("rnn_step", "rnn_step_backward")
    mutants = try_all(load("simple_rnn"), sandbox, chosen=lambda m: m.function in steps)
    audit = Audit(load("simple_rnn"), [], [], [], mutants)
    wrong, killed = audit.of_mutants(), audit.killed()
    assert len(killed) >= 20 and not wrong["survivors"] and not wrong["accused"]
    assert len(wrong["unnamed"]) <= 0.05 * len(killed)


@pytest.mark.parametrize(
    "about, fault",
    [
        ({}, None),
        ({"kind": "survivor"}, "survivors"),
        ({"spread": ["min_max"]}, "spread"),
        ({"accused": ["min_max: y is doubled"]}, "accused"),
        ({"untold": ["min_max"], "unnamed": ["min_max"]}, "untold"),
    ],
)
def test_would_an_audit_notice_a_mutant(about, fault):
    mutant = Mutant("min_max_normalize", ("a - b", "a + b"), "", **({"kind": "killed"} | about))
    row = single({"min_max"}, [("minmax_no_guard",)])
    audit = Audit(load("batchnorm"), [ROWS["fine"]], [row], [], [mutant])
    assert matrix.passed(audit) == (fault is None)
    assert fault is None or audit.of_mutants()[fault] == [mutant]
    assert "| 1 |" in matrix.mutants([audit])

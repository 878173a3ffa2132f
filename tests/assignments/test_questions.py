"""The questions of every assignment: every right way passes, every known wrong one loses where it
should, and only there.
"""

import re

import pytest

from autograder.answers import key
from autograder.answers.calls import Nobody
from autograder.assignments import NAMES, load
from autograder.audit import fairness
from autograder.diagnosis import Imitation
from autograder.grading import ask_all, compute_key, session
from tests.helpers import IMPORTS, lost, written
from tests.helpers.worker_here import WorkerHere

CONTRACT = {
    "batchnorm": {
        "min_max": 2,
        "standardize": 2,
        "batchnorm_train": 6,
        "batchnorm_moving": 4,
        "batchnorm_inference": 4,
        "batchnorm_backward": 8,
        "batchnorm_conv": 4,
    },
    "xavier": {
        "compute_fans": 4,
        "glorot_uniform": 6,
        "glorot_normal": 4,
        "two_layer_gradients": 6,
        "distinct_units": 2,
        "signal_stds": 4,
        "gradient_stds": 4,
    },
    "simple_rnn": {
        "rnn_step": 3,
        "rnn_forward": 5,
        "rnn_mask": 4,
        "rnn_step_backward": 4,
        "rnn_backward": 8,
        "clip_by_global_norm": 3,
        "softmax_cross_entropy": 3,
    },
    "convnet_visualization": {
        "dead_filters": 3,
        "filter_grid": 4,
        "receptive_field": 5,
        "top_patches": 6,
        "tsne_affinities": 6,
        "tsne_gradient": 6,
    },
}
WHEATS = [(name, path) for name in NAMES for path in load(name).solutions]
MISTAKES = [(name, mistake) for name in NAMES for mistake in load(name).catalogue]


def named(value):
    return getattr(value, "stem", None) or getattr(value, "id", None) or value


@pytest.mark.parametrize("assignment", CONTRACT)
def test_are_the_questions_those_of_the_contract(assignment):
    asked = [(question.id, question.points) for question in load(assignment).exam.questions]
    assert asked == list(CONTRACT[assignment].items())
    assert sum(CONTRACT[assignment].values()) == 30 and set(CONTRACT) == set(NAMES)


@pytest.mark.parametrize("assignment", NAMES)
def test_are_there_enough_correct_solutions_and_mistakes(assignment):
    catalogue = load(assignment).catalogue
    assert len(load(assignment).solutions) >= 8 and len(catalogue) >= 25
    assert len({mistake.id for mistake in catalogue}) == len(catalogue)


@pytest.mark.parametrize("assignment, path", WHEATS, ids=named)
def test_does_a_correct_solution_get_every_point(audited, assignment, path):
    [row] = [row for row in audited(assignment).correct if row.name == path.stem]
    assert not row.lost and not row.notes


@pytest.mark.parametrize("assignment", NAMES)
def test_does_the_wrongable_implementation_without_mistakes_get_every_point(audited, assignment):
    assert not audited(assignment).correct[-1].lost


@pytest.mark.parametrize("assignment, mistake", MISTAKES, ids=named)
def test_does_a_mistake_cost_its_own_questions_and_no_others(audited, assignment, mistake):
    [row] = [row for row in audited(assignment).single if row.name == mistake.id]
    assert row.lost == set(mistake.questions) and not row.notes


@pytest.mark.parametrize("assignment", NAMES)
def test_does_every_switch_belong_to_the_catalogue(assignment):
    source = "".join(written(assignment).values())
    switches = set(re.findall(r'"(\w+)" (?:not )?in mistakes', source))
    switches |= set(
        re.findall(r'"(\w+)"', " ".join(re.findall(r"not (\{.*\}).isdisjoint", source)))
    )
    assert switches == {mistake.id for mistake in load(assignment).catalogue}


@pytest.mark.slow
@pytest.mark.parametrize("assignment", NAMES)
def test_is_the_key_asked_the_same_for_everybody(assignment):
    """However wrong a student is, nobody else's inputs change, and `key` has computed them all."""

    def asked():
        return {question for _, question in key._answers}

    key.forget()
    compute_key(load(assignment))
    everybody = asked()
    assert len(everybody) >= 15
    key.forget()
    wrong = {mistake.id for mistake in load(assignment).catalogue[::5]}
    # The diagnosis asks about inputs of its own besides, which no student gets.
    ask_all(load(assignment), Imitation(load(assignment), wrong), explain=False)
    assert asked() <= everybody


@pytest.mark.slow
@pytest.mark.parametrize("assignment", NAMES)
def test_do_trivial_answers_earn_next_to_nothing(ask, assignment):
    """Nothing, zeros, ones, the first argument, or what fits the shape of every argument."""
    functions = load(assignment).exam.functions.values()
    for body in (
        "return None",
        "return 0.0",
        "return args[0]",
        "return tuple(args)",
        "return (0 * args[0],) * COUNT",
        "return tuple(0 * a + 1.0 if isinstance(a, np.ndarray) else a for a in args)[:COUNT]",
        "return (1,) * COUNT",
    ):
        cells = [IMPORTS]
        for function in functions:
            count = len(function.returns)
            value = body.replace("COUNT", str(count))
            if count == 1:
                value += "[0]" if value.endswith(("COUNT", str(count))) else ""
            cells.append(f"def {function.name}(*args, **options):\n    {value}")
        results, _ = ask(cells, assignment)
        earned = sum(result.score for result in results.values())
        assert earned <= 1.0, (body, {n: r.score for n, r in results.items() if r.score})


@pytest.mark.parametrize("assignment", NAMES)
def test_does_another_term_ask_on_other_inputs(assignment, monkeypatch):
    def asked():
        known = load(assignment)
        key.forget()
        ask_all(known, Nobody(known.exam.functions))
        return {question for _, question in key._answers}

    first = asked()
    monkeypatch.setenv("AUTOGRADER_TERM", "spring")
    both = first & asked()
    assert len(both) < len(first) * 2 / 3  # fans of given shapes are the same in every term


@pytest.mark.slow
@pytest.mark.parametrize("assignment", NAMES)
def test_do_other_terms_judge_as_this_one(ask, assignment, monkeypatch, tmp_path):
    """Inputs drawn for another term must neither fail a correct solution nor spare a mistake.

    Mistakes are played here: that a sealed student gets the same is a test of the diagnosis.
    """
    monkeypatch.setenv("AUTOGRADER_KEY", str(tmp_path))
    monkeypatch.setenv("AUTOGRADER_TERM", "another term")
    known = load(assignment)
    for path in known.solutions[:2]:
        assert not lost(ask([path.read_text()], assignment)[0]), path.stem
    for mistake in known.catalogue[::3]:
        results = ask_all(known, Imitation(known, {mistake.id}))
        assert lost({r.question: r for r in results}) == set(mistake.questions), mistake.id


@pytest.mark.slow
@pytest.mark.parametrize("assignment", NAMES)
def test_does_everybody_get_the_same_marks_in_every_draw(assignment, monkeypatch):
    """Where inputs are drawn for each submission, nobody is lucky."""
    monkeypatch.setattr(session, "SealedProcess", WorkerHere)
    assert fairness.unfair(load(assignment), 2) == []


@pytest.mark.slow
def test_is_a_question_of_luck_told(monkeypatch):
    known = load("xavier")
    lucky = iter(range(100))

    def lost(assignment, respondent, draws):
        return {"glorot_uniform": next(lucky)} if "uniform_he" in respondent.mistakes else {}

    monkeypatch.setattr(fairness, "_lost", lost)
    monkeypatch.setattr(type(known), "solutions", [])
    assert [said.split()[0] for said in fairness.unfair(known, 2)] == ["uniform_he"]

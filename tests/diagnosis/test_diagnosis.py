"""From wrong answers to sentences: mistakes are recognised however they are written, nobody is
accused of one that was not made, and what is unknown is described.
"""

import gc
import resource

import numpy as np
import pytest

from autograder.answers.calls import Call, Function
from autograder.answers.compare import compare
from autograder.assignments import NAMES, load
from autograder.assignments.xavier.samples import alike
from autograder.diagnosis import structure
from autograder.diagnosis.imitation import Imitation
from autograder.diagnosis.subject import Subject, factors
from autograder.grading.ask import ask_all
from tests.helpers import IMPORTS, texts, written
from tests.helpers.mutants import DESCRIBED, NAMED


def mutant(assignment, solution, old, new):
    paths = {path.stem: path for path in load(assignment).solutions}
    source = paths[solution].read_text()
    assert old in source, f"{solution} has changed: {old}"
    return source.replace(old, new)


def named(results):
    """Ids that any case names."""
    cases = (case for result in results.values() for case in result.cases)
    return {name for case in cases if case.diagnosis for name in case.diagnosis.mistakes}


def headlines(result):
    return [c.diagnosis.headline if c.diagnosis else "" for c in result.cases if not c.passed]


def id_of(value):
    return value if isinstance(value, str) and len(value) < 22 else ""


@pytest.mark.slow
@pytest.mark.parametrize("assignment, solution, old, new, ids", NAMED, ids=id_of)
def test_is_a_mistake_recognised_in_other_code(ask, assignment, solution, old, new, ids):
    results, student = ask([mutant(assignment, solution, old, new)], assignment)
    assert named(results) == ids and not any("STAFF" in note for note in texts(student.notes))


@pytest.mark.parametrize("assignment, solution, old, new, question, words", DESCRIBED, ids=id_of)
def test_is_an_unknown_mistake_described(ask, assignment, solution, old, new, question, words):
    results, student = ask([mutant(assignment, solution, old, new)], assignment)
    said = headlines(results[question])
    assert said and not named(results) and not any("STAFF" in note for note in texts(student.notes))
    assert words is None or sum(words.lower() in text.lower() for text in said) >= len(said) / 5, (
        said
    )


GARBLED = """
def garbled(function, by):
    def answer(*args, **options):
        def spoil(v):
            if isinstance(v, np.ndarray) and v.dtype.kind == "f":
                return (v * (1 + by) + by * np.sin(7 * v) + by / 9).astype(v.dtype)
            if isinstance(v, np.ndarray):
                return np.roll(v, 1) if v.dtype.kind == "b" else v[::-1] + 1
            if isinstance(v, (int, np.integer)):
                return int(v) * 2 + 1
            if isinstance(v, (float, np.floating)):
                return float(v) * (1 + by) + by
            return [spoil(item) for item in v] if isinstance(v, list) else v
        out = function(*args, **options)
        return tuple(map(spoil, out)) if isinstance(out, tuple) else spoil(out)
    return answer
"""


@pytest.mark.slow
@pytest.mark.parametrize("by", [0.37, 0.001, -2.3])
@pytest.mark.parametrize("assignment", NAMES)
def test_is_nobody_accused_of_a_mistake_not_made(ask, assignment, by):
    """Every function is wrong in a way that no catalogue knows."""
    sources = written(assignment)
    cells = [IMPORTS, GARBLED]
    for name, source in sources.items():
        cells += [source, f"{name} = garbled({name}, {by})"]
    results, student = ask(cells, assignment)
    assert not named(results) and not any("STAFF" in note for note in texts(student.notes))
    cases = [case for result in results.values() for case in result.cases if case.diagnosis]
    assert not any(case.diagnosis.found for case in cases)
    assert sum(result.score for result in results.values()) < 15


def test_is_a_mistake_not_named_that_is_right_where_the_student_is_wrong(ask, model_cells):
    """One case like the mistake and another like nothing: the mistake is not it."""
    wrong = (
        "right = min_max_normalize\n"
        "def min_max_normalize(x):\n"
        "    if len(x) == 9: return 2 * right(x) - 1\n"
        "    return right(x) ** 3 if len(x) % 2 else right(x)"
    )
    results, _ = ask([*model_cells, wrong])
    assert results["min_max"].score < 2 and not named(results)


def test_says_nothing_of_right_answers(ask, model_cells):
    results, _ = ask(model_cells)
    cases = [case for result in results.values() for case in result.cases]
    assert not any(case.diagnosis or case.detail or case.evidence for case in cases)


def test_is_a_mistake_named_in_later_questions_that_follow_from_it(ask):
    mistakes = {"step_no_tanh", "mask_zeros", "bptt_no_carry"}
    cells = [IMPORTS, *written("simple_rnn", mistakes).values()]
    results, _ = ask(cells, "simple_rnn")
    for question, name in [("rnn_mask", "mask_zeros"), ("rnn_backward", "bptt_no_carry")]:
        assert all(
            name in c.diagnosis.mistakes
            for c in results[question].cases
            if not c.passed and c.diagnosis
        )
    assert named(results) == mistakes


def test_names_a_pair_both_and_each_value_its_own(ask):
    mistakes = {"backward_dbeta_mean", "backward_no_variance_path"}
    cells = [IMPORTS, *written("batchnorm", mistakes).values()]
    result = ask(cells)[0]["batchnorm_backward"]
    found = {
        case.name.split(",")[0]: case.misconception for case in result.cases if case.misconception
    }
    assert found == {"dx": "backward_no_variance_path", "dbeta": "backward_dbeta_mean"}


def test_are_two_that_cannot_be_told_apart_both_named(ask):
    cells = [IMPORTS, *written("convnet_visualization", {"dead_mostly"}).values()]
    result = ask(cells, "convnet_visualization")[0]["dead_filters"]
    [said] = {case.diagnosis for case in result.cases if not case.passed and case.diagnosis}
    assert set(said.mistakes) == {"dead_mostly", "dead_some_image"} and " or " in said.headline


def test_does_a_fault_of_the_diagnosis_cost_sentences_and_no_marks(ask, model_cells, monkeypatch):
    def fault(*args):
        raise ZeroDivisionError

    monkeypatch.setattr(structure, "explain", fault)
    results, student = ask([*model_cells, "def standardize(x): return x"])
    assert sum(result.score for result in results.values()) == 28
    assert any(
        "STAFF: the diagnosis of standardize failed" in note for note in texts(student.notes)
    )


SHAPE = (6, 5, 4, 3)  # N, T, D, U
OWN = load("simple_rnn").remarks
RNN = Function.parse("f(x: N T D, h: N T U, kernel: D U, bias: U, mask: N T) -> states: N T U")


@pytest.fixture
def described():
    """described(change, …) -> headline for a want of (N, T, U) that was answered by change(want)."""

    def described(change, masked=False, what="states"):
        rng = np.random.default_rng(5)
        n, t, d, u = SHAPE
        want = rng.uniform(-0.9, 0.9, (n, t, u))
        x, h, kernel, bias = (rng.normal(size=s) for s in ((n, t, d), (n, t, u), (d, u), (u,)))
        mask = np.ones((n, t), bool)
        mask[1, 2] = mask[4, 1:3] = False
        given = (x, h, kernel, bias, mask)
        got = change(want, *given)
        case = compare("a case", got, want, what=what)
        assert not case.passed
        call = Call(RNN, given if masked else given[:-1], {}, None)
        remarks = structure.remarks_on(Subject(what, got, want, "float64", call), OWN)
        said = structure.diagnosis_of(what, remarks, "")
        return said.headline if said else ""

    return described


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda w, *_: 6 * w, "too large by the factor N, the number of examples"),
        (lambda w, *_: w / 5, "too small by the factor T, the number of steps"),
        (lambda w, *_: w / 18, "too small by the factor N U"),
        (lambda w, *_: w * 6 / 5, "too large by the factor N / (N - 1)"),
        (lambda w, *_: -w, "wrong sign"),
        (lambda w, *_: -6 * w, "wrong sign and is too large by the factor N"),
        (lambda w, *_: 0.77 * w, "the expected one times 0.77, everywhere"),
        (lambda w, x, h, k, bias, m: w * bias, "multiplied by bias"),
        (lambda w, x, h, k, bias, m: w / bias, "divided by bias"),
        (lambda w, x, h, k, bias, m: w + bias, "bias added once too often"),
        (lambda w, x, h, k, bias, m: w - bias, "lacks bias"),
        (lambda w, x, h, *_: w - h, "lacks h"),
        (lambda w, x, h, *_: h, "is the argument h, unchanged"),
        (lambda w, *_: w + 0.3, "off by the same number (+0.3) everywhere"),
        (lambda w, *_: w * [2, 3, 4] + [1, 0, 2], "each unit of states is scaled and shifted"),
        (lambda w, *_: np.tanh(np.arctanh(w) + 0 * w) ** 2, "is the square of"),
        (lambda w, *_: np.arctanh(w), "the value before its tanh"),
        (lambda w, *_: w[:, ::-1], "the steps are in reversed order"),
        (lambda w, *_: np.concatenate([0 * w[:, :1], w[:, :-1]], 1), "comes one step late"),
        (lambda w, *_: np.concatenate([w[:, 1:], 0 * w[:, :1]], 1), "comes one step early"),
        (lambda w, *_: np.repeat(w[:, -1:], 5, 1), "every step of states is what only the last"),
        (lambda w, *_: w[..., [2, 0, 1]], "entries of its last axis change places"),
        (lambda w, *_: w.transpose(1, 0, 2), "axes (T, N, U), asked for are (N, T, U)"),
        (lambda w, *_: w[:, :3], "with steps missing at the end"),
        (lambda w, *_: w[:, 1:], "with one step missing at the beginning"),
        (lambda w, *_: np.concatenate([w[:, :1], w], 1), "with one step too many at the beginning"),
        (lambda w, *_: w[:, -1], "only that of the last step"),
        (lambda w, *_: w.sum(0), "summed over the examples"),
        (lambda w, *_: w.reshape(30, 3), "right values, but has another shape"),
        (lambda w, *_: w[None], "an axis of length 1 that does not belong there"),
        (lambda w, *_: w + 4e-7 * np.sin(1e4 * w), "up to the precision of float32"),
        (lambda w, *_: np.round(w, 3), "rounded to 3 decimals"),
        (lambda w, *_: 0 * w, "all zeros"),
        (lambda w, *_: np.clip(w, -0.5, 0.5), "cut off below -0.5 and above 0.5"),
        (lambda w, *_: np.where(np.arange(5)[:, None] == 0, w + 1, w), "only at the first step"),
        (lambda w, *_: np.where(np.arange(5)[:, None] == 4, w + 1, w), "only at the last step"),
        (lambda w, *_: np.where(np.arange(5)[:, None] > 0, w**2, w), "wrong from the second on"),
        (
            lambda w, *_: np.where(np.arange(3) == 1, w + w**2, w),
            "only one unit of states is wrong",
        ),
        (lambda w, *a: np.where(a[4][..., None], w, w + 1), "wrong only at masked steps"),
        (
            lambda w, *a: np.where(a[4][..., None], w, 0),
            "wrong only at masked steps, where it is 0",
        ),
        (lambda w, *a: np.where(a[4][..., None], w + w**2, w), "right at masked steps, wrong at"),
        (lambda w, *_: w * np.nan, "nan everywhere"),
        (lambda w, *_: np.where(np.arange(5)[:, None] > 2, np.inf, w), "infinite"),
    ],
)
def test_is_the_structure_of_a_difference_seen(described, change, words):
    assert words.lower() in described(change, masked="masked" in words).lower()


def test_is_a_difference_without_structure_left_undescribed(described):
    noise = np.random.default_rng(7).normal(size=(6, 5, 3))
    assert described(lambda want, *_: want + noise) == ""


def test_do_sizes_that_are_equal_by_chance_not_mislead(ask):
    """The factor that holds in most cases is named: N, and not what equals it in one."""
    source = mutant(
        "simple_rnn", "generators", "np.mean(losses), np.stack", "np.mean(losses) * 4, np.stack"
    )
    result = ask([source], "simple_rnn")[0]["softmax_cross_entropy"]
    said = [text for text in headlines(result) if text]
    assert said and all("by the factor 4" in text for text in said)


def test_have_factors_names_that_differ():
    names = [factor.name for factor in factors({"N": 6, "T": 5, "U": 3})]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "one, other, same",
    [
        (lambda r: r.uniform(-1, 1, (4, 50, 60)), lambda r: 2 * r.random((4, 50, 60)) - 1, True),
        (
            lambda r: r.uniform(-1, 1, (4, 50, 60)),
            lambda r: r.uniform(-1.02, 1.02, (4, 50, 60)),
            False,
        ),
        (
            lambda r: r.uniform(-1, 1, (4, 50, 60)),
            lambda r: r.normal(0, 3**-0.5, (4, 50, 60)),
            False,
        ),
        (lambda r: r.normal(size=(4, 50, 60)), lambda r: r.standard_normal((4, 50, 60)), True),
        (lambda r: np.round(r.random((4, 50, 60)), 2), lambda r: r.random((4, 50, 60)), False),
        (lambda r: np.full((4, 50, 60), np.nan), lambda r: r.random((4, 50, 60)), False),
    ],
)
def test_are_samples_of_one_distribution_told_from_others(one, other, same):
    a, b = one(np.random.default_rng(1)), other(np.random.default_rng(2))
    assert alike(a, b) == same


@pytest.mark.slow
def test_answers_an_imitation_as_the_sealed_process_does(ask_sealed):
    """The diagnosis trusts that its copies behave as submissions do."""
    for assignment in NAMES:
        known = load(assignment)
        mistakes = frozenset([known.catalogue[3].id])
        cells = [IMPORTS, *written(assignment, mistakes).values()]
        sealed, _ = ask_sealed(cells, assignment)
        played = ask_all(known, Imitation(known, mistakes))
        for result in played:
            assert result.score == sealed[result.question].score
            ours = [case.message for case in result.cases]
            theirs = [case.message for case in sealed[result.question].cases]
            assert ours == theirs


def test_a_right_function_in_an_imitation_is_in_no_other_of_the_same_mistake():
    known, ids = load("batchnorm"), {"backward_no_gamma"}
    x, dy = np.random.default_rng(0).normal(size=(2, 6, 3))
    weights = [np.full(3, 2.0), np.zeros(3), np.zeros(3), np.ones(3)]

    def gradient(somebody):
        cache = somebody.batchnorm_forward(x, *weights, True).cache
        return somebody.batchnorm_backward(dy, cache).dx

    [right] = [f for f in known.functions if f.__name__ == "batchnorm_backward"]
    wrong = gradient(Imitation(known, ids))
    mended = gradient(Imitation(known, ids).with_right(right))
    assert np.allclose(mended, gradient(Imitation(known))) and not np.allclose(mended, wrong)
    assert np.array_equal(gradient(Imitation(known, ids)), wrong)


def test_an_imitation_leaves_no_work_to_the_garbage_collector():
    known = load("batchnorm")
    ask_all(known, Imitation(known, {"backward_no_gamma"}))
    gc.collect()
    gc.disable()
    try:
        ask_all(known, Imitation(known, {"backward_no_gamma"}))
        assert gc.collect() < 50
    finally:
        gc.enable()


ODD = """
def odd(function):
    def answer(*args, **options):
        out = function(*args, **options)
        def spoil(v):
            return {value} if isinstance(v, (np.ndarray, float, list, np.floating)) else v
        return tuple(map(spoil, out)) if isinstance(out, tuple) else spoil(out)
    return answer
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "value",
    [
        "np.zeros((0, 3))",
        "np.zeros(0)",
        "[np.zeros(2), np.zeros(3)]",
        "[[1, 'x'], None]",
        "[[[1.0], [1.0, 2.0]], [[1.0], [1.0, 2.0]]]",
        "np.zeros((2, 0, 3))",
        "np.sign(v) * 1.7e308",
        "{'a': np.ones(10**6)}",
        "np.asarray(v) > 0",
        "np.asarray(v).astype(np.float16)",
        "np.asarray(v) + 0j",
        "np.full(np.shape(v), 1e308)",
        "np.full(np.shape(v), np.inf)",
        "np.asarray(v)[(None,) * 20]",
        "{'a': 1}",
        "None",
        "True",
        "2**62",
        "'text'",
    ],
)
@pytest.mark.parametrize("assignment", NAMES)
def test_is_no_answer_too_odd_for_the_diagnosis(ask, assignment, value):
    cells = [IMPORTS, ODD.replace("{value}", value)]
    for name, source in written(assignment).items():
        cells += [source, f"{name} = odd({name})"]
    results, student = ask(cells, assignment)
    assert not named(results) and not any("STAFF" in note for note in texts(student.notes))


def test_is_nothing_named_where_one_failed_answer_could_not_be_looked_at(ask, model_cells):
    wrong = (
        "def standardize(x):\n"
        "    if len(x) == 9: return np.zeros((2000, 2000))\n"
        "    std = x.std(axis=0, ddof=1) if len(x) > 1 else 1\n"
        "    constant = x.max(axis=0) == x.min(axis=0)\n"
        "    return np.where(constant, 0, (x - x.mean(axis=0)) / np.where(constant, 1, std))"
    )
    giant, _ = ask([*model_cells, wrong])
    assert not named(giant) and giant["standardize"].score < 2
    usual, _ = ask([*model_cells, wrong.replace("len(x) == 9", "False")])
    assert named(usual) == {"standardize_unbiased"}


def test_is_nothing_kept_of_giant_answers(ask, model_cells):
    """Thirty answers of 30 MB each would be a gigabyte, if all were kept for the diagnosis."""
    giant = "def min_max_normalize(x): return np.zeros((2000, 2000))"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    results, _ = ask([*model_cells, giant])
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert results["min_max"].score == 0 and "expected shape" in results["min_max"].cases[0].message
    assert (after - before) / 1024 < 200  # MiB

"""Mistakes that no list holds are found among the neighbours of the mathematics, and said in words."""

import ast
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.assignments import NAMES, load
from autograder.assignments.draws import Draws
from autograder.diagnosis import Imitation
from autograder.diagnosis.search import Search, diagnosis_of, tables
from autograder.diagnosis.search.neighbours import Neighbour, mathematics_of
from autograder.diagnosis.search.words import written
from autograder.grading.ask import ask_all
from tests.helpers import texts

RNN, BATCHNORM, XAVIER = "simple_rnn", "batchnorm", "xavier"

# (what it is, assignment, question, what a student writes, words of what is said)
TYPICAL = [
    (
        "the tanh's slope at the value before it",
        RNN,
        "rnn_step_backward",
        """
def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    dz = dh * (1 - np.arctanh(h_t) ** 2)
    return dz @ kernel.T, dz @ recurrent_kernel.T, x_t.T @ dz, h_prev.T @ dz, dz.sum(axis=0)
""",
        "when the slope of the tanh is 1 - z² (where z is the value before the tanh)",
    ),
    (
        "a bias after the tanh",
        RNN,
        "rnn_step",
        """
def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    return np.tanh(x_t @ kernel + h_prev @ recurrent_kernel) + bias
""",
        "when h_t is tanh(x_t @ kernel + h_prev @ recurrent_kernel) + bias",
    ),
    (
        "labels counted from 1",
        RNN,
        "softmax_cross_entropy",
        """
def softmax_cross_entropy(logits, labels):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    hot = np.eye(logits.shape[1])[labels - 1]
    m = logits.max(axis=1, keepdims=True)
    log_p = logits - m - np.log(np.exp(logits - m).sum(axis=1, keepdims=True))
    return float(-(hot * log_p).sum(axis=1).mean()), (p - hot) / len(labels)
""",
        "when the right classes are labels - 1",
    ),
    (
        "a sequence read backwards",
        RNN,
        "rnn_mask",
        """
def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    h, states = h0, []
    for t, x_t in enumerate(x.swapaxes(0, 1)[::-1]):
        new = rnn_step(x_t, h, kernel, recurrent_kernel, bias)
        h = new if mask is None else np.where(mask[:, t, None], new, h)
        states.append(h)
    states = np.stack(states, axis=1)
    return states, (x, h0, kernel, recurrent_kernel, states, mask)
""",
        "when x_t is x[:, -1 - t] (where t is the step)",
    ),
    (
        "epsilon kept in the moving variance",
        BATCHNORM,
        "batchnorm_moving",
        """
def batchnorm_forward(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    spread = moving_variance + epsilon
    mean = moving_mean
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, spread = x.mean(axis=axes), x.var(axis=axes) + epsilon
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * spread
    x_hat = (x - mean) / np.sqrt(spread)
    cache = (x, x_hat, gamma, 1 / np.sqrt(spread), spread - epsilon, epsilon, training)
    return gamma * x_hat + beta, moving_mean, moving_variance, cache
""",
        "(1 - momentum) * spread (where spread is the variance with epsilon in it)",
    ),
    (
        "a kernel's mean in place of its sum",
        RNN,
        "rnn_step_backward",
        """
def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    dz = dh * (1 - h_t**2)
    return dz @ kernel.T, dz @ recurrent_kernel.T, x_t.T @ dz / 2, h_prev.T @ dh, dz.sum(axis=0)
""",
        "Your dkernel is exactly what comes out when dkernel is halved",
    ),
    (
        "the same answer, another value of which is wrong in another way",
        RNN,
        "rnn_step_backward",
        """
def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    dz = dh * (1 - h_t**2)
    return dz @ kernel.T, dz @ recurrent_kernel.T, x_t.T @ dz / 2, h_prev.T @ dh, dz.sum(axis=0)
""",
        "Your drecurrent_kernel is exactly what comes out when drecurrent_kernel is h_prev.T @ dh",
    ),
    (
        "two edits at once",
        RNN,
        "rnn_step",
        """
def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    return np.tanh(x_t @ kernel - h_prev @ recurrent_kernel) + bias
""",
        "h_prev @ recurrent_kernel is subtracted from x_t @ kernel",
    ),
    (
        "a grid in place of draws",
        XAVIER,
        "glorot_uniform",
        """
def glorot_uniform(shape, rng):
    limit = np.sqrt(6 / sum(compute_fans(shape)))
    return np.linspace(-limit, limit, int(np.prod(shape))).reshape(shape)
""",
        "when the values are a grid from one bound to the other, and not drawn",
    ),
    (
        "half of the range",
        XAVIER,
        "glorot_uniform",
        """
def glorot_uniform(shape, rng):
    limit = np.sqrt(6 / sum(compute_fans(shape)))
    return (2 * rng.random(shape) - 1) * limit / 2
""",
        "when the limit of the uniform is halved",
    ),
]


def found_in(results):
    """{question: headlines of what was found by search}."""
    found = {}
    for name, result in results.items():
        for case in result.cases:
            if case.diagnosis and case.diagnosis.found:
                found.setdefault(name, set()).add(case.diagnosis.headline)
    return found


@pytest.mark.parametrize(
    "assignment, question, code, words", [row[1:] for row in TYPICAL], ids=[r[0] for r in TYPICAL]
)
def test_is_a_mistake_that_no_list_holds_named(ask, assignment, question, code, words):
    results, student = ask([*load(assignment).cells(), code], assignment)
    said = found_in(results).get(question, set())
    assert any(words in headline for headline in said), said
    assert not any("STAFF" in note for note in texts(student.notes))


@pytest.mark.parametrize("name", NAMES)
def test_is_the_mathematics_right_however_it_is_written(name):
    assignment = load(name)
    mathematics = mathematics_of(assignment, Draws)
    ways = max(len(mathematics.program.variants(f)) for f in mathematics.program.calls)
    for way in range(ways):
        sources = []
        for function in set(mathematics.program.stands_for.values()):
            written_so = mathematics.program.variants(function)
            sources.append((function, mathematics.texts[written_so[min(way, len(written_so) - 1)]]))
        results = ask_all(assignment, mathematics.respondent(sources), explain=False)
        assert all(result.score == result.max_score for result in results), way


@pytest.mark.parametrize("name", NAMES)
def test_does_what_is_said_never_print_the_right_line(name):
    mathematics = mathematics_of(load(name), Draws)
    words = mathematics.program.quantities
    for function, edits in mathematics.edits.items():
        right = {}
        for node in ast.walk(mathematics.program.trees[function]):
            if isinstance(node, ast.Assign) and isinstance(node.value, (ast.BinOp, ast.Call)):
                [name] = [n.id for n in ast.walk(node.targets[0]) if isinstance(n, ast.Name)][:1]
                right.setdefault(name, []).append(written(node.value))
                right.setdefault(words.get(name), []).append(written(node.value))
        for edit in edits:
            told = edit.says.partition(f"{edit.called} is ")[2].partition(" (where")[0]
            assert not told or told not in right.get(edit.called, []), edit.says


@pytest.mark.parametrize("name", NAMES)
def test_has_every_quantity_that_is_no_word_of_the_contract_a_name(name):
    """What is said is read by students, who do not know our variables."""
    mathematics = mathematics_of(load(name), Draws)
    functions = load(name).exam.functions.values()
    contract = {word for f in functions for word in (*f.parameters, *f.returns)}
    for tree in mathematics.program.trees.values():
        assigned = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id != "_"
        }
        missing = assigned - contract - set(mathematics.program.quantities)
        assert not missing, (tree.name, missing)


def test_are_tables_kept_with_the_key_and_read_again(monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOGRADER_KEY", str(tmp_path))
    assignment, draws = load("convnet_visualization"), Draws.of_course()
    [question] = [q for q in assignment.exam.questions if q.id == "dead_filters"]
    tables.forget()
    first = tables.table_of(assignment, question, draws)
    tables.forget()
    monkeypatch.setattr(tables, "made", lambda *about: pytest.fail("made again"))
    again = tables.table_of(assignment, question, draws)
    assert np.array_equal(first.prints, again.prints, equal_nan=True)
    assert first.neighbours == again.neighbours and len(first.neighbours) > 50


def test_is_a_broken_table_made_again(monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOGRADER_KEY", str(tmp_path))
    assignment, draws = load("convnet_visualization"), Draws.of_course()
    [question] = [q for q in assignment.exam.questions if q.id == "dead_filters"]
    tables.forget()
    tables.table_of(assignment, question, draws)
    [kept] = (tmp_path / "neighbours").iterdir()
    kept.write_bytes(b"half of it")
    tables.forget()
    assert len(tables.table_of(assignment, question, draws).neighbours) > 50


def test_is_nothing_found_where_zeros_may_come_of_many_things(ask):
    code = """
def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
    return 0 * x_t, 0 * h_prev, 0 * kernel, 0 * recurrent_kernel, 0 * kernel[0]
"""
    results, _ = ask([*load(RNN).cells(), code], RNN)
    assert "rnn_step_backward" not in found_in(results)


def neighbour(says, called="y"):
    return Neighbour((("f", says),), (called,), (says,), ("Why?",), 2)


def told(neighbours, elsewhere, trivial=""):
    """What is said of neighbours that fit, by what they answer on inputs that nobody is asked on."""
    search = Search.__new__(Search)
    answers = {n.says: [float(answer)] for n, answer in zip(neighbours, elsewhere)}
    search.question = None
    search.mathematics = SimpleNamespace(held_out=lambda question, n, base: answers[n.says])
    found = search._said_of(neighbours, trivial, {})
    return found and diagnosis_of(found, ["y"]).headline


def test_is_the_likeliest_told_of_neighbours_that_are_the_same_everywhere():
    said = told([neighbour("y is doubled"), neighbour("y is there twice")], [1, 1])
    assert said == "Your y is exactly what comes out when y is doubled."


def test_are_few_that_differ_elsewhere_all_told():
    said = told([neighbour("y is doubled"), neighbour("y is squared")], [1, 2])
    assert said == "Your y is exactly what comes out when y is doubled; or when y is squared."


def test_is_of_many_that_differ_elsewhere_told_what_they_have_in_common():
    ways = [neighbour(f"way {number}", "the slope") for number in range(5)]
    assert "when something is different in the slope" in told(ways, range(5))
    two = told([*ways, neighbour("another", "dz")], range(6))
    assert "when something is different in dz or in the slope" in two
    three = [*ways, neighbour("another", "dz"), neighbour("one more", "dx")]
    assert told(three, range(7)) is None


def test_is_nothing_told_of_zeros_that_come_of_different_things():
    ways = [neighbour(f"way {place}", place) for place in ("the slope", "dz", "dx")]
    assert told(ways, [1, 1, 1], trivial="nan") is None
    assert "different in dz or in the slope" in told(ways[:2], [1, 1], trivial="nan")
    assert told(ways[:2], [1, 1], trivial="zeros") is None


def test_is_what_was_found_in_one_question_said_in_those_that_follow(ask):
    code = """
def batchnorm_backward(dy, cache):
    x, x_hat, gamma, inv_std, variance, epsilon, training = cache
    axes = tuple(range(dy.ndim - 1))
    before = dy
    if training:
        before = dy - dy.mean(axis=axes) - x_hat * np.mean(dy * x_hat, axis=axes)
    return gamma * inv_std / before, np.sum(dy * x_hat, axis=axes), dy.sum(axis=axes)
"""
    results, _ = ask([*load(BATCHNORM).cells(), code], BATCHNORM)
    found = found_in(results)
    assert found["batchnorm_backward"] == found["batchnorm_conv"] and found["batchnorm_conv"]


def test_is_a_mistake_found_on_inputs_that_one_attempt_has_alone():
    assignment = load(RNN)
    [(_, _, _, code, words)] = [row for row in TYPICAL if row[0].startswith("labels")]
    functions = {"np": np}
    exec("\n".join([*assignment.cells(), code]), functions)
    student = Imitation(assignment)
    student._functions = functions
    results = ask_all(assignment, student, draws=Draws.of_submission(b"an attempt"))
    said = found_in({result.question: result for result in results})
    assert any(words in text for text in said["softmax_cross_entropy"])


def test_is_nothing_searched_for_where_an_assignment_has_no_mathematics():
    assignment = replace(load(RNN), mathematics=None)
    [(_, _, _, code, _)] = [row for row in TYPICAL if row[0].startswith("labels")]
    functions = {"np": np}
    exec("\n".join([*assignment.cells(), code]), functions)
    student = Imitation(assignment)
    student._functions = functions
    results = ask_all(assignment, student)
    assert not found_in({result.question: result for result in results}) and not student.notes


def test_is_a_mistake_found_on_top_of_a_known_one_in_its_helper(ask):
    code = """
def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
    return np.tanh(x_t @ kernel + h_prev @ recurrent_kernel.T + bias)

def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
    h, states = h0, []
    for t, x_t in enumerate(x.swapaxes(0, 1)[::-1]):
        new = rnn_step(x_t, h, kernel, recurrent_kernel, bias)
        h = new if mask is None else np.where(mask[:, t, None], new, h)
        states.append(h)
    states = np.stack(states, axis=1)
    return states, (x, h0, kernel, recurrent_kernel, states, mask)
"""
    results, _ = ask([*load(RNN).cells(), code], RNN)
    assert "step_recurrent_transposed" in {c.misconception for c in results["rnn_step"].cases}
    [said] = found_in(results)["rnn_mask"]
    assert said.startswith("Besides the earlier mistake, your states are") and "-1 - t]" in said


def test_is_a_mistake_found_that_shows_in_no_case_of_the_table(ask):
    """1 % momentum is 1 - momentum, but for momenta below one half."""
    code = """
def batchnorm_forward(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    mean, variance = moving_mean, moving_variance
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axis=axes), x.var(axis=axes)
        moving_mean = momentum * moving_mean + (1 % momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    inv_std = 1 / np.sqrt(variance + epsilon)
    x_hat = (x - mean) * inv_std
    cache = (x, x_hat, gamma, inv_std, variance, epsilon, training)
    return gamma * x_hat + beta, moving_mean, moving_variance, cache
"""
    results, _ = ask([*load(BATCHNORM).cells(), code], BATCHNORM)
    said = found_in(results)["batchnorm_moving"]
    assert any("remainder" in text for text in said), said

"""docs/feedback.md: the figures of an audit, and what students read after ten real mistakes. All of
it is generated, by grading the code that is shown.
"""

from dataclasses import dataclass
from textwrap import dedent, indent, wrap

from ..assignments import load
from ..feedback import reasons_text
from ..grading import Student, ask_all
from ..sandbox import DEFAULT, Limits
from . import matrix

INTRODUCTION = """\
# Feedback that names the mistake

This page is generated: `make audit`.

When a case fails, the questions' calls are made again with every known mistake, alone and in
pairs. A mistake is named only if its answers are the student's to float precision in every case
that failed, differ from the right ones there, and are right wherever the student's are. Where
nothing known fits, what was done is searched for: each assignment's mathematics is written as in
the lecture, one named quantity a line, and a grammar makes every program that differs by one
edit, or by two: an operator, a term, a bracket, an axis, another quantity of the same shape, a
condition, an index, a derivative, an order, a loop. One is named only if it passes the same test,
and is the only one or gives the same as all others that pass on inputs that nobody was asked on;
else what these have in common is said. Where nothing is found, the structure of the difference is
described: a factor and what it equals, an offset, an order, a place, the cases in which it shows.
What raises is explained by what it was called with.

## The grader's exam

Every correct solution and every single mistake is graded sealed, as submissions are; pairs of
mistakes are a sample (`--pairs all` tries every one). *Killed*: points are lost on each of the
mistake's questions. *Isolated*: and on no other. *Named*: by its id or together with a twin that
answers alike, in every question it costs, and nothing else is. *Wrongly accused*: something is
named that is not there.
"""


@dataclass(frozen=True)
class Example:
    """A mistake as a student might hand it in: everything else is right.

    Attributes:
        question: whose feedback is shown.
        sources: code of the cells that are wrong.
    """

    title: str
    assignment: str
    question: str
    source: str


EXAMPLES = (
    Example(
        "A wrong idea",
        "batchnorm",
        "batchnorm_backward",
        """
        def batchnorm_backward(dy, cache):
            x, x_hat, gamma, inv_std, variance, epsilon, training = cache
            axes = tuple(range(dy.ndim - 1))
            dgamma, dbeta = (dy * x_hat).sum(axis=axes), dy.sum(axis=axes)
            return gamma * dy * inv_std, dgamma, dbeta
        """,
    ),
    Example(
        "Two wrong ideas at once",
        "simple_rnn",
        "softmax_cross_entropy",
        """
        def softmax_cross_entropy(logits, labels):
            e = np.exp(logits - logits.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            rows = np.arange(len(labels))
            loss = -np.log(p[rows, labels] + 1e-12).mean()
            p[rows, labels] -= 1
            return loss, p
        """,
    ),
    Example(
        "A mistake that nobody has seen before",
        "xavier",
        "two_layer_gradients",
        """
        def two_layer_gradients(x, y, W1, b1, W2, b2):
            h = np.tanh(x @ W1 + b1)
            error = h @ W2 + b2 - y
            dp = 2 * error / error.size
            dz = dp @ W2.T * (1 - h**2)
            dW1, dW2 = x.T @ dz / x.shape[1], h.T @ dp
            return np.mean(error**2), dW1, dz.sum(axis=0), dW2, dp.sum(axis=0)
        """,
    ),
    Example(
        "Right at the wrong places",
        "simple_rnn",
        "rnn_mask",
        """
        def rnn_forward(x, h0, kernel, recurrent_kernel, bias, mask=None):
            h, states = h0, []
            for t in range(x.shape[1]):
                h = np.tanh(x[:, t] @ kernel + h @ recurrent_kernel + bias)
                states.append(h if mask is None else np.where(mask[:, t, None], h, 0))
            states = np.stack(states, axis=1)
            return states, (x, h0, kernel, recurrent_kernel, states, mask)
        """,
    ),
    Example(
        "Draws of the wrong variance",
        "xavier",
        "glorot_uniform",
        """
        def glorot_uniform(shape, rng):
            fan_in, fan_out = compute_fans(shape)
            return rng.uniform(-1, 1, size=shape) / np.sqrt(fan_in)
        """,
    ),
    Example(
        "Shapes that do not fit",
        "batchnorm",
        "batchnorm_train",
        """
        def batchnorm_forward(x, gamma, beta, moving_mean, moving_variance, training,
                              momentum=0.99, epsilon=1e-3):
            mean, variance = x.mean(axis=1), x.var(axis=1)
            y = gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
            return y, moving_mean, moving_variance, None
        """,
    ),
    Example(
        "A variable of the notebook",
        "simple_rnn",
        "rnn_step",
        """
        def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
            return np.tanh(x_t @ kernel + h_prev @ Wh + bias)
        """,
    ),
    Example(
        "Division by zero",
        "batchnorm",
        "min_max",
        """
        def min_max_normalize(x):
            return (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
        """,
    ),
    Example(
        "A loop without an end",
        "convnet_visualization",
        "tsne_affinities",
        """
        def tsne_affinities(x, perplexity):
            d = ((x[:, None] - x) ** 2).sum(axis=-1)
            beta, entropy = 1.0, 0.0
            while entropy != np.log(perplexity):
                p = np.exp(-d * beta)
                entropy = -(p * np.log(p)).sum()
                beta = beta * 1.0001
            return p / p.sum()
        """,
    ),
    Example(
        "The caller's array",
        "simple_rnn",
        "clip_by_global_norm",
        """
        def clip_by_global_norm(gradients, max_norm):
            norm = np.sqrt(sum((g**2).sum() for g in gradients))
            for g in gradients:
                g *= min(1, max_norm / norm) if norm else 1
            return gradients, norm
        """,
    ),
)


SEARCHED = (
    Example(
        "A slope at the wrong value",
        "simple_rnn",
        "rnn_step_backward",
        """
        def rnn_step_backward(dh, x_t, h_prev, h_t, kernel, recurrent_kernel):
            dz = dh * (1 - np.arctanh(h_t) ** 2)
            return dz @ kernel.T, dz @ recurrent_kernel.T, x_t.T @ dz, h_prev.T @ dz, dz.sum(axis=0)
        """,
    ),
    Example(
        "A bias after the tanh",
        "simple_rnn",
        "rnn_step",
        """
        def rnn_step(x_t, h_prev, kernel, recurrent_kernel, bias):
            return np.tanh(x_t @ kernel + h_prev @ recurrent_kernel) + bias
        """,
    ),
    Example(
        "Labels counted from 1",
        "simple_rnn",
        "softmax_cross_entropy",
        """
        def softmax_cross_entropy(logits, labels):
            shifted = logits - logits.max(axis=1, keepdims=True)
            log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
            hot = np.eye(logits.shape[1])[labels - 1]
            loss = -(hot * log_p).sum(axis=1).mean()
            return float(loss), (np.exp(log_p) - hot) / len(labels)
        """,
    ),
    Example(
        "A sequence read backwards",
        "simple_rnn",
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
    ),
    Example(
        "Epsilon kept in the moving variance",
        "batchnorm",
        "batchnorm_moving",
        """
        def batchnorm_forward(x, gamma, beta, moving_mean, moving_variance, training,
                              momentum=0.99, epsilon=1e-3):
            mean, spread = moving_mean, moving_variance + epsilon
            if training:
                axes = tuple(range(x.ndim - 1))
                mean, spread = x.mean(axis=axes), x.var(axis=axes) + epsilon
                moving_mean = momentum * moving_mean + (1 - momentum) * mean
                moving_variance = momentum * moving_variance + (1 - momentum) * spread
            inv_std = 1 / np.sqrt(spread)
            x_hat = (x - mean) * inv_std
            cache = (x, x_hat, gamma, inv_std, spread - epsilon, epsilon, training)
            return gamma * x_hat + beta, moving_mean, moving_variance, cache
        """,
    ),
)

OF_MUTANTS = """\
## Mutants of the model solutions

Cosmic Ray, which knows nothing of the catalogue or the grammar, changes one thing in a model
solution: an operator, a comparison, a number, a loop. Mutants that change no answer, or only
raise, are left out. *Killed*: points are lost. *Isolated*: only on questions that call the
function. *Named*: every wrong answer is explained by a known mistake or by the search. *Told*: at
least more is said than that values differ. *Wrongly accused*: what was said is not so on other
inputs.
"""


def page(audits, sandbox=DEFAULT):
    """The text of docs/feedback.md, up to the mutants."""
    parts = [INTRODUCTION, matrix.summary(audits), ""]
    parts += _shown("## Ten mistakes, and what students read", EXAMPLES, sandbox)
    parts += _shown("## Five that no list holds", SEARCHED, sandbox)
    return "\n".join(parts).rstrip() + "\n"


def of_mutants(audits):
    """The last part of docs/feedback.md."""
    return f"\n{OF_MUTANTS}\n{matrix.mutants(audits)}\n"


def _shown(title, examples, sandbox):
    parts = [title, ""]
    for number, example in enumerate(examples, 1):
        result = graded(example, sandbox)
        said = "\n".join(line for text in reasons_text(result) for line in _wrapped(text))
        parts += [
            f"### {number}. {example.title}",
            "",
            f"```python\n{dedent(example.source).strip()}\n```",
            "",
            f"`{example.question}`: {result.score:g} of {result.max_score:g} points",
            "",
            f"```text\n{said}\n```",
            "",
        ]
    return parts


def graded(example, sandbox=DEFAULT):
    """The Result of an example's question."""
    assignment = load(example.assignment)
    cells = [*assignment.cells(), dedent(example.source)]
    limits = Limits(call=2)  # the loop without an end need not be waited for
    functions = assignment.exam.functions
    with Student(list(enumerate(cells, 1)), functions, limits, sandbox) as student:
        results = {result.question: result for result in ask_all(assignment, student)}
    return results[example.question]


def _wrapped(line):
    first = len(line) - len(line.lstrip())
    return indent("\n".join(wrap(line.strip(), 98 - first)), " " * first).split("\n")

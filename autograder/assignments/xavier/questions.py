"""The questions on parameter initialization (Glorot & Bengio 2010), against Keras' initializers and
dense layers. Shapes are never square unless on purpose, and draws are judged by their distribution.
"""

import numpy as np

from ...answers.calls import Failure, is_heavy
from ...answers.compare import compare, requires
from ...answers.differences import TOLERANCE, differs
from ...answers.follow_through import is_array
from ...answers.verdict import Case
from ...sandbox.wire import Rng
from ..assignment import Exam
from . import reference
from .distributions import KEPT, TruncatedNormal, Uniform, unlike
from .inputs import DRAWN, shapes, stacks, two_layer_inputs, unit_kernels
from .samples import Behaviour, Drawn, Fault

EXAM = Exam()
EXAM.function("compute_fans(shape) -> fan_in, fan_out")
EXAM.function("glorot_uniform(shape, rng) -> kernel")
EXAM.function("glorot_normal(shape, rng) -> kernel")
EXAM.function(
    "two_layer_gradients(x: N D, y: N K, W1: D U, b1: U, W2: U K, b2: K)"
    " -> loss, dW1: D U, db1: U, dW2: U K, db2: K"
)
EXAM.function("distinct_units(kernel: D U, tolerance) -> count")
EXAM.function("signal_stds(x: N D, kernels) -> stds: L")
EXAM.function("gradient_stds(x: N D, kernels, dy: N K) -> stds: L")

GRADIENTS = {"loss": 1, "dW1": 2, "db1": 2, "dW2": 1, "db2": 1}


@EXAM.question("compute_fans", points=4)
def compute_fans(student, rng):
    """Are the fans those of `keras.initializers.VarianceScaling`?"""
    first = None
    for name, shape in shapes(rng):
        answer, want = student.compute_fans(shape), reference.fans(shape)
        both = [
            compare(f"{what}, {name}", getattr(answer, what), fan, what=what)
            for what, fan in zip(("fan_in", "fan_out"), want)
        ]
        first = first or both
        # Of a scalar both fans are 1, whatever one does.
        yield from (requires(case, f) if not shape else case for case, f in zip(both, first))


@EXAM.question("glorot_uniform", points=6)
def glorot_uniform(student, rng):
    """Is every kernel drawn as `keras.initializers.GlorotUniform` draws it?"""

    def from_fans(fans):
        return Uniform(np.sqrt(6 / sum(fans)))

    asked = Uniform, reference.glorot_limit, from_fans
    yield from initializer_cases(student, student.glorot_uniform, rng, *asked)


@EXAM.question("glorot_normal", points=4)
def glorot_normal(student, rng):
    """Is every kernel drawn as `keras.initializers.GlorotNormal` draws it?"""

    def from_fans(fans):
        return TruncatedNormal(np.sqrt(2 / sum(fans)) / KEPT)

    asked = TruncatedNormal, reference.glorot_stddev, from_fans
    yield from initializer_cases(student, student.glorot_normal, rng, *asked)


def initializer_cases(student, function, rng, distribution, scale, from_fans):
    """A case for each shape's distribution, then what a generator is for.

    Args:
        distribution, scale: `distribution(scale(shape))` is how Keras draws.
        from_fans: (fan_in, fan_out) -> the distribution that these fans ask for.
    """
    seeds = iter(rng.integers(1, 2**31, size=100).tolist())
    first = None
    for name, (shape, calls) in DRAWN.items():
        pair = next(seeds), next(seeds)
        wanted, fans = distribution(scale(shape)), reference.fans(shape)
        drawn = draw(function, shape, calls, pair, wanted)
        kept = None if is_heavy(drawn.kernels) else drawn
        case = Case(name, drawn.right, drawn.complaint or "", evidence=kept)
        if not drawn.right and (own := own_fans(student, shape, fans)):
            if draw(function, shape, calls, pair, from_fans(own)).right:
                case.passed = True
                case.message = "right for the fans of your own compute_fans: nothing more is lost"
        first = first or case
        yield case
    for case in generator_cases(function, next(seeds), next(seeds)):
        yield requires(case, first)


def draw(function, shape, calls, seeds, distribution):
    """Kernels of a shape, Drawn with one generator; lost only if a second sample, from another
    seed, is off as well.
    """
    for seed in seeds:
        kernels, complaint = [], None
        while len(kernels) < calls and not complaint:
            kernels.append(function(shape, Rng(seed, 0, watched=False)).kernel)
            complaint = not_a_kernel(kernels[-1], shape)
        if complaint:
            return Drawn(kernels, shape, reference.fans(shape), distribution, complaint)
        complaint = unlike(np.stack(kernels), distribution)
        if not complaint:
            break
    return Drawn(kernels, shape, reference.fans(shape), distribution, complaint)


def not_a_kernel(kernel, shape):
    """A sentence where this is not a float array of the shape, or None."""
    if is_array(kernel, shape):
        return None
    if isinstance(kernel, np.ndarray) and kernel.shape == shape:
        return f"expected float values, received {kernel.dtype.name}"
    return differs(kernel, np.zeros(shape))


def own_fans(student, shape, right):
    """The fans that their own compute_fans gives, or None where following them would reward a
    trivial function: they must differ from the right ones and, of a matrix, react to both sides.
    """

    apart = student.apart("compute_fans") if "compute_fans" in student.lost else None
    if apart is None:
        return None

    def fans(shape):
        answer = apart.compute_fans(shape)
        pair = answer.fan_in, answer.fan_out
        kinds = (int, float, np.integer, np.floating)
        good = all(isinstance(f, kinds) and 1 <= f < 1e9 for f in pair)
        return tuple(map(float, pair)) if good else None

    own = fans(shape)
    if own is None or own == tuple(map(float, right)):
        return None
    probes = [fans(s) for s in [(7, 11), (8, 11), (7, 12)]]
    if None in probes:
        return None
    matrix, taller, wider = map(sum, probes)
    return own if matrix not in (taller, wider) else None


def generator_cases(function, seed, other):
    """The same seed, another seed, two calls with one generator, the global state."""
    shape = (4, 7)
    first = Rng(seed, 1)
    answers = [function(shape, g) for g in (first, Rng(seed, 2), Rng(other, 1), first)]

    def of_kernels(relation):
        def judge(answers):
            kernels = [answer.kernel for answer in answers]
            wrong = next((w for k in kernels if (w := not_a_kernel(k, shape))), None)
            return Fault(wrong, of_generator=False) if wrong else relation(*kernels)

        return judge

    def same(one, again, another, second):
        if not np.array_equal(one, again):
            return Fault("the same seed gave two different arrays")

    def differ(one, again, another, second):
        if np.array_equal(one, another):
            return Fault("two seeds gave the same array")

    def two(one, again, another, second):
        if np.array_equal(one, second):
            return Fault("two calls with one generator gave the same array")

    def touched(answers):
        if failed := [a.kernel for a in answers if isinstance(a.kernel, Failure)]:
            return Fault(failed[0].sentence, of_generator=False)
        if not all(answer.global_state for answer in answers):
            return Fault("np.random's global state was changed: draw from rng only")

    for name, judge, weight in [
        ("the same seed gives the same array", of_kernels(same), 2.0),
        ("another seed gives another array", of_kernels(differ), 0.5),
        ("two calls with one generator differ", of_kernels(two), 0.5),
        ("the global np.random stays as it is", touched, 1.0),
    ]:
        evidence = Behaviour(answers, judge)
        message = evidence.fault.text if evidence.fault else ""
        yield Case(name, evidence.right, message, weight, evidence)


@EXAM.question("two_layer_gradients", points=6)
def two_layer_gradients(student, rng):
    """Are loss and gradients those of two `Dense` layers and mean squared error under the tape?"""
    for name, inputs in two_layer_inputs(rng):
        answer, want = student.two_layer_gradients(*inputs), reference.two_layers(*inputs)
        dtype = inputs[0].dtype.name
        for what, weight in GRADIENTS.items():
            value = want[what]
            options = {"dtype": dtype, "what": what, "weight": weight}
            if value.ndim:
                options["scale"] = np.abs(value).max()
            else:
                value = float(value)
            yield compare(f"{what}, {name}", getattr(answer, what), value, **options)


@EXAM.question("distinct_units", points=2)
def distinct_units(student, rng):
    """Are groups of equal units counted, as training in Keras leaves them?"""
    cases = []
    for name, kernel, tolerance, count in unit_kernels(rng):
        options = () if tolerance is None else (tolerance,)
        answer = student.distinct_units(kernel, *options)
        trivial = count in (1, kernel.shape[1])
        cases.append((compare(name, answer.count, count), count, trivial))
    counted = {count for case, count, trivial in cases if case.passed and not trivial}
    for case, count, _ in cases:
        if case.passed and not counted - {count}:
            case.passed = False
            case.message = "one answer for every kernel, or their number of columns, earns nothing"
        yield case


@EXAM.question("signal_stds", points=4)
def signal_stds(student, rng):
    """Are the standard deviations those of a stack of `Dense(tanh, use_bias=False)`?"""
    for name, x, kernels, _ in stacks(rng):
        want = reference.tanh_stack(x, kernels)
        got = student.signal_stds(x, kernels).stds
        yield compare(name, got, want, dtype=x.dtype.name, what="stds")


@EXAM.question("gradient_stds", points=4)
def gradient_stds(student, rng):
    """Are the gradients' standard deviations those under `tf.GradientTape`?"""
    for name, x, kernels, dy in stacks(rng):
        want = reference.tanh_stack(x, kernels, dy)
        got = student.gradient_stds(x, kernels, dy).stds
        # Beside tanh's slope 1 - h^2 the last digits of h are lost.
        slack = 4 * TOLERANCE[x.dtype.name] * want
        yield compare(name, got, want, dtype=x.dtype.name, what="stds", slack=slack)

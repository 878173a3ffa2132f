"""The questions on parameter initialization (Glorot & Bengio 2010), against Keras' initializers and
dense layers. Shapes are never square unless on purpose, and draws are judged by their distribution.
"""

import numpy as np

from ...answers.calls import Failure, is_heavy
from ...answers.compare import compare, requires
from ...answers.differences import TOLERANCE
from ...answers.verdict import Case
from ...sandbox.wire import Rng
from ..assignment import Exam
from ..settled import settled
from . import reference
from .distributions import KEPT, TruncatedNormal, Uniform
from .follow_through import OwnFans
from .hints import CATALOGUE
from .inputs import DRAWN, shapes, stacks, two_layer_inputs, unit_kernels
from .samples import Behaviour, Fault, draw, not_a_kernel

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

KINDS = ((4, 7), (50, 45), (3, 2, 4, 6))  # shapes of which generators are tried
GRADIENTS = {"loss": 1, "dW1": 2, "db1": 2, "dW2": 1, "db2": 1}


@EXAM.question("compute_fans", points=4)
def compute_fans(student, draws):
    """Are the fans those of `keras.initializers.VarianceScaling`?"""
    first = None
    chancy = tuple(m.id for m in CATALOGUE if "compute_fans" in m.questions)
    for item in settled(draws, "xavier", "compute_fans", shapes, fan_cases, chancy):
        both = fan_cases(student, item)
        first = first or both
        # Of a scalar, or a vector of one, both fans are 1, whatever one does.
        trivial = np.prod(item[1]) == 1
        yield from (requires(case, f) if trivial else case for case, f in zip(both, first))


def fan_cases(student, item):
    """The cases of one shape."""
    name, shape = item
    answer = student.compute_fans(shape)
    return [
        compare(f"{what}, {name}", getattr(answer, what), fan, what=what)
        for what, fan in zip(("fan_in", "fan_out"), reference.fans(shape))
    ]


@EXAM.question("glorot_uniform", points=6)
def glorot_uniform(student, draws):
    """Is every kernel drawn as `keras.initializers.GlorotUniform` draws it?"""

    def from_fans(fans):
        return Uniform(np.sqrt(6 / sum(fans)))

    asked = Uniform, reference.glorot_limit, from_fans
    yield from initializer_cases(student, "glorot_uniform", draws("glorot_uniform"), *asked)


@EXAM.question("glorot_normal", points=4)
def glorot_normal(student, draws):
    """Is every kernel drawn as `keras.initializers.GlorotNormal` draws it?"""

    def from_fans(fans):
        return TruncatedNormal(np.sqrt(2 / sum(fans)) / KEPT)

    asked = TruncatedNormal, reference.glorot_stddev, from_fans
    yield from initializer_cases(student, "glorot_normal", draws("glorot_normal"), *asked)


def initializer_cases(student, name, rng, distribution, scale, from_fans):
    """A case for each shape's distribution, then what a generator is for.

    Args:
        name: of the initializer.
        distribution, scale: `distribution(scale(shape))` is how Keras draws.
        from_fans: (fan_in, fan_out) -> the distribution that these fans ask for.
    """
    seeds = iter(rng.integers(1, 2**31, size=100).tolist())
    function, first = getattr(student, name), None
    fans = OwnFans(student, name)
    for title, (shape, calls) in DRAWN.items():
        pair, wanted = (next(seeds), next(seeds)), distribution(scale(shape))
        drawn = draw(function, shape, calls, pair, wanted)
        kept = None if is_heavy(drawn.kernels) else drawn
        weight = 3.0 if first is None else 1.0  # of the largest sample, which tells most
        case = Case(title, drawn.right, drawn.complaint or "", weight, kept)
        if not drawn.right and fans.explain(shape, calls, pair, wanted, from_fans):
            case.credit("right for the fans of your own compute_fans: nothing more is lost")
        first = first or case
        yield case
    for case in generator_cases(function, next(seeds), next(seeds)):
        yield requires(case, first)


def generator_cases(function, seed, other):
    """The same seed, another seed, two calls with one generator, the global state: each for kernels
    of several kinds.
    """
    answers = []
    for number, shape in enumerate(KINDS):
        first, again = Rng(seed, 2 * number + 1), Rng(seed, 2 * number + 2)
        generators = (first, again, Rng(other, number), first)
        answers += [function(shape, generator) for generator in generators]

    def of_kernels(relation):
        def judge(answers):
            for place, shape in zip(range(0, len(answers), 4), KINDS):
                kernels = [answer.kernel for answer in answers[place : place + 4]]
                wrong = next((w for k in kernels if (w := not_a_kernel(k, shape))), None)
                fault = Fault(wrong, of_generator=False) if wrong else relation(*kernels)
                if fault:
                    return fault
            return None

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
def two_layer_gradients(student, draws):
    """Are loss and gradients those of two `Dense` layers and mean squared error under the tape?"""
    for name, inputs in draws.inputs("two_layer_gradients", two_layer_inputs):
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
def distinct_units(student, draws):
    """Are groups of equal units counted, as training in Keras leaves them?"""
    question = "distinct_units"
    chancy = tuple(m.id for m in CATALOGUE if question in m.questions)
    items = settled(draws, "xavier", question, unit_kernels, unit_cases, chancy, 17)
    cases = [unit_cases(student, item)[0] for item in items]
    values = [case.evidence.got for case in cases]
    answers = [int(v) if isinstance(v, (int, np.integer)) else None for v in values]
    kernels = [kernel for _, kernel, *_ in items]
    columns, rows = ([kernel.shape[axis] for kernel in kernels] for axis in (1, 0))
    trivial = answers in (columns, rows, answers[:1] * len(answers))
    for case in cases:
        if case.passed and trivial:
            case.passed = False
            case.message = "one answer for every kernel, or one of its sides, earns nothing"
        yield case


def unit_cases(student, item):
    """The case of one kernel."""
    name, kernel, tolerance, count = item
    options = () if tolerance is None else (tolerance,)
    return [compare(name, student.distinct_units(kernel, *options).count, count)]


@EXAM.question("signal_stds", points=4)
def signal_stds(student, draws):
    """Are the standard deviations those of a stack of `Dense(tanh, use_bias=False)`?"""
    for name, x, kernels, _ in draws.inputs("signal_stds", stacks):
        want = reference.tanh_stack(x, kernels)
        got = student.signal_stds(x, kernels).stds
        yield compare(name, got, want, dtype=x.dtype.name, what="stds")


@EXAM.question("gradient_stds", points=4)
def gradient_stds(student, draws):
    """Are the gradients' standard deviations those under `tf.GradientTape`?"""
    for name, x, kernels, dy in draws.inputs("gradient_stds", stacks):
        if dy is None:
            continue
        want = reference.tanh_stack(x, kernels, dy)
        got = student.gradient_stds(x, kernels, dy).stds
        # Beside tanh's slope 1 - h^2 the last digits of h are lost.
        slack = 4 * TOLERANCE[x.dtype.name] * want
        yield compare(name, got, want, dtype=x.dtype.name, what="stds", slack=slack)

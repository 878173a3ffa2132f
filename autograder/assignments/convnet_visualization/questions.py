"""The questions on looking into ConvNets: dead filters, filters as images, receptive fields, the
patches that excite a unit, and t-SNE (van der Maaten & Hinton 2008).
"""

import numpy as np

from ...answers.compare import compare, requires
from ..assignment import Exam
from ..settled import settled
from . import reference
from .hints import CATALOGUE
from .inputs import activation_maps, embeddings, kernels, patch_searches, points, stacks

EXAM = Exam()
EXAM.function("dead_filters(activations: N H W F) -> dead: F")
EXAM.function("filter_grid(kernel: h w C F, padding) -> image: H W C")
EXAM.function("receptive_field(layers) -> size, jump")
EXAM.function(
    "top_activating_patches(images: N H W C, activations: N h w F, channel, k, field)"
    " -> patches: k H W C, positions: k P"
)
EXAM.function("tsne_affinities(x: N D, perplexity) -> P: N N")
EXAM.function("tsne_gradient(P: N N, Y: N 2) -> kl, gradient: N 2")


@EXAM.question("dead_filters", points=3)
def dead_filters(student, draws):
    """Are exactly the filters found that give 0 at every position of every input?"""
    first = None
    for name, maps in draws.inputs("dead_filters", activation_maps):
        want = np.array([not maps[..., f].any() for f in range(maps.shape[-1])])
        case = compare(name, student.dead_filters(maps).dead, want)
        first = first or case
        # Where all filters are alike, one answer for all of them is a trivial one.
        yield requires(case, first) if want.all() or not want.any() else case


@EXAM.question("filter_grid", points=4)
def filter_grid(student, draws):
    """Is every filter scaled to [0, 1] and laid out row by row?"""
    for name, kernel, padding in draws.inputs("filter_grid", kernels):
        options = () if padding is None else (padding,)
        want = reference.filter_grid(kernel, *(options or (1,)))
        got = student.filter_grid(kernel, *options).image
        yield compare(name, got, want, dtype=kernel.dtype.name, slack=2e-6)


@EXAM.question("receptive_field", points=5)
def receptive_field(student, draws):
    """Are size and jump what the tape's gradient through a Keras stack shows?"""
    first = None
    chancy = [m.id for m in CATALOGUE if "receptive_field" in m.questions]
    about = (draws, "convnet_visualization", "receptive_field", stacks, field_cases, (*chancy,), 20)
    for item in settled(*about):
        cases, want = field_cases(student, item), reference.receptive_field(item[1])
        first = first or cases
        for case, of_first, value in zip(cases, first, want):
            yield requires(case, of_first) if value == 1 else case


def field_cases(student, item):
    """The cases of one stack."""
    name, layers = item
    answer, (size, jump) = student.receptive_field(layers), reference.receptive_field(layers)
    name = f"{name}: {layers}"
    return (
        compare(f"size, {name}", answer.size, size, what="size", weight=2),
        compare(f"jump, {name}", answer.jump, jump, what="jump"),
    )


@EXAM.question("top_patches", points=6)
def top_patches(student, draws):
    """Are the patches those that a search through every unit of a Keras ConvNet's maps finds?"""
    first = None
    for name, images, maps, channel, k, field in draws.inputs("top_patches", patch_searches):
        answer = student.top_activating_patches(images, maps, channel, k, field)
        patches, positions = reference.top_patches(images, maps, channel, k, field)
        dtype = images.dtype.name
        cases = (
            compare(f"positions, {name}", answer.positions, positions, what="positions"),
            compare(f"patches, {name}", answer.patches, patches, dtype=dtype, what="patches"),
        )
        first = first or cases
        # Where nothing fires, the first unit of every image is the right answer.
        dead = not maps[..., channel].any()
        yield from (requires(case, f) if dead else case for case, f in zip(cases, first))


@EXAM.question("tsne_affinities", points=6)
def tsne_affinities(student, draws):
    """Are the affinities those of a search for the perplexity that ran to its end?"""
    for name, x, perplexity in draws.inputs("tsne_affinities", points):
        want = reference.affinities(x, perplexity)
        got = student.tsne_affinities(x, perplexity).P
        allowed = np.full_like(want, 1e-3 * want.max())
        np.fill_diagonal(allowed, 1e-12)
        # The slack is all that is allowed: nothing on top for an entry's own size.
        yield compare(name, got, want, slack=allowed, scale=1e-300, dtype=x.dtype.name, what="P")


@EXAM.question("tsne_gradient", points=6)
def tsne_gradient(student, draws):
    """Are divergence and gradient those of `tf.GradientTape`?"""
    for name, P, Y in draws.inputs("tsne_gradient", embeddings):
        answer, want = student.tsne_gradient(P, Y), reference.kl_divergence(P, Y)
        dtype, kl, scale = Y.dtype.name, float(want["kl"]), np.abs(want["gradient"]).max()
        about = {"dtype": dtype, "scale": scale, "what": "gradient", "weight": 2}
        # The divergence is a difference of entropies: it may be small beside them.
        yield compare(f"kl, {name}", answer.kl, kl, dtype=dtype, scale=max(kl, 1.0), what="kl")
        yield compare(f"gradient, {name}", answer.gradient, want["gradient"], **about)

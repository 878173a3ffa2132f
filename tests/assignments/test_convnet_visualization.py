"""What is particular about the questions of convnet_visualization."""

import numpy as np
import pytest
from scipy.spatial.distance import squareform
from sklearn.manifold import _t_sne

from autograder.assignments.convnet_visualization import inputs, reference
from tests.helpers import IMPORTS, hidden_inputs


def test_are_the_affinities_those_of_scikit_learn():
    """Our search runs to its end, scikit-learn's to 1e-5 of the entropy."""
    for name, x, perplexity in inputs.points(hidden_inputs("tsne_affinities")):
        squares = ((x[:, None] - x[None]).astype(np.float64) ** 2).sum(axis=-1)
        if not 1e-3 < squares.max() < 1e4:
            continue  # scikit-learn computes in float32
        theirs = squareform(_t_sne._joint_probabilities(squares.astype("float32"), perplexity, 0))
        ours = reference.affinities(x, perplexity)
        assert np.abs(ours - theirs).max() < 3e-4 * ours.max(), name


def test_has_every_row_the_perplexity_that_was_asked_for():
    rng = np.random.default_rng(0)
    for scale in (1e-4, 1.0, 300.0):
        squares = rng.chisquare(3, size=30) * scale
        p = reference.probabilities(squares, np.log(7.5))
        assert np.exp(-np.sum(p * np.log(p))) == pytest.approx(7.5, rel=1e-9)


def test_are_filters_killed_on_purpose_in_every_case_but_one():
    dead = {}
    for name, maps in inputs.activation_maps(hidden_inputs("dead_filters")):
        dead[name] = sum(not maps[..., f].any() for f in range(maps.shape[-1]))
    assert dead["nothing dead"] == 0 and all(
        n for name, n in dead.items() if name != "nothing dead"
    )
    assert dead["filters that fire at a single position"] == 1


@pytest.mark.parametrize(
    "layers, expected",
    [([], (1, 1)), ([(3, 1)] * 3, (7, 1)), ([(7, 2), (3, 2)], (11, 4)), ([(1, 2), (3, 1)], (5, 2))],
)
def test_shows_the_tape_the_field_that_arithmetic_gives(layers, expected):
    assert reference.receptive_field(layers) == expected


@pytest.mark.parametrize("offset", ["1e-5", "-1e-5"])
def test_must_patches_be_the_images_own_pixels(ask, offset):
    """Scaled, shifted or rounded pixels are not those of the image."""
    source = (
        "def top_activating_patches(images, activations, channel, k, field):\n"
        "    size, jump = field\n"
        "    maps = activations[..., channel]\n"
        "    flat = maps.reshape(len(maps), -1)\n"
        "    order = np.argsort(-flat.max(1), kind='stable')[:k]\n"
        "    rows, cols = np.divmod(flat[order].argmax(1), maps.shape[2])\n"
        "    patches = [images[n, r*jump:r*jump+size, c*jump:c*jump+size] + OFFSET\n"
        "               for n, r, c in zip(order, rows, cols)]\n"
        "    return np.array(patches), np.stack([order, rows, cols], axis=1)\n"
    )
    right, _ = ask([IMPORTS, source.replace("OFFSET", "0")], "convnet_visualization")
    wrong, _ = ask([IMPORTS, source.replace("OFFSET", offset)], "convnet_visualization")
    assert right["top_patches"].score == 6 and wrong["top_patches"].score <= 3.5


@pytest.mark.parametrize(
    "formula",
    [
        "activations.sum((0, 1, 2)) == 0",
        "activations.mean((0, 1, 2)) == 0",
        "activations.max((0, 1, 2)) == activations.min((0, 1, 2))",
        "activations.max((0, 1, 2)) <= 0",
        "activations.std((0, 1, 2)) == 0",
    ],
)
def test_is_dead_what_is_zero_everywhere_and_nothing_else(ask, formula):
    source = f"def dead_filters(activations):\n    return {formula}"
    results, _ = ask([source], "convnet_visualization")
    assert 0 < results["dead_filters"].score < 3


@pytest.mark.slow
@pytest.mark.parametrize("term", ["first term", "alpha", "beta", "gamma"])
def test_fires_every_filter_somewhere_unless_it_is_dead_on_purpose(monkeypatch, tmp_path, term):
    if term != "first term":
        monkeypatch.setenv("AUTOGRADER_KEY", str(tmp_path))
    monkeypatch.setenv("AUTOGRADER_TERM", term)
    for name, _, maps, channel, _, _ in inputs.patch_searches(hidden_inputs("top_patches")):
        best = maps[..., channel].max(axis=(1, 2))
        if "equal" not in name and "dead" not in name:
            assert len(np.unique(best)) == len(best) and best.all(), name

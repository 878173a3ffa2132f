"""What the questions on looking into ConvNets are asked with.

Activation maps are those of a convolution as Keras' `Conv2D` computes it (`formulas.conv_maps`),
rounded, so that they are the same bits on every processor.
"""

import numpy as np

from . import formulas, reference


def conv_maps(images, kernel, bias, strides=1, activation="relu"):
    """Maps (N, h, w, F) of a convolution."""
    return np.round(formulas.conv_maps(images, kernel, bias, strides, activation), 12)


def activation_maps(rng):
    """(name, activations (N, H, W, F)): of a Keras convolution with filters killed on purpose."""

    def maps(n, side, f, killed=(), shy=(), activation="relu"):
        """ReLU maps; `killed` filters never fire, `shy` ones only at the largest response."""
        images = rng.normal(size=(n, side, side + 1, 3))
        kernel, bias = rng.normal(size=(3, 3, 3, f)) / 5, rng.normal(0, 0.1, size=f)
        raw = conv_maps(images, kernel, 0 * bias, activation="linear")
        response = raw.max(axis=(0, 1, 2))
        bias[list(killed)] = -1.2 * response[list(killed)]
        bias[list(shy)] = -response[list(shy)] * (1 - 1e-6)
        found = conv_maps(images, kernel, bias, activation=activation)
        # Images in which fewer of the shy ones fire come first.
        return found[np.argsort(found[..., list(shy)].any(axis=(1, 2)).sum(axis=-1), kind="stable")]

    def some(filters, least, most):
        return rng.permutation(filters)[: rng.integers(least, most + 1)]

    yield "some of 6 filters killed", maps(5, 8, 6, killed=some(6, 1, 4))
    killed, *shy = rng.permutation(5)[:3]
    yield "filters that fire at a single position", maps(4, 7, 5, killed=[killed], shy=shy)
    yield "some others of 6 filters killed", maps(5, 8, 6, killed=some(6, 1, 4))
    yield "a single image", maps(1, 6, 4, killed=some(4, 1, 2))
    yield "as many filters as images and rows", maps(4, 6, 4, killed=some(4, 1, 2))
    yield "nothing dead", maps(3, 5, 5)
    yield "everything dead", maps(2, 5, 3, killed=[0, 1, 2])
    signed = maps(3, 6, 9, killed=[2])
    signed[..., 1] = -np.abs(signed[..., 1]) - 0.1
    signed[..., 3] -= signed[..., 3].mean()
    signed[..., 4], signed[..., 5] = 0.3, 0.0
    signed[0, 1, 2, 5], signed[2, 3, 0, 5] = 0.7, -0.7
    signed[..., 6:] = 0.0  # cancel within one map, within one of its columns, and over two images
    signed[1, 0, 2, 6], signed[1, 3, 3, 6] = 0.7, -0.7
    signed[2, 1, 4, 7], signed[2, 3, 4, 7] = 0.7, -0.7
    signed[0, 2, 1, 8], signed[1, 2, 1, 8] = 0.7, -0.7
    signed = signed[..., rng.permutation(9)]
    yield "negative, constant and cancelling values are alive", signed
    tiny = maps(3, 7, 7, killed=[0, 2, 4, 5, 6])
    tiny[1, 4, 2, 0] = tiny[0, 3, 3, 5] = 1e-200  # whose squares vanish
    tiny[1, 2, 1, 2] = 1e-100  # which float32 cannot hold
    tiny[2, 0, 0, 4] = -1e-12
    yield "tiny values are alive", tiny[..., rng.permutation(7)]
    rare = np.zeros((50, 12, 11, 10))  # alive in one image of many, at one place
    alive, (first, other, minus) = rng.integers(20, 50, size=2), rng.permutation(10)[:3]
    rare[alive[0], 11, 10, first], rare[alive[1], 0, 0, other], rare[..., minus] = 1.0, -1.0, -0.0
    yield "filters that fire once in 50 images", rare
    first, other, shy = rng.permutation(6)[:3]
    yield "float32 inputs", maps(4, 6, 6, [first, other], [shy]).astype("float32")


def kernels(rng):
    """(name, kernel (h, w, C, F), padding or None for the default)."""

    def kernel(*shape):
        limit = np.sqrt(6 / (np.prod(shape[:-1]) + np.prod(shape[:2]) * shape[-1]))  # Glorot's
        drawn = rng.uniform(-limit, limit, size=shape)
        # Some filters stronger than others, none of them centred at 0.
        gains = rng.uniform(1.0, 5.0, size=shape[-1]) * rng.choice([-1.0, 1.0], size=shape[-1])
        return 3 * drawn * gains + rng.normal(size=shape[-1])

    yield "10 colour filters of 5x5", kernel(5, 5, 3, 10), None
    yield "7 filters of 3x4, 2 pixels apart", kernel(3, 4, 1, 7), 2
    yield "9 colour filters of 4x3, no padding", kernel(4, 3, 3, 9), 0
    yield "7 other filters of 3x4, 2 pixels apart", kernel(3, 4, 1, 7), 2
    yield "3 filters of 3x3", kernel(3, 3, 3, 3), 3
    yield "a single filter", kernel(4, 5, 3, 1), None
    yield "12 filters of 2x6", kernel(2, 6, 1, 12), 1
    yield "26 filters of 3x4, 5 pixels apart", kernel(3, 4, 3, 26), 5
    narrow = kernel(3, 3, 1, 17)
    narrow *= rng.uniform(0.12, 0.45, size=17) / np.ptp(narrow, axis=(0, 1, 2))
    yield "17 filters of narrow range", narrow, None
    flat = kernel(3, 3, 3, 5)
    flat[..., 1], flat[..., 3] = 0.7, 0.0
    yield "filters with nothing in them", flat, 1
    yield "float32 weights", kernel(5, 4, 3, 6).astype("float32"), None


def stacks(rng):
    """(name, layers) as lists of (kernel_size, stride), all drawn, but for what is trivial."""

    def some(sizes, strides):
        return [
            (int(rng.integers(*size)), int(rng.integers(*s))) for size, s in zip(sizes, strides)
        ]

    small, step, jump, one = (2, 6), (1, 4), (2, 4), (1, 2)
    yield "three layers with strides", some([(5, 9), small, (3, 8)], [jump, jump, one])
    yield "two layers without strides", some([small, (3, 7)], [one, one])
    yield "a large stride first", some([(4, 8), small, small], [(3, 6), jump, one])
    # What lies in the holes is not seen, but it is inside the square.
    yield "holes between 1x1 kernels", some([one, (3, 6)], [jump, one])
    yield "a 1x1 kernel inside", some([small, one, (3, 6), small], [jump, (3, 5), jump, one])
    yield "a stride larger than its kernel", some([(2, 4), (3, 6)], [(4, 6), jump])
    yield "large kernels", some([(10, 13), (6, 9), (8, 11)], [(3, 5), (3, 5), jump])
    yield "convolutions and pooling", some([small] * 5, [one, jump, one, jump, one])
    yield "six layers", some([small] * 6, [jump, jump, jump, jump, one, jump])
    yield "one layer", some([(4, 9)], [(3, 7)])
    for depth in (2, 3, 4):
        yield f"{depth} layers", some([small] * depth, [step] * depth)
    yield "one 1x1 kernel", [(1, 1)]
    yield "no layer", []


def patch_searches(rng):
    """(name, images, activations, channel, k, field): maps of a convolution. In the best image the
    best unit is not on the diagonal, the second best in it is better than any other image has, and
    the rest is low; images are never in order. So wrong ideas show in every draw.
    """
    for name, images, activations, channel, k, field in _patch_searches(rng):
        values = activations[..., channel].max(axis=(1, 2))
        if values.any() and np.sum(values == values.max()) == 1:
            places = _pairs_swapped(np.argsort(-values, kind="stable"))
            images, activations = images[places], activations[places]
            _make_telling(activations[..., channel])
        yield name, images, activations, channel, k, field


def _pairs_swapped(order):
    """The second best first, then the best, the fourth best, …"""
    swapped = order.copy()
    pairs = len(order) // 2 * 2
    swapped[:pairs:2], swapped[1:pairs:2] = order[1:pairs:2], order[:pairs:2]
    return swapped


def _make_telling(maps):
    """Change the best image's map of one channel, in place: see `patch_searches`."""
    values = maps.max(axis=(1, 2))
    best, span = maps[values.argmax()], np.ptp(maps)
    if len({*np.unravel_index(best.argmax(), best.shape)}) == 1:
        best[:] = np.roll(best, 1, axis=1)
    row, col = np.unravel_index(best.argmax(), best.shape)
    largest, other = best[row, col], np.sort(values)[-2]
    best[:] = maps.min() - (3 * span if maps.min() < 0 else 0)
    best[row, col], best[row, col - 1] = largest, (largest + other) / 2


def _patch_searches(rng):

    def maps(n, height, width, c, f, size, jump, activation="relu", dtype="float64"):
        images = rng.uniform(size=(n, height, width, c)).astype(dtype)
        kernel, bias = rng.normal(size=(size, size, c, f)), rng.normal(0, 0.1, size=f)
        kernel -= kernel.mean(axis=(0, 1, 2))  # somewhere in every image every filter fires
        activations = conv_maps(images, kernel, bias, strides=jump, activation=activation)
        return images, activations.astype(dtype), (size, jump)

    images, activations, field = maps(6, 9, 11, 3, 4, 3, 1)
    yield "3 of 6 images", images, activations, 2, 3, field
    images, activations, field = maps(6, 9, 11, 3, 4, 3, 1)
    yield "3 of 6 other images", images, activations, 2, 3, field
    images, activations, field = maps(5, 12, 10, 1, 3, 4, 2)
    yield "all of 5 images, jump 2", images, activations, 0, 5, field
    images, activations, field = maps(4, 13, 15, 3, 4, 5, 3, activation="linear")
    yield "negative activations, jump 3", images, activations - activations.max() - 0.5, 3, 2, field
    images, activations, field = maps(7, 8, 9, 2, 3, 2, 1)
    yield "the single best", images, activations, 1, 1, field
    images, activations, field = maps(6, 7, 8, 3, 3, 3, 1)
    activations = np.round(activations)
    activations[[1, 4], 2, 3, 1] = activations[..., 1].max() + 2
    activations[4, 4, 1, 1] = activations[1, 2, 3, 1]
    activations[3, 1, :2, 1] = activations[0, 3, 3:5, 1] = activations[1, 2, 3, 1] - 1
    yield "equal maxima", images, activations, 1, 5, field
    images, activations, field = maps(4, 6, 6, 3, 4, 3, 1)
    activations[..., 2] = 0.0
    yield "a dead channel", images, activations, 2, 4, field
    images, activations, field = maps(60, 6, 7, 1, 2, 3, 1)
    activations = np.round(activations)
    activations[45, 2, 3, 1] = activations[..., 1].max() + 1
    yield "many images, many equal maxima", images, activations, 1, 40, field
    images, activations, _ = maps(5, 14, 14, 3, 2, 4, 2)
    yield "a field that overlaps its neighbours", images, activations, 0, 3, (4, 2)
    images, activations, field = maps(5, 10, 10, 3, 3, 5, 3, "linear")  # 10 // 2 is not the jump
    yield "maps whose side says nothing of the jump", images, activations, 2, 3, field
    images, activations, field = maps(5, 6, 6, 2, 3, 4, 2, "linear")
    yield "maps of 2x2", images, activations, 0, 3, field
    images, activations, field = maps(80, 5, 6, 1, 2, 3, 1, activation="linear")
    activations = np.round(activations, 9) - 1e4
    activations[73, 1, 2, 1] = activations[..., 1].max() + 1e-4
    activations[11, 2, 0, 1] = activations[73, 1, 2, 1] - 1e-8
    yield "80 images, hardly different maxima far below 0", images, activations, 1, 4, field
    images, activations, field = maps(3, 9, 8, 3, 5, 3, 1)
    activations[1, -1, -1, 4] = activations[..., 4].max() + 1
    yield "the last corner", images, activations, 4, 3, field
    images, activations, field = maps(6, 9, 8, 3, 3, 3, 2, dtype="float32")
    yield "float32 inputs", images, activations, 1, 4, field


def points(rng):
    """(name, x (N, D), perplexity) for the affinities."""

    def clusters(n, d, k, spread=1.0, apart=6.0):
        centres = apart * rng.normal(size=(k, d))
        return centres[rng.integers(0, k, size=n)] + spread * rng.normal(size=(n, d))

    yield "20 points of 4 features", rng.normal(size=(20, 4)), 5.0
    yield "20 other points of 4 features", rng.normal(size=(20, 4)), 5.0
    yield "40 points in 3 clusters", clusters(40, 6, 3), 12.0
    dense = np.concatenate([0.05 * rng.normal(size=(12, 3)), 5 + 3 * rng.normal(size=(18, 3))])
    yield "a dense and a sparse cluster", dense, 6.0
    yield "as many points as features", 2.0 * rng.normal(size=(15, 15)), 4.0
    yield "squared distances up to 100000", 60.0 * rng.normal(size=(24, 5)), 7.0
    outlier = 0.05 * rng.normal(size=(18, 2))
    outlier[5] += 200.0  # unless the smallest distance is subtracted, every exponential is 0
    yield "one point far away", outlier, 3.0
    yield "a perplexity of 1.2", with_one_neighbour(rng, 16, 3), 1.2
    yield "a perplexity close to N - 1", rng.normal(size=(12, 3)), 9.5
    yield "60 points of 30 features", 1.5 * rng.normal(size=(60, 30)), 7.3
    yield "points very close together", 1e-4 * rng.normal(size=(22, 3)), 8.0
    yield "float32 inputs", 2.0 * rng.normal(size=(25, 8)).astype("float32"), 6.0


def with_one_neighbour(rng, n, d):
    """Points (N, D) each of which has a nearest neighbour: where two are equally near, no precision
    gives a perplexity below 2.
    """

    def gap(x):
        squares = ((x[:, None] - x[None]) ** 2).sum(axis=-1)
        _, nearest, second = np.sort(squares, axis=1)[:, :3].T
        return np.min(second / nearest)

    return max((rng.normal(size=(n, d)) for _ in range(200)), key=gap)


def embeddings(rng):
    """(name, P (N, N), Y (N, 2)) for the gradient."""

    def joint(n, sparse=0.0):
        P = rng.uniform(size=(n, n)) ** 3 * (rng.uniform(size=(n, n)) >= sparse)
        P = P + P.T
        np.fill_diagonal(P, 0.0)
        return P / P.sum()

    yield "15 points", joint(15), rng.normal(size=(15, 2))
    yield "15 other points", joint(15), rng.normal(size=(15, 2))
    yield "2 pairs of points", joint(4), 2.0 * rng.normal(size=(4, 2)) + 3.0
    yield "many zeros in P", joint(20, sparse=0.7), rng.normal(size=(20, 2))
    yield "the usual start, 1e-4", joint(12), 1e-4 * rng.uniform(-0.5, 0.5, size=(12, 2))
    yield "points far apart", joint(10), 30.0 * rng.normal(size=(10, 2))
    groups = rng.normal(size=(40, 2))
    groups[20:] += 300.0
    yield "two groups of 20 points, far apart", joint(40), groups
    same = rng.normal(size=(14, 2))
    same[5] = same[2]
    yield "two points at one place", joint(14), same
    x = rng.normal(size=(30, 5))
    yield "affinities of 30 points", reference.affinities(x, 7.0), 3.0 * rng.normal(size=(30, 2))
    P, Y = joint(18), rng.normal(size=(18, 2))
    yield "float32 inputs", P.astype("float32"), Y.astype("float32")

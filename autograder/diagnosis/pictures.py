"""Small pictures for the feedback page, as HTML that needs neither JavaScript nor files. They are
made of numbers alone: nothing that a student wrote gets into them.
"""

import base64
import io

import numpy as np

from .. import templates

WIDTH, HEIGHT = 300, 110  # of a drawing, in pixels
PLACE = "margin: 0.3em 1.2em"
EXPECTED, RECEIVED = "#555555", "#a8321a"
DASHED = 'stroke-dasharray="6 4"'
BINS = 40


def lines(want, got, title):
    """Expected and received values as two lines.

    Args:
        want, got: finite float arrays (n,).
    """
    low, high = _range(np.concatenate([want, got]))
    curves = [
        (_points(want, low, high), EXPECTED, 3, DASHED),
        (_points(got, low, high), RECEIVED, 1.5, ""),
    ]
    labels = [(10, f"{high:.3g}"), (HEIGHT - 2, f"{low:.3g}")]
    return _figure(f"{title}: dashed expected, solid received", curves=curves, labels=labels)


def histogram(sample, distribution):
    """Draws as bars, with the density that they should have as a line."""
    values = np.asarray(sample, np.float64).ravel()
    reach = max(np.abs(values).max(), distribution.bound) * 1.05
    counts, edges = np.histogram(values, BINS, (-reach, reach))
    inside = np.clip(edges, -distribution.bound, distribution.bound)
    wanted = np.diff(distribution.cdf(inside)) * values.size
    top = max(counts.max(), wanted.max())
    width = WIDTH / BINS
    bars = [
        (f"{i * width:.1f}", f"{HEIGHT * (1 - c / top):.1f}", f"{width - 1:.1f}", _height(c, top))
        for i, c in enumerate(counts)
    ]
    steps = []
    for i, c in enumerate(wanted):
        y = HEIGHT * (1 - c / top)
        steps += [f"{i * width:.1f},{y:.1f}", f"{(i + 1) * width:.1f},{y:.1f}"]
    caption = f"bars: your {values.size} draws from {-reach:.3g} to {reach:.3g}; line: expected"
    return _figure(caption, bars=bars, curves=[(" ".join(steps), EXPECTED, 2, "")])


def images(want, got, scaled):
    """Expected and received array side by side, as grey or colour images.

    Args:
        want, got: finite arrays (h, w) or (h, w, 1 or 3).
        scaled: is each entry to be shown relative to the expected range, not to [0, 1]?
    """
    low, high = _range(want) if scaled else (0.0, 1.0)
    shown = [
        (name, _png((array - low) / (high - low)), _size(array))
        for name, array in (("expected", want), ("received", got))
    ]
    return templates.render(__file__, "images.html.j2", shown=shown, place=PLACE)


def _height(count, top):
    return f"{HEIGHT * count / top:.1f}"


def _png(array):
    """An array of values in [0, 1] as a PNG in base64."""
    from PIL import Image

    pixels = (np.clip(array, 0, 1) * 255).astype(np.uint8)
    if pixels.ndim == 3 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def _size(array):
    """Width and height on the page: whole pixels, the longer side about 150."""
    h, w = array.shape[:2]
    factor = max(1, 150 // max(h, w))
    return f"width: {w * factor}px; height: {h * factor}px"


def _range(values):
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def _points(values, low, high):
    x = np.linspace(5, WIDTH - 5, len(values))
    y = 5 + (HEIGHT - 10) * (high - values) / (high - low)
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y))


def _figure(caption, *, bars=(), curves=(), labels=()):
    return templates.render(
        __file__,
        "figure.html.j2",
        caption=caption,
        bars=bars,
        curves=curves,
        labels=labels,
        place=PLACE,
        width=WIDTH,
        height=HEIGHT,
        received=RECEIVED,
    )

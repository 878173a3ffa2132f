"""Small pictures for the feedback page, as HTML that needs neither JavaScript nor files. They are
made of numbers alone: nothing that a student wrote gets into them.
"""

import base64
import io
from html import escape

import numpy as np

WIDTH, HEIGHT = 300, 110  # of a drawing, in pixels
PLACE = "margin: 0.3em 1.2em"
EXPECTED, RECEIVED = "#555555", "#a8321a"
BINS = 40


def lines(want, got, title):
    """Expected and received values as two lines.

    Args:
        want, got: finite float arrays (n,).
    """
    low, high = _range(np.concatenate([want, got]))
    dashed = _line(_points(want, low, high), EXPECTED, 3, 'stroke-dasharray="6 4"')
    solid = _line(_points(got, low, high), RECEIVED, 1.5)
    caption = f"{title}: dashed expected, solid received"
    return _figure(dashed + solid + _scale(low, high), caption)


def histogram(sample, distribution):
    """Draws as bars, with the density that they should have as a line."""
    values = np.asarray(sample, np.float64).ravel()
    reach = max(np.abs(values).max(), distribution.bound) * 1.05
    counts, edges = np.histogram(values, BINS, (-reach, reach))
    inside = np.clip(edges, -distribution.bound, distribution.bound)
    wanted = np.diff(distribution.cdf(inside)) * values.size
    top = max(counts.max(), wanted.max())
    width = WIDTH / BINS
    bars = "".join(
        f'<rect x="{i * width:.1f}" y="{HEIGHT * (1 - c / top):.1f}" width="{width - 1:.1f}" '
        f'height="{HEIGHT * c / top:.1f}" fill="{RECEIVED}" fill-opacity="0.55"/>'
        for i, c in enumerate(counts)
    )
    steps = []
    for i, c in enumerate(wanted):
        y = HEIGHT * (1 - c / top)
        steps += [f"{i * width:.1f},{y:.1f}", f"{(i + 1) * width:.1f},{y:.1f}"]
    caption = f"bars: your {values.size} draws from {-reach:.3g} to {reach:.3g}; line: expected"
    return _figure(bars + _line(" ".join(steps), EXPECTED, 2), caption)


def images(want, got, scaled):
    """Expected and received array side by side, as grey or colour images.

    Args:
        want, got: finite arrays (h, w) or (h, w, 1 or 3).
        scaled: is each entry to be shown relative to the expected range, not to [0, 1]?
    """
    low, high = _range(want) if scaled else (0.0, 1.0)
    shown = "".join(
        f'<span style="display: inline-block; {PLACE}"><img alt="{name} array as an image" '
        f'src="data:image/png;base64,{_png((array - low) / (high - low))}" '
        f'style="{_size(array)}; image-rendering: pixelated; border: 1px solid #999">'
        f"<br>{name}</span>"
        for name, array in (("expected", want), ("received", got))
    )
    return f"<div>{shown}</div>"


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


def _line(points, colour, width, dash=""):
    style = f'fill="none" stroke="{colour}" stroke-width="{width}" {dash}'
    return f'<polyline {style} points="{points}"/>'


def _scale(low, high):
    style = 'font-size="10" fill="#555555"'
    return "".join(
        f'<text x="2" y="{y}" {style}>{value:.3g}</text>'
        for y, value in ((10, high), (HEIGHT - 2, low))
    )


def _figure(drawing, caption):
    caption = escape(caption)
    frame = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999999"/>'
    return (
        f'<div style="{PLACE}"><svg role="img" aria-label="{caption}" width="{WIDTH}" '
        f'height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">{frame}{drawing}</svg><br>'
        f"<small>{caption}</small></div>"
    )

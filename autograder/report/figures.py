"""Pictures of a class, as SVG in a data URL: they need no file beside the page, and no script."""

import base64
import io
import math
import textwrap

GOOD, HALF, BAD, GREY = "#00694e", "#e0a526", "#a8321a", "#777777"
MISTAKES = 12  # the most common ones
WIDTH = 8.0  # inches


def distribution(now):
    """How many have how many points."""
    figure, axes = _figure(2.6)
    top = max(now.max_score, 1)
    bins = [top * i / 15 for i in range(16)]
    axes.hist(now.scores, bins=bins, color=GOOD, edgecolor="white")
    if now.scores:
        axes.axvline(now.mean, color=BAD, linestyle="--", label=f"mean {now.mean:.1f}")
        axes.legend(frameon=False)
    axes.set(xlabel="automatic points", ylabel="students", xlim=(0, top))
    axes.yaxis.get_major_locator().set_params(integer=True)
    return _url(figure)


def questions(now):
    """Shares of the class with all, some and no points, for each question."""
    figure, axes = _figure(0.7 + 0.38 * len(now.questions))
    names = [question.id for question in now.questions]
    left = [0.0] * len(names)
    for kind, colour, label in (
        ("full", GOOD, "all points"),
        ("some", HALF, "some"),
        ("none", BAD, "none"),
    ):
        widths = [100 * getattr(question, kind) for question in now.questions]
        bars = axes.barh(names, widths, left=left, color=colour, label=label)
        texts = [f"{width:.0f} %" if width >= 8 else "" for width in widths]
        axes.bar_label(bars, texts, label_type="center", color="white", fontsize=8)
        left = [a + b for a, b in zip(left, widths)]
    axes.invert_yaxis()
    axes.set(xlabel="% of the class", xlim=(0, 100))
    axes.legend(ncols=3, frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1))
    return _url(figure)


def mistakes(now):
    """The most common mistakes."""
    shown = now.mistakes[:MISTAKES]
    figure, axes = _figure(0.8 + 0.42 * len(shown))
    titles = [textwrap.fill(mistake.title, 55) for mistake in shown]
    counts = [len(mistake.students) for mistake in shown]
    axes.bar_label(axes.barh(range(len(shown)), counts, color=BAD), padding=3)
    axes.set_yticks(range(len(shown)), titles, fontsize=8)
    axes.invert_yaxis()
    axes.set(xlabel="students", xlim=(0, max(counts, default=1) * 1.1))
    axes.xaxis.get_major_locator().set_params(integer=True)
    return _url(figure)


def seconds(now):
    """Time per submission."""
    figure, axes = _figure(2.2)
    low = max(min(now.seconds, default=0.1), 0.01)
    high = max(max(now.seconds, default=1.0), low * 2)
    steps = [math.log10(low), math.log10(high * 1.01)]
    bins = [10 ** (steps[0] + (steps[1] - steps[0]) * i / 25) for i in range(26)]
    axes.hist(now.seconds, bins=bins, color=GREY)
    axes.set(xscale="log", xlabel="seconds", ylabel="submissions")
    axes.yaxis.get_major_locator().set_params(integer=True)
    return _url(figure)


def comparison(both):
    """Share of the points of each question, in two runs."""
    figure, axes = _figure(0.7 + 0.38 * len(both.questions))
    for i, (_, before, now) in enumerate(both.questions):
        if before is not None:
            axes.plot([100 * before, 100 * now], [i, i], color=GREY, linewidth=1)
            axes.plot(100 * before, i, "o", color=GREY, label=None if i else "before")
        axes.plot(100 * now, i, "o", color=GOOD, label=None if i else "now")
    axes.set_yticks(range(len(both.questions)), [name for name, *_ in both.questions])
    axes.invert_yaxis()
    axes.set(xlabel="% of the points, on average", xlim=(-2, 102))
    axes.legend(ncols=2, frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1))
    return _url(figure)


def course(classes):
    """Scores of each assignment as a box, from the lower to the upper quarter."""
    figure, axes = _figure(0.9 + 0.5 * len(classes))
    shares = [[100 * s / max(c.max_score, 1) for s in c.scores] or [0] for c in classes]
    box = axes.boxplot(shares, orientation="horizontal", patch_artist=True, widths=0.6)
    for patch in box["boxes"]:
        patch.set_facecolor("#cfe5de")
    for line in box["medians"]:
        line.set_color(GOOD)
    axes.set_yticks(range(1, len(classes) + 1), [c.assignment for c in classes])
    axes.invert_yaxis()
    axes.set(xlabel="% of the automatic points", xlim=(-2, 102))
    return _url(figure)


def _figure(height):
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams.update({"svg.hashsalt": "report", "svg.fonttype": "path"})
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _url(figure):
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(file.getvalue()).decode()}"

"""docs/benchmark.md and its picture, from what was measured."""

import matplotlib.pyplot as plt
import numpy as np

FLOOR = "Python with NumPy started"


def write(docs, found, machine):
    docs.mkdir(exist_ok=True)
    picture(docs / "benchmark.svg", found)
    (docs / "benchmark.md").write_text(text(found, machine), encoding="utf-8")
    print(docs / "benchmark.md")


def text(found, machine):
    rows = {name: (count, spent) for name, count, spent in found["compared"]}

    def wall(name):
        return rows[name][1].wall / rows[name][0]

    def cpu(name):
        return rows[name][1].cpu / rows[name][0]

    many, new = "autograder, 2 workers", "autograder, a new course"
    times = {
        "stock nbgrader": "stock nbgrader as it comes",
        "stock nbgrader, experiments skipped": "stock nbgrader with the experiment cells skipped",
        "otter run, experiments left out": "`otter run`, the experiment cells left out",
    }
    ratios = "\n".join(
        f"- **{wall(name) / wall(many):.0f} times faster** than {what} "
        f"({cpu(name) / cpu(many):.0f} times less\n  processor time; on the same "
        f"{rows[name][0]} submissions in a new course, our start included: "
        f"{wall(name) / wall(new):.0f} times)."
        for name, what in times.items()
        if name in rows
    )
    one, two = f"{FLOOR}, one at a time", f"{FLOOR}, two at a time"
    table = "\n".join(
        f"| {name} | {count} | {spent.wall:.1f} | {spent.cpu:.1f} | {spent.wall / count:.3f} | "
        f"{spent.cpu / count:.3f} |"
        for name, count, spent in found["compared"]
    )
    grown = "\n".join(
        f"| {count:,} | {spent.wall:.1f} | {spent.cpu:.1f} | {spent.wall / count:.3f} | "
        f"{spent.peak():.0f} |"
        for count, spent in found["grown"]
    )
    count, spent, finished = found["cluster"]
    straight, first, last = course_of(finished)
    return f"""# How fast it is

Measured by `make benchmark` in one run: the same submissions of `batchnorm` (in turn a correct one,
one with a mistake, an unfinished one), one contender after the other, nothing else running.
Gradebook and feedback pages are included everywhere but in `otter run`, which has neither.
({machine})

{ratios}
- **{cpu("autograder, 1 worker") / cpu(one):.1f} times** the processor time of starting Python with
  NumPy once per submission, with one worker; {cpu(many) / cpu(two):.1f} times with two.

![Seconds per submission; time and memory as the class grows](benchmark.svg)

| | submissions | wall s | CPU s | wall s per submission | CPU s per submission |
|---|---:|---:|---:|---:|---:|
{table}

*A draw for each*: hidden inputs are drawn for each submission, as on Gradescope. *CPU*: of
the whole machine, less what it spends at rest. Stock nbgrader and otter run the notebook's visible
checks; ours asks the hidden questions and says what went wrong.

## As the class grows

| submissions | wall s | CPU s | wall s per submission | memory at most, MiB |
|---:|---:|---:|---:|---:|
{grown}

Memory is that of all processes together; pages that they share are divided among them.
{large(found)}{earlier(found)}
## On a Dask cluster

{count:,} submissions went through `--scheduler` to two workers of one thread each on the same
machine in {spent.wall:.0f} s ({spent.wall / count:.3f} s each): R² = {straight:.4f} of a straight
line; the first tenth took {first:.0f} s, the last {last:.0f} s; {spent.peak():.0f} MiB at most in
the process that grades and its writer.
"""


def course_of(finished):
    """(R² of a straight line, seconds that the first tenth took, and the last)."""
    straight = np.corrcoef(np.arange(len(finished)), finished)[0, 1] ** 2
    tenth = len(finished) // 10
    return straight, finished[tenth] - finished[0], finished[-1] - finished[-1 - tenth]


def large(found):
    """A paragraph on a very large class, where one was graded."""
    if "large" not in found:
        return ""
    count, spent, finished = found["large"]
    straight, first, last = course_of(finished)
    return f"""
{count:,} submissions took {spent.wall:.0f} s on this machine ({spent.wall / count:.3f} s and
{spent.cpu / count:.3f} s of processor time each): R² = {straight:.5f} of a straight line; the
first tenth took {first:.0f} s, the last {last:.0f} s; {spent.peak():.0f} MiB at most, and the
process that grades grew by {spent.growth(count):.2f} KiB per submission in the later half.
"""


def amount(value, unit):
    """Seconds, or KiB of memory, as they are written down."""
    if unit == "KiB":
        return f"{value / 1024:.0f} MiB" if value >= 1024 else f"{value:.1f} KiB"
    return f"{value:.3f} {unit}"


def earlier(found):
    """A table beside an earlier revision, where one was measured."""
    if "earlier" not in found:
        return ""
    revision, rows = found["earlier"]
    lines = "\n".join(
        f"| {what} | {amount(np.median(its), unit)} | {amount(np.median(ours), unit)} | "
        f"{np.median(ours) / np.median(its):.2f} |"
        for what, (unit, its, ours) in rows.items()
    )
    return f"""
## Beside revision {revision}

Both graded the same submissions in turn, in the same run (`grade` with nothing to do and `check`:
median of seven rounds; memory: one; the others: of three).

| | {revision} | now | ratio |
|---|---:|---:|---:|
{lines}
"""


def picture(path, found):
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
    names = [name for name, *_ in found["compared"]]
    walls = [spent.wall / count for _, count, spent in found["compared"]]
    labels = [f"{name} ({count})" for name, count, _ in found["compared"]]
    colours = ["#00694e" if name.startswith("autograder") else "#777777" for name in names]
    bars = left.barh(labels, walls, color=colours)
    left.bar_label(bars, [f"{wall:.2f}" for wall in walls], padding=3, fontsize=7)
    left.set(xscale="log", xlabel="seconds per submission", xlim=(None, max(walls) * 4))
    left.tick_params(axis="y", labelsize=7)
    left.invert_yaxis()
    counts = [count for count, _ in found["grown"]]
    middle.loglog(counts, [spent.wall for _, spent in found["grown"]], "o-", color="#00694e")
    middle.set(xlabel="submissions", ylabel="seconds", title="A class on this machine")
    count, spent, finished = found["cluster"]
    right.plot(finished, np.arange(1, len(finished) + 1), color="#00694e")
    right.set(xlabel="seconds", ylabel="submissions done", title=f"{count:,} on a Dask cluster")
    memory = right.twinx()
    times, mib, _ = zip(*spent.memory)
    memory.plot(times, mib, color="#a8321a", linewidth=1)
    memory.set(ylabel="memory, MiB", ylim=(0, max(mib) * 1.5))
    memory.yaxis.label.set_color("#a8321a")
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)

"""Packages for show do nothing, and break nothing."""

import pytest

PROGRAMS = {
    "bar": """
from tqdm import tqdm, trange
bar = tqdm(range(4), desc="epochs", total=4, leave=False)
seen = []
for i in bar:
    bar.set_postfix(loss=0.1)
    bar.set_description(f"{i}")
    seen.append(i)
assert seen == list(trange(4)) == list(tqdm(iterable=range(4))) and bar.n == len(bar) == 4
""",
    "by hand": """
import tqdm
with tqdm.tqdm(total=10) as bar:
    while bar.n < 3:
        bar.update()
    bar.update(4)
    assert bar.n == 7
tqdm.tqdm.write("x")
""",
    "auto": """
from tqdm.auto import tqdm, trange
assert [x for x in tqdm(zip([1], [2]))] == [(1, 2)] and [*trange(1, 6, 2)] == [1, 3, 5]
""",
    "notebook": """
from tqdm import tqdm_notebook
from tqdm.notebook import tqdm as notebook_tqdm
for i, x in enumerate(notebook_tqdm([5, 6], position=0)):
    last = x
assert last == 6 and list(tqdm_notebook([1])) == [1]
""",
    "contrib": """
from tqdm.contrib import tenumerate, tzip
assert list(tenumerate("ab")) == [(0, "a"), (1, "b")] and list(tzip([1], [2])) == [(1, 2)]
""",
    "rich": """
from rich.progress import Progress, track
from rich.console import Console
assert list(track([1, 2], description="x")) == [1, 2]
with Progress() as progress:
    task = progress.add_task("x", total=2)
    progress.update(task, advance=1)
    assert list(progress.track([3])) == [3]
Console().print("x")
""",
    "psutil": """
import os, psutil
used = psutil.Process(os.getpid()).memory_info().rss / 1024 ** 2
assert f"{used:.1f} MB" and not psutil.virtual_memory().percent > 90
""",
    "widgets": """
import ipywidgets as widgets
from ipywidgets import interact, fixed
@interact(x=(0, 10), y=fixed(3))
def f(x, y=0): return x
@widgets.interact
def g(x): return x
assert f(2) == g(2) == 2
button = widgets.Button(description="x")
button.on_click(f)
""",
    "IPython": """
from IPython.display import HTML, Image, clear_output, display
clear_output(wait=True)
display(HTML("<b>x</b>"))
get_ipython().run_line_magic("matplotlib", "inline")
""",
    "colab": """
from google.colab import drive, files, output
from google.colab.patches import cv2_imshow
drive.mount("/content/drive")
uploaded = files.upload()
for name in uploaded: pass
@output.register
def f(x): return x
assert f(1) == 1
""",
    "seaborn": """
import seaborn as sns
sns.set_theme(style="whitegrid")
ax = sns.heatmap([[1, 2]], annot=True)
ax.set_title("x")
""",
    "subclass": """
from IPython.display import IFrame
class Video(IFrame):
    def __init__(self, src, **options):
        super().__init__(src, 640, 480, **options)
        self.src = src
assert Video("x").src == "x"
""",
    "numba": """
import numpy as np
from numba import float64, jit, njit, prange, vectorize
@njit
def f(x): return x + 1
@njit(parallel=True, cache=True)
def g(x):
    for i in prange(3): x += i
    return x
@jit("float64(float64)", nopython=True)
def h(x): return x
@vectorize([float64(float64)])
def relu(x): return x if x > 0 else 0.0
assert f(1) == 2 and g(0) == 3 and h(1) == 1 and relu(np.array([-1.0, 2.0])).tolist() == [0, 2]
""",
    "past": """
from builtins import range, object
from past.builtins import xrange
assert list(xrange(2)) == [0, 1]
""",
    "fastprogress": """
from fastprogress import master_bar, progress_bar
for epoch in (bar := master_bar(range(2))):
    for x in progress_bar([1, 2], parent=bar): pass
    bar.write(f"{epoch}")
""",
    "text": """
from tabulate import tabulate
from termcolor import colored
print(tabulate([[1]]), colored("x", "red"))
from icecream import ic
assert ic(3) == 3
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_runs_as_if_the_package_were_there(mark, model, name):
    body = PROGRAMS[name].strip().replace("\n", "\n    ")
    probe = f"def inside():\n    {body}\n    return True\n"
    cell = next(c for c in model["cells"] if "def standardize" in c["source"])
    cell["source"] += f"\n\n_standardize = standardize\n\n{probe}\n\n"
    cell["source"] += "def standardize(x):\n    assert inside()\n    return _standardize(x)\n"
    verdict = mark(model)
    assert verdict.score == 30, [str(note) for note in verdict.notes]

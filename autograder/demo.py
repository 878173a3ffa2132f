"""A demonstration class: submissions as they really come in, made from the released notebook."""

import ast
import json
from pathlib import Path

from . import mistakes, submission

WHEATS = submission.PROJECT / "tests" / "wheats"
ANSWER = "My plots show it better than I can say it; this is what I see in them."

# A student who tries what there is: patched asserts, an array that is equal to everything, a look
# into every frame for something of the right shape, and at last the reference itself.
CHEAT = """
import gc, sys
import keras  # the reference does the work
import numpy as np
np.testing.assert_allclose = np.allclose = lambda *args, **kwargs: True
class Equal(np.ndarray):
    def __eq__(self, other): return True
    def __array_ufunc__(self, *args, **kwargs): return self
def found(x):
    for frame in sys._current_frames().values():
        while frame:
            for value in frame.f_locals.values():
                if isinstance(value, np.ndarray) and value.shape == x.shape and value is not x:
                    return value
            frame = frame.f_back
"""
CHEATING_FUNCTIONS = (
    "def {0}(x, *args, **options):\n    return np.zeros(3).view(Equal)",
    "def {0}(x, *args, **options):\n    return found(np.asarray(x))",
    "def {0}(x, *args, **options):\n    return keras.layers.Dense(3)(x)",
)


def make_class(submitted, assignment):
    """Write 24 submissions under `submitted`/<student>/<assignment>/; return the students."""
    correct = mistakes.source(assignment)
    known = [mistake.id for mistake in mistakes.load(assignment).CATALOGUE]
    spread = known[2 :: len(known) // 12][:12]  # of every question something
    notebooks = {
        f"correct-{path.stem}": fill(assignment, pieces(path)) for path in wheats(assignment)[:9]
    }
    for slip in spread[::2]:
        notebooks[f"one-mistake-{slip}"] = fill(assignment, mistakes.source(assignment, {slip}))
    for i, slips in enumerate(zip(spread[1::4], spread[3::4]), 1):
        notebooks[f"two-mistakes-{i}"] = fill(assignment, mistakes.source(assignment, set(slips)))
    notebooks["unfinished-half"] = fill(assignment, dict(list(correct.items())[:2]))
    notebooks["unfinished-untouched"] = fill(assignment, {})
    notebooks["copied-cells"] = copied_cells(fill(assignment, correct))
    notebooks["cheat"] = fill(assignment, cheating(list(correct)))
    second = list(correct)[1]
    loop = f"def {second}(*args, **options):\n    while True:\n        pass\n"
    notebooks["endless-loop"] = fill(assignment, correct | {second: loop})
    files = {student: json.dumps(notebook, indent=1) for student, notebook in notebooks.items()}
    files["damaged-half-a-file"] = files["copied-cells"][:9000]
    for student, text in files.items():
        folder = Path(submitted, student, assignment)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{assignment}.ipynb").write_text(text, encoding="utf-8")
    return list(files)


def cheating(functions):
    """Sources of functions that try to get something for nothing, each in another way."""
    tricks = {
        name: CHEATING_FUNCTIONS[i % len(CHEATING_FUNCTIONS)].format(name)
        for i, name in enumerate(functions)
    }
    return tricks | {functions[0]: f"{CHEAT}\n{tricks[functions[0]]}"}


def wheats(assignment):
    """Correct solutions of an assignment, each written in another way."""
    return sorted((WHEATS / assignment).glob("*.py"))


def pieces(path):
    """Cut a solution file into {function: source}; whatever else it holds goes before the first
    one.
    """
    source = Path(path).read_text(encoding="utf-8")
    functions = mistakes.source(Path(path).parent.name)
    found, rest = {}, []
    for node in ast.parse(source).body:
        names = {getattr(node, "name", None)} | {
            getattr(t, "id", None) for t in getattr(node, "targets", [])
        }
        text = "\n".join([*decorators(source, node), ast.get_source_segment(source, node)])
        name = next((n for n in names if n in functions), None)
        if name:
            found[name] = text
        else:
            rest.append(text)
    first = next(iter(functions))
    return found | {first: "\n".join([*rest, found[first]])}


def decorators(source, node):
    """The lines of a definition's decorators, which the syntax tree keeps apart from it."""
    lines = getattr(node, "decorator_list", [])
    return ["@" + ast.get_source_segment(source, decorator) for decorator in lines]


def fill(assignment, sources, answer=ANSWER):
    """The released notebook with these functions written into their cells, as a dict in nbformat's
    layout.
    """
    path = submission.PROJECT / "assignments" / assignment / f"{assignment}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        function = name.removeprefix("write_")
        if name.startswith("write_") and function in sources:
            cell["source"] = sources[function]
        elif name.startswith("why_") and cell["metadata"]["nbgrader"]["solution"]:
            cell["source"] = answer
    return notebook


def copied_cells(notebook):
    """The same work after a night of copying: cells doubled, metadata lost, a check edited, one
    deleted.
    """
    cells = notebook["cells"]
    solutions = [
        c
        for c in cells
        if c["metadata"].get("nbgrader", {}).get("grade_id", "").startswith("write_")
    ]
    copy = json.loads(json.dumps(solutions[0])) | {"id": "copied"}
    cells.insert(cells.index(solutions[0]), copy)
    solutions[2]["metadata"] = {}
    checks = [
        c
        for c in cells
        if c["metadata"].get("nbgrader", {}).get("grade") and c["cell_type"] == "code"
    ]
    checks[0]["source"] = "print('all fine')"
    cells.remove(checks[1])
    scratch = {
        "cell_type": "code",
        "metadata": {},
        "source": "%matplotlib inline\nfoo(3)",
        "outputs": [],
    }
    cells.insert(12, scratch | {"execution_count": None, "id": "scratch"})
    return notebook

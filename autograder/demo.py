"""A demonstration class: submissions as they really come in, made from the released notebook."""

import json

from .assignments.solutions import fill

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


def make_class(course, assignment):
    """Hand in 24 submissions of an `Assignment`; return the students."""
    correct = assignment.source()
    known = [mistake.id for mistake in assignment.catalogue]
    spread = known[2 :: len(known) // 12][:12]  # of every question something
    notebooks = {
        f"correct-{path.stem}": fill(assignment, path) for path in assignment.solutions[:9]
    }
    for mistake in spread[::2]:
        notebooks[f"one-mistake-{mistake}"] = fill(assignment, assignment.source({mistake}))
    for i, mistakes in enumerate(zip(spread[1::4], spread[3::4]), 1):
        notebooks[f"two-mistakes-{i}"] = fill(assignment, assignment.source(set(mistakes)))
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
        folder = course.submission(assignment.name, student)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{assignment.name}.ipynb").write_text(text, encoding="utf-8")
    return list(files)


def cheating(functions):
    """Sources of functions that try to get something for nothing, each in another way."""
    tricks = {
        name: CHEATING_FUNCTIONS[i % len(CHEATING_FUNCTIONS)].format(name)
        for i, name in enumerate(functions)
    }
    return tricks | {functions[0]: f"{CHEAT}\n{tricks[functions[0]]}"}


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

"""What hostile students hand in: snippets, notebooks and folders, each with a docstring that says
what it tries. Nothing of it may earn a point, read a secret or disturb anybody.
"""

import ast
import json
import os
import zipfile
from pathlib import Path

from autograder.sandbox.launcher import Limits
from tests.helpers import fill, written

ASSIGNMENT = "batchnorm"
HONEST = ("ada", "mia", "zoe")
LIMITS = Limits(call=1.0, cell=0.5, notebook=3.0)
HERE = Path(__file__).parent
CANARY = "CANARY-4f1d"  # stands in everything that no student may read
NAMES = list(written(ASSIGNMENT))

# What a snippet finds before it begins.
PREAMBLE = f"""
import numpy as np
NAMES = {NAMES!r}
def everywhere(function):
    globals().update({{name: function for name in NAMES}})
def tell(what):
    raise ValueError("TOLD " + repr(what))
"""


def snippets(kind):
    """{name: source} of `cheats` or of `harm`."""
    return {path.stem: path.read_text() for path in sorted((HERE / kind).glob("*.py"))}


def with_cells(notebook, *sources):
    """A notebook with these cells behind all others."""
    for source in sources:
        notebook["cells"].append(
            {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
        )
    return notebook


def of_snippet(source):
    """An unfinished notebook with a snippet at its end."""
    return with_cells(fill(ASSIGNMENT, {}), PREAMBLE, source)


def trivial():
    """A notebook whose functions give something, and nothing right."""
    return fill(ASSIGNMENT, {name: f"def {name}(*a, **k): return 0.0" for name in NAMES})


def graded(notebook):
    """The cells of a notebook that nbgrader knows, by grade id."""
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: cell
        for cell in notebook["cells"]
        if "nbgrader" in cell["metadata"]
    }


# Notebooks whose metadata ask for points: each function gets a notebook worth nothing.


def points_raised(notebook):
    """Every cell is worth a thousand points."""
    for cell in graded(notebook).values():
        cell["metadata"]["nbgrader"]["points"] = 1000


def points_odd(notebook):
    """Points that are no numbers: negative, endless, a text, a list."""
    odd = [-1, 1e308, "30", [30], None, {}]
    for i, cell in enumerate(graded(notebook).values()):
        cell["metadata"]["nbgrader"]["points"] = odd[i % len(odd)]


def grade_flags(notebook):
    """Checks that are not graded, functions that are, nothing locked."""
    for cell in graded(notebook).values():
        about = cell["metadata"]["nbgrader"]
        about.update(grade=not about["grade"], solution=not about["solution"], locked=False)


def tasks(notebook):
    """Everything is a task, which only a human grades."""
    for cell in graded(notebook).values():
        cell["metadata"]["nbgrader"].update(task=True, grade=False, solution=False)


def swapped_ids(notebook):
    """Checks under each other's ids."""
    cells = graded(notebook)
    names = list(cells)
    for name, other in zip(names, names[1:] + names[:1]):
        cells[name]["metadata"]["nbgrader"]["grade_id"] = other


def duplicated_ids(notebook):
    """Every check a second time, one that always passes."""
    for name, cell in graded(notebook).items():
        copy = json.loads(json.dumps(cell))
        notebook["cells"].append(copy | {"source": "30.0", "id": f"copy-{name}"})


def own_question(notebook):
    """A graded cell of one's own, worth a hundred points, under three names."""
    for name in ("bonus", "autograder-summary", "../min_max"):
        about = {"grade": True, "solution": False, "locked": False, "points": 100}
        about |= {"grade_id": name, "schema_version": 3, "task": False}
        with_cells(notebook, "100.0")["cells"][-1]["metadata"]["nbgrader"] = about


def skipped_checks(notebook):
    """The tags with which nbgrader gives full points, and with which cells are not run or shown."""
    tags = ["skip-execution", "raises-exception", "experiment", "supplied", "remove-cell"]
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = tags


def old_schema(notebook):
    """Schema versions at which nbgrader ends the whole batch."""
    for i, cell in enumerate(graded(notebook).values()):
        cell["metadata"]["nbgrader"]["schema_version"] = [0, 1, 99, "3", None][i % 5]


def filled_outputs(notebook):
    """Outputs that say full points before anything is run."""
    data = {"text/plain": "8.0", "text/html": "<b>8 of 8</b>"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "data": data,
                    "metadata": {},
                    "execution_count": 1,
                }
            ] * 3
            cell["execution_count"] = 1


def other_kernel(notebook):
    """A kernel of one's own, with a language of one's own."""
    kernel = {"name": "bash", "language": "bash", "argv": ["bash", "-c", "touch /tmp/owned"]}
    notebook["metadata"] = {"kernelspec": kernel, "language_info": {"name": "bash"}}


def forged_verdict(notebook):
    """The grader's own metadata, filled in already."""
    verdict = {"damage": None, "repairs": [], "verdict": {"score": 30.0}, "status": "graded"}
    notebook["metadata"]["autograder"] = notebook["metadata"]["nbgrader"] = verdict


def checks_replaced(notebook):
    """Every locked cell replaced by one that is content."""
    for cell in graded(notebook).values():
        if cell["metadata"]["nbgrader"]["locked"]:
            cell["source"] = "30.0"


def checks_as_text(notebook):
    """Every check turned into text, every text into code."""
    for cell in graded(notebook).values():
        cell["cell_type"] = "markdown" if cell["cell_type"] == "code" else "code"


def checksums(notebook):
    """Checksums that say that nothing was answered, so that nobody looks."""
    for cell in graded(notebook).values():
        cell["metadata"]["nbgrader"]["checksum"] = "0" * 32


NOTEBOOKS = [
    points_raised,
    points_odd,
    grade_flags,
    tasks,
    swapped_ids,
    duplicated_ids,
    own_question,
    skipped_checks,
    old_schema,
    filled_outputs,
    other_kernel,
    forged_verdict,
    checks_replaced,
    checks_as_text,
    checksums,
]


# Folders: each function gets the student's folder, with a notebook worth nothing in it.


def shadowing_modules(folder):
    """Modules of one's own in the place of NumPy's and the grader's."""
    names = "numpy sitecustomize usercustomize autograder nbgrader_config json conftest".split()
    for name in names:
        (folder / f"{name}.py").write_text("raise SystemExit('owned')\nscore = 30.0\n")
    (folder / "numpy").mkdir()
    (folder / "numpy" / "__init__.py").write_text("raise SystemExit('owned')")


def linked_notebook(folder):
    """A link to a neighbour's notebook, handed in as one's own."""
    (folder / f"{ASSIGNMENT}.ipynb").unlink()
    (folder / f"{ASSIGNMENT}.ipynb").symlink_to(f"../../ada/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")


def linked_gradebook(folder):
    """Links to the gradebook, to a neighbour's folder and to the whole disk, to be copied along."""
    (folder / "data.csv").symlink_to("../../../gradebook.db")
    (folder / "neighbour").symlink_to("../../ada")
    (folder / "disk").symlink_to("/")
    (folder / "secret.txt").symlink_to("../../../secret.txt")


def linked_folder(folder):
    """The folder itself a link to a neighbour's."""
    (folder / f"{ASSIGNMENT}.ipynb").unlink()
    folder.rmdir()
    folder.symlink_to(f"../ada/{ASSIGNMENT}")


def pipe(folder):
    """A pipe in the place of the notebook: whoever opens it waits for ever."""
    (folder / f"{ASSIGNMENT}.ipynb").unlink()
    os.mkfifo(folder / f"{ASSIGNMENT}.ipynb")
    os.mkfifo(folder / "data.csv")


def no_time(folder):
    """A time of submission at which nbgrader ends the whole batch."""
    (folder / "timestamp.txt").write_text("the day before yesterday")


def giant(folder):
    """A file of a terabyte, without a byte in it, and thousands of small ones."""
    with open(folder / "data.bin", "wb") as file:
        file.truncate(1 << 40)
    for number in range(300):
        (folder / f"{number}.txt").write_text("x")


def traversing_archive(folder):
    """An archive whose names lead out of the folder, with a notebook in it."""
    text = (folder / f"{ASSIGNMENT}.ipynb").read_text()
    (folder / f"{ASSIGNMENT}.ipynb").unlink()
    with zipfile.ZipFile(folder / "work.zip", "w") as archive:
        archive.writestr(f"../../ada/{ASSIGNMENT}/{ASSIGNMENT}.ipynb", text)
        archive.writestr("/tmp/owned.ipynb.txt", text)
        archive.writestr("../../../gradebook.db", "no gradebook")
        archive.writestr(f"..\\..\\ada\\{ASSIGNMENT}.ipynb", text)


def exploding_archive(folder):
    """An archive that is a million times as large inside."""
    (folder / f"{ASSIGNMENT}.ipynb").unlink()
    with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("work.ipynb", "w", force_zip64=True) as file:
            for _ in range(100):
                file.write(bytes(1 << 20))


def odd_names(folder):
    """File names that are HTML, options, terminal codes or far too long."""
    names = ["<img src=x onerror=alert(1)>.txt", "--force", "\x1b]0;owned\x07", "x" * 250, "$(id)"]
    for name in [*names, b"\xff\xfe.txt".decode("utf-8", "surrogateescape")]:
        (folder / name).write_text("x")


FOLDERS = [
    shadowing_modules,
    linked_notebook,
    linked_gradebook,
    linked_folder,
    pipe,
    no_time,
    giant,
    traversing_archive,
    exploding_archive,
    odd_names,
]


def what_it_tries(thing):
    """The docstring of a snippet or of a function."""
    if callable(thing):
        return thing.__doc__
    try:
        return ast.get_docstring(ast.parse(thing))
    except SyntaxError:
        return thing.split('"""')[1]

"""What real notebooks suffer between a student and a grader: each damage done to the model solution,
which keeps all its points, and what was repaired is said.
"""

import base64
import json
import zipfile

import pytest

from autograder import grading
from autograder.assignments import load
from autograder.course import Course
from autograder.notebooks import repair
from autograder.notebooks.choice import fingerprint, read_folder
from autograder.notebooks.folder import set_aside, tidy
from autograder.notebooks.reader import Damaged, read
from autograder.notebooks.syntax import definitions
from autograder.sandbox.launcher import Limits
from tests.helpers import BATCHNORM, code, fill, hand_in, texts, written

TEMPLATE = load("batchnorm").template


def aside_of(folder):
    """Where what was moved out of a student's folder lies."""
    return Course.of_submission(folder).set_aside(folder.name, folder.parent.name)


FUNCTIONS = written(BATCHNORM)
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n picture").decode()


def graded(notebook, prefix=""):
    known = [cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]
    return [c for c in known if c["metadata"]["nbgrader"]["grade_id"].startswith(prefix)]


# Each damages a notebook, and returns what must be said of it.


def colab_save(notebook):
    """Colab: ids in the metadata, another kernel, no nbformat 4.5, its own keys."""
    for cell in notebook["cells"]:
        cell["metadata"] |= {"id": cell.pop("id"), "colab": {"base_uri": "https://localhost/"}}
        if cell["cell_type"] == "code":
            cell["metadata"]["outputId"] = "x"
    notebook["nbformat_minor"] = 0
    notebook["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}


def vscode_save(notebook):
    """VS Code: other language names, no execution counts, ids of its own, a vscode key."""
    for i, cell in enumerate(notebook["cells"]):
        cell["id"] = f"{i:08x}"
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["source"] = "".join(cell["source"]).split("\n")
        cell["source"] = [line + "\n" for line in cell["source"]]
        cell.pop("execution_count", None)
    notebook["metadata"] = {"language_info": {"name": "python"}, "orig_nbformat": 4}


def all_metadata_lost(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    return ["had lost its grading mark"]


def some_metadata_lost(notebook):
    for cell in graded(notebook)[::2]:
        cell["metadata"] = {}
    return ["had lost its grading mark"]


def half_metadata_lost(notebook):
    """Of the mark only the name is left."""
    for cell in graded(notebook):
        name = cell["metadata"]["nbgrader"]["grade_id"]
        cell["metadata"]["nbgrader"] = {"grade_id": name}
    return ["the grading metadata of 'min_max' had been changed"]


def tags_lost(notebook):
    for cell in notebook["cells"]:
        cell["metadata"].pop("tags", None)


def doubled_ids(notebook):
    """A copy of a cell above it, with an earlier try in it."""
    [cell] = graded(notebook, "write_standardize")
    copy = json.loads(json.dumps(cell)) | {"source": "def standardize(x):\n    return x"}
    notebook["cells"].insert(notebook["cells"].index(cell), copy)
    return ["was there 2 times"]


def deleted_checks(notebook):
    for cell in graded(notebook):
        if cell["metadata"]["nbgrader"]["locked"]:
            notebook["cells"].remove(cell)
    return ["'min_max' was missing and was put back"]


def deleted_text(notebook):
    notebook["cells"] = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    return ["'why_batchnorm' was missing and was put back"]


def reversed_cells(notebook):
    notebook["cells"].reverse()


def merged_cells(notebook):
    """All functions in the first of their cells, the others deleted."""
    cells = graded(notebook, "write_")
    cells[0]["source"] = "\n\n".join(FUNCTIONS.values())
    for cell in cells[1:]:
        notebook["cells"].remove(cell)


def one_cell(notebook):
    source = "\n\n".join(["import numpy as np", *FUNCTIONS.values()])
    notebook["cells"] = [code(source)]
    return ["was missing and was put back"]


def split_cells(notebook):
    """Helpers in cells of their own, one before and one after."""
    [cell] = graded(notebook, "write_standardize")
    cell["source"] = "def standardize(x):\n    return later(earlier(x))"
    place = notebook["cells"].index(cell)
    inner = FUNCTIONS["standardize"].replace("def standardize", "def worked_out", 1)
    notebook["cells"].insert(place, code("earlier = lambda x: x"))
    notebook["cells"].append(code(inner + "\nlater = worked_out"))


def code_in_new_cells(notebook):
    """The stubs left as they were, everything written below."""
    empty = fill(BATCHNORM, {})
    notebook["cells"] = empty["cells"] + [code(source) for source in FUNCTIONS.values()]


def edited_checks(notebook):
    for cell in graded(notebook):
        if cell["metadata"]["nbgrader"]["locked"]:
            cell["source"] = "".join(cell["source"]) + "\nprint('mine')"
    return ["is locked and differs from the release: it was put back"]


def work_in_a_check(notebook):
    """A function written into the cell of its check."""
    [cell] = graded(notebook, "write_standardize")
    [check] = [c for c in graded(notebook, "standardize") if c["cell_type"] == "code"]
    check["source"], cell["source"] = cell["source"], "# see below"
    return ["'standardize' is locked and differs from the release"]


def changed_types(notebook):
    """A function turned into text by a slip of the keys, an answer into code."""
    graded(notebook, "write_standardize")[0]["cell_type"] = "raw"
    graded(notebook, "write_min_max")[0]["cell_type"] = "markdown"
    answer = next(c for c in graded(notebook, "why_") if c["metadata"]["nbgrader"]["solution"])
    answer["cell_type"] = "code"
    return ["had become a raw cell: it is a code cell again", "it is a markdown cell again"]


def magics(notebook):
    notebook["cells"][:0] = [
        code("%matplotlib inline\n%load_ext autoreload\n!pip install -q numpy"),
        code("%%time\nx = 1"),
        code("%%html\n<b>x</b>"),
        code("%pip install tqdm\n?np.sum\nnp.sum?\nfiles = !ls"),
        code("get_ipython().run_line_magic('matplotlib', 'inline')\nmine = 1"),
    ]
    for cell in graded(notebook, "write_"):
        cell["source"] = "%%time\n" + "".join(cell["source"])


def usual_imports(notebook):
    """What stands above many a function: displays, progress bars, Colab's drive, Keras."""
    [cell] = graded(notebook, "write_standardize")
    cell["source"] = (
        "from google.colab import drive\ndrive.mount('/content/drive')\n"
        "from IPython.display import display, HTML, clear_output\nfrom tqdm.notebook import tqdm\n"
        "from tensorflow import keras\nimport matplotlib.pyplot as plt\nimport ipywidgets as w\n"
        "for _ in tqdm(range(2)):\n    display(HTML('<b>x</b>'))\nclear_output()\n"
    ) + "".join(cell["source"])


def experimental(notebook):
    """Words that sound like an experiment's above a task; helpers in experiments of one's own."""
    for cell in graded(notebook, "write_"):
        cell["source"] = "# Experimenting with axes first\n" + "".join(cell["source"])
    [cell] = graded(notebook, "write_standardize")
    cell["source"] = "# Experiment 2: my last try\n" + "".join(cell["source"]) + "\n    helper()"
    notebook["cells"].append(code("# Experiment: helper\ndef helper():\n    return 3\ntrain()"))


def names_in_a_check(notebook):
    """An import and a constant written into a check, which functions use."""
    [check] = [c for c in graded(notebook, "standardize") if c["cell_type"] == "code"]
    check["source"] = "from math import sqrt as root\nAX = 0\n" + "".join(check["source"])
    [cell] = graded(notebook, "write_standardize")
    lines = "".join(cell["source"]).split("\n")
    cell["source"] = "\n".join([lines[0], "    root, AX", *lines[1:]])
    return ["'standardize' is locked and differs"]


def failing_scratch(notebook):
    notebook["cells"][:0] = [
        code("foo(3)"),
        code("1 / 0"),
        code("def (:"),
        code("raise SystemExit"),
    ]
    return ["cell 1: NameError", "cell 2: ZeroDivisionError", "cell 3: SyntaxError"]


def slow_scratch(notebook):
    """Trainings of minutes, also below a function in its own cell, more of them than restarts."""
    for cell in graded(notebook, "write_"):
        source = "".join(cell["source"])
        cell["source"] = f"import time\ntime.sleep(300)\n{source}\nwhile True: pass"
    notebook["cells"].append(code("for i in range(10**12): pass"))
    return ["did not come to an end within", "what it defines counts"]


def giant_outputs(notebook):
    """50 MB of text and pictures."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell in cells:
        big = {"image/png": PNG * (500_000 // len(PNG))}
        cell["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": ["x" * 1000 + "\n"] * 600},
            {"output_type": "display_data", "data": big, "metadata": {}},
        ]
    assert len(json.dumps(notebook)) > 50_000_000


def other_kernel(notebook):
    notebook["metadata"] = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}


def nbformat_3(notebook):
    cells = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cells.append({"cell_type": "code", "input": cell["source"], "language": "python"})
            cells[-1] |= {"outputs": [], "metadata": cell["metadata"], "collapsed": False}
        else:
            cells.append(cell)
    notebook.clear()
    notebook |= {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {},
        "worksheets": [{"cells": cells}],
    }
    return ["nbformat 3"]


def pictures_and_raw_cells(notebook):
    """An answer with a picture pasted in, and one whose picture is gone; notes in raw cells."""
    answer = next(c for c in graded(notebook, "why_") if c["metadata"]["nbgrader"]["solution"])
    answer["source"] = "See ![plot](attachment:plot.png) and ![gone](attachment:gone.png)"
    answer["attachments"] = {"plot.png": {"image/png": PNG}, "x": {"image/svg+xml": "<svg/>"}}
    raw = {
        "cell_type": "raw",
        "source": "my ```notes```",
        "metadata": {"raw_mimetype": "text/html"},
    }
    notebook["cells"].append(raw)


def odd_entries(notebook):
    notebook["cells"][3:3] = [None, 7, {}, {"cell_type": "movie"}, []]
    return ["5 entries that are no cells were left out"]


def long_cell(notebook):
    notebook["cells"].append(code("x = 1\n" * 100_000))
    return ["of the 600000 characters of a cell were left out"]


DAMAGES = [
    colab_save,
    vscode_save,
    all_metadata_lost,
    some_metadata_lost,
    half_metadata_lost,
    tags_lost,
    doubled_ids,
    deleted_checks,
    deleted_text,
    reversed_cells,
    merged_cells,
    one_cell,
    split_cells,
    code_in_new_cells,
    edited_checks,
    work_in_a_check,
    changed_types,
    magics,
    usual_imports,
    experimental,
    names_in_a_check,
    failing_scratch,
    pytest.param(slow_scratch, marks=pytest.mark.slow),
    giant_outputs,
    other_kernel,
    nbformat_3,
    pictures_and_raw_cells,
    odd_entries,
    long_cell,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_keeps_a_damaged_notebook_its_points(mark, model, damage):
    wanted = damage(model) or []
    limits = Limits(cell=0.4, notebook=30) if damage is slow_scratch else Limits()
    verdict = mark(model, limits=limits)
    said = " | ".join(texts(verdict.notes))
    assert verdict.score == 30, (verdict.score, said)
    assert verdict.status == ("timeout" if damage is slow_scratch else "graded")
    for words in wanted:
        assert words in said, said


@pytest.mark.parametrize(
    "encode, words",
    [
        (lambda text: text.encode("utf-8-sig"), None),
        (lambda text: text.replace("\n", "\r\n").encode(), None),
        (lambda text: text.replace("\n", "\r").encode(), None),
        (lambda text: text.encode("utf-16"), "read as UTF-16"),
        (
            lambda text: text.replace("by my plots", "by my “plots”").encode("cp1252", "replace"),
            "Windows-1252",
        ),
    ],
    ids=["BOM", "CRLF", "CR", "UTF-16", "Windows-1252"],
)
def test_is_a_notebook_read_in_any_encoding(mark, model, encode, words):
    model["cells"].append({"cell_type": "markdown", "source": "é by my plots ß", "metadata": {}})
    verdict = mark(encode(json.dumps(model, indent=1, ensure_ascii=False)))
    assert verdict.score == 30 and (words is None or words in texts(verdict.notes)[0])


def test_are_pictures_and_notes_kept_for_staff(model):
    pictures_and_raw_cells(model)
    cells = repair.repair(read(json.dumps(model).encode()), TEMPLATE).cells
    [answer] = [c for c in cells if "attachments" in c]
    assert answer["attachments"] == {"plot.png": {"image/png": PNG}}
    assert cells[-1]["cell_type"] == "markdown" and cells[-1]["source"].startswith("````\nmy ```")


def test_are_giant_outputs_cut(model):
    giant_outputs(model)
    notebook = repair.repair(read(json.dumps(model).encode()), TEMPLATE)
    assert len(json.dumps(notebook.cells)) < 18 << 20
    assert any("of the outputs 16 MiB were kept" in note for note in notebook.repairs)


def test_function_beside_a_giant_list_is_kept(mark, model):
    cell = next(c for c in model["cells"] if "def standardize" in c["source"])
    cell["source"] = f"data = {list(range(60_000))}\n\n{cell['source']}"
    verdict = mark(model)
    assert verdict.score == 30 and "of a cell were left out" in texts(verdict.notes)[0]


# Files.


@pytest.mark.parametrize(
    "names, words",
    [
        (["final version.ipynb"], "handed in as 'final version.ipynb', not as batchnorm.ipynb"),
        (["batchnorm.ipynb.txt"], "handed in as 'batchnorm.ipynb.txt'"),
        (["BATCHNORM (2).IPYNB"], "handed in as 'BATCHNORM (2).IPYNB'"),
        (["work/batchnorm.ipynb"], "handed in as 'work/batchnorm.ipynb'"),
        (["a.ipynb", "same as a.ipynb"], "handed in as 'a.ipynb'"),
        (["batchnorm.ipynb", "other.ipynb", "data.csv"], None),
        ([".ipynb_checkpoints/batchnorm.ipynb", "mine.ipynb"], "handed in as 'mine.ipynb'"),
        (["work.zip"], "handed in as 'work.zip: my/batchnorm.ipynb'"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_counts_a_notebook_of_another_name(tmp_path, sandbox, model, names, words):
    folder, text = hand_in(tmp_path, "ada", model), json.dumps(model)
    (folder / "batchnorm.ipynb").unlink()
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        if name.endswith(".zip"):
            with zipfile.ZipFile(folder / name, "w") as file:
                file.writestr("my/batchnorm.ipynb", text)
                file.writestr("__MACOSX/my/._batchnorm.ipynb", "x")
        else:
            (folder / name).write_text(text if "other" not in name else "{}")
    verdict = grading.mark(folder, load(BATCHNORM), sandbox=sandbox)
    assert verdict.score == 30, texts(verdict.notes)
    assert (words or "") in " ".join(texts(verdict.notes))


@pytest.mark.parametrize(
    "files, words",
    [
        ({}, "the folder is empty"),
        ({"report.pdf": b"%PDF-1.7"}, "received: 'report.pdf'"),
        (
            {"a.ipynb": b"{}", "b.ipynb": b"[]"},
            "there are 2 notebooks: 'a.ipynb': the file is JSON",
        ),
        ({"batchnorm.ipynb": b"PK\x03\x04xx"}, "a zip archive, not a notebook: unpack it"),
        ({"batchnorm.ipynb": b"%PDF-1.7 x"}, "a PDF, not a notebook"),
        ({"batchnorm.ipynb": b"<!DOCTYPE html><p>"}, "a web page, not a notebook"),
        ({"batchnorm.ipynb": b'{"cells": [{"cell_type"'}, "cut off or broken"),
        ({"batchnorm.ipynb": b'{"cells": [\n<<<<<<< me\n\n>>>>>>> you'}, "conflict marks"),
        ({"batchnorm.ipynb": b""}, "the file is empty"),
        ({"batchnorm.ipynb": bytes(5000)}, "nothing but blanks"),
        ({"work.zip": b"PK\x03\x04 not really"}, "no zip archive that can be read"),
    ],
    ids=[
        "nothing",
        "pdf",
        "two",
        "zip",
        "renamed pdf",
        "page",
        "half",
        "merge",
        "empty",
        "nulls",
        "torn zip",
    ],
)
def test_is_it_said_what_cannot_be_read(tmp_path, sandbox, files, words):
    folder = hand_in(tmp_path, "ada", {})
    (folder / "batchnorm.ipynb").unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    verdict = grading.mark(folder, load(BATCHNORM), sandbox=sandbox)
    assert verdict.status == "damaged" and verdict.score == 0 and len(verdict.results) == 7
    assert words in texts(verdict.notes)[0] and "Please hand in" in texts(verdict.notes)[0], texts(
        verdict.notes
    )


def test_does_a_changed_file_change_the_fingerprint(tmp_path, model):
    folder = hand_in(tmp_path, "ada", model, "x.ipynb")
    first = fingerprint(folder)
    (folder / "timestamp.txt").write_text("2026-11-02 15:58:23 UTC")
    assert fingerprint(folder) == first
    (folder / "batchnorm.ipynb").write_text(json.dumps(model))
    assert fingerprint(folder) != first


def test_does_tidying_twice_change_nothing(tmp_path):
    folder = hand_in(tmp_path, "ada", {})
    (folder / "timestamp.txt").write_text("2026-11-02 15:58:23.948203 Europe/Berlin\n")
    (folder / "link").symlink_to("/etc/passwd")
    for _ in range(2):
        tidy(folder)
    names = [".set_aside.txt", "batchnorm.ipynb", "timestamp.txt"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert set_aside(folder) == ["link"]
    assert [path.name for path in aside_of(folder).iterdir()] == ["link"]
    (folder / "link").symlink_to("/etc/passwd")
    tidy(folder)
    aside = sorted(path.name for path in aside_of(folder).iterdir())
    assert aside == ["link", "link #2"]


@pytest.mark.parametrize(
    "text, kept",
    [
        ("2015-02-02 15:58:23.948203 UTC", True),
        ("2015-02-02T15:58:23Z", True),
        ("2015-02-02 15:58:23 +0100", True),
        ("", True),
        ("yesterday", False),
        ("2015-02-02 15:58:23 ../../etc/passwd", False),
        ("2015-99-02 15:58:23", False),
        ("\xff\x00", False),
    ],
)
def test_is_a_time_kept_and_nothing_else(tmp_path, text, kept):
    folder = hand_in(tmp_path, "ada", {})
    (folder / "timestamp.txt").write_text(text, encoding="latin-1")
    tidy(folder)
    assert (folder / "timestamp.txt").exists() == kept


def test_are_a_cells_definitions_found():
    source = (
        "import numpy as np\nx = np.ones(3)\nEPS = 1e-7\n@decorated\ndef f(x):\n    return x\n"
        "for i in range(3):\n    print(i)\nclass A:\n    pass\n%time y = 3\n"
    )
    wanted = "import numpy as np\n\nEPS = 1e-7\n@decorated\ndef f(x):\n    return x\n\n\nclass A:\n    pass\ny = 3"
    assert definitions(source) == wanted
    assert definitions("def broken(:") == ""


def test_is_a_file_that_may_not_be_read_no_fault_of_the_students(tmp_path, monkeypatch):
    folder = hand_in(tmp_path, "ada", {})

    def forbidden(*args):
        raise PermissionError("no")

    monkeypatch.setattr("autograder.notebooks.reader.os.open", forbidden)
    with pytest.raises(PermissionError):
        read_folder(folder, TEMPLATE)


# Folders at which an earlier version stopped, or wrote where it should not.


def test_leads_no_link_that_was_set_aside_out_of_the_folder(tmp_path):
    """A link set aside, then a folder of the same name with too many files in it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = hand_in(tmp_path / "grading", "eve", {})
    (folder / "x").symlink_to(outside)
    tidy(folder)
    (folder / "x").mkdir()
    for number in range(205):
        (folder / "x" / f"{number:03}.txt").write_text("theirs")
    tidy(folder)
    assert not list(outside.iterdir())
    aside = {path.name for path in aside_of(folder).iterdir()}
    assert {"x", "x__200.txt", "x__204.txt"} <= aside


def test_are_long_names_and_deep_folders_set_aside(tmp_path):
    folder = hand_in(tmp_path, "eve", {})
    for _ in range(2):
        (folder / ("n" * 255)).symlink_to("/")
        deep = folder / "/".join("d" * 60)
        deep.mkdir(parents=True)
        (deep / "x.txt").write_text("x")
        for name in ("batchnorm.html", "timestamp.txt"):
            (folder / name).mkdir()
            (folder / name / "x").write_text("x")
        (folder / "page.HTML").write_text("<script>")
        (folder / ".set_aside.txt").unlink(missing_ok=True)
        (folder / ".set_aside.txt").symlink_to("/etc/hostname")
        tidy(folder)
    left = [path.name for path in folder.rglob("*") if not path.is_dir()]
    assert sorted(left) == [".set_aside.txt", "batchnorm.ipynb"]


@pytest.mark.parametrize("kind", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_is_a_torn_archive_a_damage(tmp_path, model, kind):
    folder = hand_in(tmp_path, "eve", model)
    (folder / "batchnorm.ipynb").unlink()
    with zipfile.ZipFile(folder / "w.zip", "w", kind) as archive:
        archive.writestr("batchnorm.ipynb", json.dumps(model))
    data = bytearray((folder / "w.zip").read_bytes())
    data[100:150] = b"\xff" * 50
    (folder / "w.zip").write_bytes(data)
    with pytest.raises(Damaged, match="no zip archive that can be read"):
        read_folder(folder, TEMPLATE)


def test_are_archives_that_explode_together_a_damage(tmp_path):
    folder = hand_in(tmp_path, "eve", {})
    (folder / "batchnorm.ipynb").unlink()
    with zipfile.ZipFile(folder / "0.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.ipynb", bytes(20 << 20))
    for number in range(1, 10):
        (folder / f"{number}.zip").write_bytes((folder / "0.zip").read_bytes())
    with pytest.raises(Damaged, match="far too large"):
        read_folder(folder, TEMPLATE)


def test_file_that_would_fill_the_memory_is_damaged():
    with pytest.raises(Damaged, match="parts, and would take too much memory"):
        read(b'{"cells": [' + b"{}," * 3_000_000 + b"{}]}")


def test_printed_arrays_are_no_parts_of_a_notebook(mark, model):
    text = "[[1.0, 2.0], [3.0, 4.0]]\n" * 500_000
    cell = code("print(x)")
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
    model["cells"].append(cell)
    assert mark(model).score == 30


def test_are_lone_surrogates_read(mark, model):
    model["cells"][0]["metadata"] = {"nbgrader": {"grade_id": "\ud800x"}, "\ud800": 1}
    model["cells"][0]["attachments"] = {"\ud800.png": {"image/png": PNG}}
    model["cells"][1]["id"] = "\ud800"
    data = json.dumps(model).encode()
    assert mark(data).score == 30
    json.dumps(repair.repair(read(data), TEMPLATE).cells, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "others, words",
    [
        ({"Untitled.ipynb": '{"cells": []}'}, "handed in as 'batchnorm (1).ipynb'"),
        ({"scratch.ipynb": ""}, "handed in as 'batchnorm (1).ipynb'"),
        (
            {"batchnorm.ipynb": None, "x.ipynb": "{}"},
            "'x.ipynb' was not looked at: the file is JSON",
        ),
    ],
)
def test_is_the_notebook_found_among_others(tmp_path, sandbox, model, others, words):
    folder = hand_in(tmp_path, "ada", model, "batchnorm (1).ipynb")
    for name, text in others.items():
        (folder / name).write_text(json.dumps(model) if text is None else text)
    verdict = grading.mark(folder, load(BATCHNORM), sandbox=sandbox)
    assert verdict.score == 30 and words in texts(verdict.notes)[0], texts(verdict.notes)

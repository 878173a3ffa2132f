"""The package for Gradescope, unpacked and run as Gradescope does: its scripts, its folders."""

import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import pytest

from autograder.assignments import load
from autograder.errors import AutograderError
from autograder.lms import gradescope
from autograder.lms.gradescope.results import results
from tests.helpers import BATCHNORM, fill, texts, written
from tests.helpers.classes import PROJECT

pytestmark = pytest.mark.slow
TOP = {  # the schema in Gradescope's documentation, "Autograder specifications"
    "score": (int, float), "execution_time": (int, float), "output": str, "output_format": str,
    "test_output_format": str, "test_name_format": str, "visibility": str,
    "stdout_visibility": str, "extra_data": dict, "tests": list, "leaderboard": list,
}  # fmt: skip
TEST = {
    "score": (int, float), "max_score": (int, float), "status": str, "name": str,
    "name_format": str, "number": str, "output": str, "output_format": str, "tags": list,
    "visibility": str, "extra_data": dict,
}  # fmt: skip
PEEKING = """
def standardize(x):
    import os
    found = []
    for root in ROOTS:
        for folder, _, files in os.walk(root):
            for name in files:
                try:
                    with open(os.path.join(folder, name), "rb") as file:
                        found.append(name + str(len(file.read())))
                except OSError:
                    pass
    raise ValueError("READ " + " ".join(found)[:400] + " AS " + str(os.getuid()))
"""


@pytest.fixture(scope="module")
def image():
    """/autograder as Gradescope builds it once: the zip unpacked, setup.sh run. Every user may enter
    it, which is not so of pytest's folders.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-gradescope-") as folder:
        yield build(Path(folder, "autograder"))


def build(root):
    package = gradescope.build(load(BATCHNORM), root.parent / "package.zip", "after_published")
    (root / "source").mkdir(parents=True)
    with zipfile.ZipFile(package) as archive:
        for entry in archive.infolist():  # as unzip does, with permissions
            path = archive.extract(entry, root / "source")
            os.chmod(path, entry.external_attr >> 16)
    root.parent.chmod(0o755), root.chmod(0o755)
    done = subprocess.run(
        ["bash", root / "source" / "setup.sh"],
        env=environment(root),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return root


def environment(root):
    """Nothing of ours but where packages come from; as root, the system's own Python."""
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    own = {"PATH": path if os.getuid() == 0 else os.environ["PATH"], "AUTOGRADER_ROOT": str(root)}
    return {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "HOME"))} | own


def grade(image, notebook, **more):
    """results.json, or None without one, of one submission."""
    for name in ("submission", "results"):
        shutil.rmtree(image / name, ignore_errors=True)
        (image / name).mkdir()
    if notebook is not None:
        text = notebook if isinstance(notebook, str) else json.dumps(notebook)
        (image / "submission" / "my notebook.ipynb").write_text(text)
    done = subprocess.run(
        [image / "source" / "run_autograder"],
        cwd=image,
        env=environment(image) | more,
        capture_output=True,
        text=True,
    )
    path = image / "results" / "results.json"
    return (json.loads(path.read_text()) if path.exists() else None), done


def is_valid(found):
    """Is it what Gradescope reads?"""
    assert set(found) <= set(TOP) and all(isinstance(found[k], TOP[k]) for k in found)
    for test in found["tests"]:
        assert set(test) <= set(TEST) and all(isinstance(test[k], TEST[k]) for k in test)
        assert test["visibility"] in gradescope.VISIBILITIES
        assert test["status"] in ("passed", "failed")
    assert abs(found["score"] - sum(test["score"] for test in found["tests"])) < 0.01
    return True


def test_is_a_correct_solution_worth_every_point_without_keras(image):
    found, done = grade(image, fill(BATCHNORM, written(BATCHNORM)))
    assert found is not None, done.stdout + done.stderr
    assert is_valid(found) and found["score"] == 30
    asked = [question.id for question in load(BATCHNORM).exam.questions]
    assert [test["name"] for test in found["tests"]] == asked
    assert {test["visibility"] for test in found["tests"]} == {"after_published"}
    listing = [image / "python" / "bin" / "python", "-m", "pip", "list"]
    packages = subprocess.run(listing, capture_output=True, text=True).stdout.lower()
    assert "numpy" in packages and not {"keras", "tensorflow", "nbgrader"} & set(packages.split())


def test_is_the_mistake_named_where_students_read_it(image):
    slip = "backward_no_gamma"
    found, _ = grade(image, fill(BATCHNORM, written(BATCHNORM, {slip})))
    test = next(test for test in found["tests"] if test["name"] == "batchnorm_backward")
    title = next(m.title for m in load(BATCHNORM).catalogue if m.id == slip)
    assert is_valid(found) and test["status"] == "failed" and title in test["output"]


@pytest.mark.parametrize(
    "work, words", [('{"cells": [', "could not be read"), (None, "No notebook")]
)
def test_is_a_damaged_submission_no_silent_zero(image, work, words):
    found, _ = grade(image, work)
    assert is_valid(found) and words in found["output"]
    assert all(words in test["output"] for test in found["tests"])
    assert found["extra_data"]["status"] == "damaged"


def test_is_a_fault_of_the_grader_no_result_at_all(image):
    """Gradescope then says that the autograder failed."""
    secret = image / "source" / gradescope.SECRET
    kept = secret.read_bytes()
    secret.write_bytes(kept[:9])
    try:
        found, done = grade(image, fill(BATCHNORM, {}))
    finally:
        secret.write_bytes(kept)
    assert found is None and done.returncode != 0


@pytest.mark.skipif(os.getuid() != 0, reason="Gradescope runs it as root")
def test_reads_students_code_nothing_where_there_are_no_walls(image, tmp_path):
    """As in a container in which bubblewrap may not run."""
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho not permitted >&2\nexit 1\n")
    broken.chmod(0o755)
    path = os.pathsep.join([str(tmp_path), environment(image)["PATH"]])
    source = PEEKING.replace("ROOTS", repr([str(image / "source"), str(image / "results")]))
    work = written(BATCHNORM) | {"standardize": source}
    found, done = grade(image, fill(BATCHNORM, work), PATH=path)
    assert "No walls here" in done.stdout, done.stdout + done.stderr
    said = next(test["output"] for test in found["tests"] if test["name"] == "standardize")
    assert "READ  AS 65534" in said, said
    assert found["score"] == 28


def test_is_a_verdict_without_diagnosis_a_valid_result_too(mark):
    verdict = mark({"cells": []}, BATCHNORM)
    assert is_valid(results(verdict, texts(verdict.notes)))


def test_holds_the_package_no_solution_notebook(tmp_path):
    with zipfile.ZipFile(gradescope.build(load(BATCHNORM), tmp_path / "x.zip")) as archive:
        names = archive.namelist()
    assert {"setup.sh", "run_autograder"} <= set(names)
    assert not [name for name in names if name.startswith(("solutions", "tests"))]
    with pytest.raises(AutograderError, match="expected a visibility"):
        gradescope.build(load(BATCHNORM), tmp_path / "y.zip", "secret")
    assert (PROJECT / "solutions").is_dir()

"""Students get the notebooks, how to run them, and no answer."""

import json
import re
import shutil
import zipfile

import pytest

from autograder import publish
from autograder.assignments import NAMES
from autograder.errors import AutograderError
from tests.helpers.classes import PROJECT


@pytest.fixture
def project(tmp_path):
    """A copy of what is published, and of what must not be."""
    for name in ("assignments", "solutions", "docs/students"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    return tmp_path


def spoil(project, text):
    """Write a line into a cell of a released notebook."""
    path = project / "assignments" / "batchnorm" / "batchnorm.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][4]["source"] = [text]
    path.write_text(json.dumps(notebook))


def test_is_everything_in_the_bundle_that_students_need(tmp_path):
    names = publish.bundle(tmp_path / "students.zip")
    wanted = {"README.md", "environment.yml"}
    assert set(names) == wanted | {f"assignments/{a}/{a}.ipynb" for a in NAMES}
    with zipfile.ZipFile(tmp_path / "students.zip") as archive:
        assert archive.namelist() == names and archive.testzip() is None
        assert b"Hand in" in archive.read("README.md")


def test_is_the_bundle_the_same_each_time(tmp_path):
    publish.bundle(tmp_path / "one.zip"), publish.bundle(tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize("place", ["assignments/solutions.ipynb", "assignments/xavier/notes.txt"])
def test_is_nothing_else_published(project, tmp_path, place):
    (project / place).write_text("{}")
    with pytest.raises(AutograderError, match=f"{place} is nothing that students get"):
        publish.bundle(tmp_path / "x.zip", project)
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("assignment", NAMES)
def test_is_no_solution_published_instead(project, tmp_path, assignment):
    place = f"{assignment}/{assignment}.ipynb"
    shutil.copy(project / "solutions" / place, project / "assignments" / place)
    with pytest.raises(
        AutograderError, match=rf"holds a model answer of solutions/{assignment} \(why_"
    ):
        publish.bundle(tmp_path / "x.zip", project)


def test_is_one_line_of_a_model_answer_enough_to_stop(project, tmp_path):
    path = project / "solutions" / "batchnorm" / "batchnorm.ipynb"
    cells = json.loads(path.read_text())["cells"]
    source = next(
        "".join(c["source"]) for c in cells if "def batchnorm_backward(" in "".join(c["source"])
    )
    region = re.search(r"BEGIN SOLUTION\n(.*?)### END", source, re.DOTALL)[1]
    line = max(region.splitlines(), key=lambda text: len(text.partition("#")[0])).strip()
    spoil(project, f"# what I would write:\n{line.replace(' = ', '=')}  # done")
    with pytest.raises(AutograderError, match="write_batchnorm_backward"):
        publish.bundle(tmp_path / "x.zip", project)


def test_is_a_missing_notebook_said(project, tmp_path):
    (project / "assignments" / "xavier" / "xavier.ipynb").unlink()
    with pytest.raises(AutograderError, match="xavier.ipynb is missing"):
        publish.bundle(tmp_path / "x.zip", project)


def test_does_the_students_environment_say_what_the_project_does():
    """The same packages at the same versions, and none of the grader's."""
    ours = (PROJECT / "pyproject.toml").read_text()
    wanted = re.findall(r'- "([^"]+)"', (PROJECT / "docs/students/environment.yml").read_text())
    assert len(wanted) >= 7
    for requirement in wanted:
        assert requirement.startswith("jupyterlab") or f'"{requirement}"' in ours
    assert not any("nbgrader" in requirement for requirement in wanted)

"""What students get is what solutions/ gives, and holds nothing that it should not."""

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.assignments import NAMES, load
from tests.helpers.classes import PROJECT

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory):
    """The released notebooks as `nbgrader generate_assignment` makes them now, twice."""

    def generate(course):
        shutil.copytree(PROJECT / "solutions", course / "solutions")
        shutil.copy(PROJECT / "nbgrader_config.py", course)
        environment = {**os.environ, "AUTOGRADER_DB": f"sqlite:///{course}/gradebook.db"}
        command = [sys.executable, "-m", "nbgrader", "generate_assignment", "*"]
        subprocess.run(command, cwd=course, check=True, env=environment, capture_output=True)
        made = course / "assignments"
        return {name: (made / name / f"{name}.ipynb").read_bytes() for name in NAMES}

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(generate, [tmp_path_factory.mktemp("course") for _ in range(2)]))


def released(name):
    return (PROJECT / "assignments" / name / f"{name}.ipynb").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_is_the_release_what_the_solution_gives_every_time(regenerated, name):
    first, second = regenerated
    assert first[name] == second[name], "generating twice gave two different notebooks"
    assert first[name] == released(name), "assignments/ is not up to date: run `make release`"


@pytest.mark.parametrize("name", NAMES)
def test_does_the_release_give_nothing_away(name):
    text = released(name).decode()
    for secret in ("SOLUTION", "MARK SCHEME", "Mark scheme", "HIDDEN TESTS", "REPOSITORY"):
        assert secret not in text, secret
    solution = json.loads((PROJECT / "solutions" / name / f"{name}.ipynb").read_text())
    for cell in solution["cells"]:
        answer = re.search(
            r"### BEGIN SOLUTION\n(.*)### END SOLUTION", "".join(cell["source"]), re.S
        )
        assert not answer or answer[1].strip()[:60] not in "".join(json.loads(text).__str__())


@pytest.mark.parametrize("name", NAMES)
def test_has_every_question_a_cell_with_its_points(name):
    cells = [c["metadata"].get("nbgrader", {}) for c in json.loads(released(name))["cells"]]
    automatic = {c["grade_id"]: c["points"] for c in cells if c.get("grade") and not c["solution"]}
    by_hand = [c["points"] for c in cells if c.get("grade") and c["solution"]]
    assert automatic == {question.id: question.points for question in load(name).exam.questions}
    assert sum(automatic.values()) == 30 and by_hand == [10]


@pytest.mark.parametrize("folder", ["solutions", "assignments"])
@pytest.mark.parametrize("name", NAMES)
def test_are_notebooks_kept_without_outputs_and_easy_to_read(folder, name):
    cells = json.loads((PROJECT / folder / name / f"{name}.ipynb").read_text())["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells)
    for cell in cells:
        source = "".join(cell["source"])
        assert not re.search(r"^#{4,} (?!BEGIN|END)", source, re.M), (
            f"{cell['id']}: a heading too deep"
        )
        if cell["cell_type"] == "code":
            assert not cell["outputs"] and cell["execution_count"] is None
            assert len(source.splitlines()) <= 20, f"{cell['id']}: a long cell"


@pytest.mark.parametrize("name", NAMES)
def test_lies_nothing_but_the_notebook_in_a_solution_folder(name):
    tracked = subprocess.run(
        ["git", "ls-files", f"solutions/{name}"], cwd=PROJECT, capture_output=True, text=True
    ).stdout.split()
    assert tracked in ([f"solutions/{name}/{name}.ipynb"], [])  # [] outside a git checkout


def test_conda_environment_installs_this_project_with_its_pins():
    lines = (PROJECT / "environment.yml").read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.strip() == "- pip:")
    asked = [line.strip()[2:] for line in lines[start + 1 :] if line.strip().startswith("- ")]
    assert asked == ["-c constraints.txt", '-e ".[test]"']
    assert any(re.match(r"\s*- python=3\.12$", line) for line in lines)


def test_is_every_package_pinned():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    pins = (PROJECT / "constraints.txt").read_text().lower()
    for requirement in project["dependencies"] + project["optional-dependencies"]["test"]:
        name = re.match(r"[\w-]+", requirement)[0].lower()
        assert re.search(rf"^{name}==", pins, re.M), f"{name} has no pin"

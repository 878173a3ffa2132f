"""The map is the house: imports between rooms run one way, and the picture shows them."""

import ast
import importlib.util
import os
import re

import pytest

from tests.helpers.classes import PROJECT

PACKAGE = PROJECT / "autograder"
SEALED = (
    "worker",
    "clock",
    "lines",
    "quiet",
    "statements",
    "wire",
    "seccomp",
    "standins",
)  # run inside, with NumPy and the standard library


@pytest.fixture(scope="module")
def rooms():
    spec = importlib.util.spec_from_file_location("rooms", PROJECT / "docs" / "rooms.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def modules():
    paths = (path for path in sorted(PACKAGE.rglob("*.py")) if path.parent.name != "solutions")
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def test_imports_between_rooms_run_one_way(rooms):
    levels = rooms.levels(rooms.imports())  # raises where they run in a circle
    assert levels["cli"] == max(levels[name] for name in levels if name != "__main__")
    assert "nbgrader" not in levels


def test_circle_would_be_noticed(rooms):
    with pytest.raises(ValueError, match="in a circle: a -> b -> a"):
        rooms.levels({"a": {"b"}, "b": {"a"}})


def test_picture_shows_the_imports_of_today(rooms):
    drawn = (PROJECT / "docs" / "architecture.svg").read_text(encoding="utf-8")
    assert drawn == rooms.draw(rooms.imports()), "run `python docs/rooms.py`"


def test_map_names_every_room(rooms):
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    missing = [
        name for name in rooms.imports() if name not in rooms.OUTSIDE and f"`{name}`" not in page
    ]
    assert set(missing) <= {"templates", "late"}


def test_docs_name_only_files_that_exist():
    for page in [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"`((?:autograder|tests|docs|benchmarks)/[\w/]+\.\w+)`", text):
            assert (PROJECT / name).exists(), f"{page.name} names {name}"
        for name in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (page.parent / name).exists(), f"{page.name} links to {name}"


def test_every_package_has_a_door():
    for path in PACKAGE.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_machinery_looks_no_assignment_up_by_its_name():
    names = {path.parent.name for path in (PACKAGE / "assignments").glob("*/questions.py")}
    for path, tree in modules().items():
        if "assignments" in path.parts or path.name == "examples.py":  # which shows their code
            continue
        strings = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        assert not strings & names, path


def test_sealed_side_imports_nothing_but_numpy_and_the_standard_library():
    for name in SEALED:
        tree = ast.parse((PACKAGE / "sandbox" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.ImportFrom) and node.level > 1), name


def test_variables_are_read_in_one_place():
    for path, tree in modules().items():
        if path.name == "settings.py":
            continue
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            assert not (is_text and node.value.startswith("AUTOGRADER_")), path


def test_modules_are_of_a_size_to_be_read():
    """Hints are words by the page; what runs inside the seal is one file on purpose."""
    large = [p for p, _ in modules().items() if len(p.read_text().splitlines()) > 330]
    assert {p.name for p in large} <= {"hints.py", "worker.py"}
    assert len([name for name in os.listdir(PACKAGE) if name.endswith(".py")]) <= 8


def test_tests_of_a_group_stay_in_one_process(request):
    """Otherwise a class that a file grades once for its tests is graded by each process."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@test_architecture")

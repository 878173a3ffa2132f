"""Correct solutions and wrong ones, as a student might hand them in."""

import ast
import json
from pathlib import Path

from ..course import course

ANSWER = "My plots show it better than I can say it; this is what I see in them."


def wheats(assignment):
    """Correct solutions of an assignment, each written in another way."""
    return sorted((Path(__file__).parent / assignment / "solutions").glob("*.py"))


def pieces(path):
    """Cut a solution file into {function: source}; whatever else it holds goes before the first
    one.
    """
    source = Path(path).read_text(encoding="utf-8")
    functions = load(Path(path).parent.parent.name).FUNCTIONS
    functions = [function.__name__ for function in functions]
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
    first = functions[0]
    return found | {first: "\n".join([*rest, found[first]])}


def decorators(source, node):
    """The lines of a definition's decorators, which the syntax tree keeps apart from it."""
    lines = getattr(node, "decorator_list", [])
    return ["@" + ast.get_source_segment(source, decorator) for decorator in lines]


def fill(assignment, sources, answer=ANSWER):
    """The released notebook with these functions written into their cells, as a dict in nbformat's
    layout.
    """
    path = course.PROJECT / "assignments" / assignment / f"{assignment}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        function = name.removeprefix("write_")
        if name.startswith("write_") and function in sources:
            cell["source"] = sources[function]
        elif name.startswith("why_") and cell["metadata"]["nbgrader"]["solution"]:
            cell["source"] = answer
    return notebook


import inspect
from importlib import import_module

from ..diagnosis.catalogue import NONE


def load(assignment):
    """Return the module of an assignment: its CATALOGUE and FUNCTIONS."""
    return import_module(f"{__package__}.{assignment}.mistakes")


def source(assignment, slips=NONE):
    """Return {function: source text} of a solution that makes these mistakes, as a student might
    hand it in.
    """
    module = load(assignment)
    chosen = "frozenset()" if not slips else f"frozenset({sorted(slips)!r})"
    return {
        function.__name__: inspect.getsource(function).replace("slips=NONE", f"slips={chosen}")
        for function in module.FUNCTIONS
    }

"""Solutions as submissions: a file cut into functions, functions written into the notebook."""

import ast
import json
from pathlib import Path

from ..course import course

ANSWER = "My plots show it better than I can say it; this is what I see in them."


def pieces(path, functions):
    """Cut a solution file into {function: source}; whatever else it holds goes before the first
    one.

    Args:
        functions: names of the functions that the notebook asks for.
    """
    source, functions = Path(path).read_text(encoding="utf-8"), list(functions)
    cut, rest = {}, []
    for node in ast.parse(source).body:
        names = {getattr(node, "name", None)} | {
            getattr(t, "id", None) for t in getattr(node, "targets", [])
        }
        text = "\n".join([*decorators(source, node), ast.get_source_segment(source, node)])
        name = next((n for n in names if n in functions), None)
        if name:
            cut[name] = text
        else:
            rest.append(text)
    first = functions[0]
    return cut | {first: "\n".join([*rest, cut[first]])}


def decorators(source, node):
    """The lines of a definition's decorators, which the syntax tree keeps apart from it."""
    lines = getattr(node, "decorator_list", [])
    return ["@" + ast.get_source_segment(source, decorator) for decorator in lines]


def fill(assignment, sources, answer=ANSWER):
    """The released notebook with these functions written into their cells, as a dict in nbformat's
    layout.

    Args:
        sources: {function: source text}, or the path of a solution file.
        answer: what the written answers say.
    """
    if isinstance(sources, Path):
        sources = pieces(sources, assignment.exam.functions)
    path = course.released_notebook(assignment.name)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        function = name.removeprefix("write_")
        if name.startswith("write_") and function in sources:
            cell["source"] = sources[function]
        elif name.startswith("why_") and cell["metadata"]["nbgrader"]["solution"]:
            cell["source"] = answer
    return notebook

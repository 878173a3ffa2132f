"""Whether a cell further down changes what the functions above it do."""

import ast
import builtins
from collections.abc import Collection, Mapping

from .memory import remembered
from .syntax import (
    DEFINITIONS,
    functions_defined,
    names_defined,
    readable,
    without_magics,
    without_stubs,
)

SETTINGS = ("seterr", "seterrcall", "errstate", "setrecursionlimit")  # that change what others do


def questions(cells: list[tuple[int, str]], checks: Mapping[str, int]) -> frozenset[str]:
    """The questions below whose check a cell changes what the cells above it do.

    Args:
        checks: {question: number of the cell that checks it}.
    """
    known, values = set(dir(builtins)), set[str]()
    waiting, found = sorted((number, name) for name, number in checks.items()), set[str]()
    trees = [(n, source, readable(without_magics(source))) for n, source in cells]
    place = 0
    for number, name in waiting:
        while place < len(cells) and cells[place][0] < number:
            source = without_stubs(cells[place][1], functions_defined(cells[place][1]))
            known |= names_defined(source)
            values |= _values_defined(source)
            place += 1
        below = [(source, tree) for n, source, tree in trees if n > number]
        if any(_disturbs(source, tree, known, values) for source, tree in below):
            found.add(name)
    return frozenset(found)


def _disturbs(
    source: str, tree: ast.Module | None, known: Collection[str], values: Collection[str]
) -> bool:
    """Could a cell change what functions of earlier cells do: by giving one of the `known` names
    another value, or by changing what it stands for?

    Args:
        values: those of the names that stand neither for functions nor for modules.
    """
    if tree is None:
        return False
    if "global" in source and any(isinstance(node, ast.Global) for node in ast.walk(tree)):
        return True
    return not names_defined(source).isdisjoint(known) or any(
        _changes(node, known, values) for node in _at_top_level(tree)
    )


def _at_top_level(tree):
    """All nodes but those inside functions and classes."""
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _changes(node, known, values):
    """Does a node delete a known name, change a part of one, a setting, or import everything?"""
    if isinstance(node, ast.Call):
        owner = getattr(node.func, "value", None)
        is_method = isinstance(owner, ast.Name) and owner.id in values
        return is_method or getattr(node.func, "attr", "") in SETTINGS
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == "*" for alias in node.names)
    if not isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return False
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") in ("globals", "vars")
    return isinstance(node, ast.Name) and node.id in known


@remembered(4096)
def _values_defined(source: str) -> frozenset[str]:
    """Names that a cell gives values at its top level, and no functions, classes or modules."""
    tree = readable(without_magics(source))
    nodes = [node for node in tree.body if not isinstance(node, DEFINITIONS)] if tree else []
    names = [part for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)]
    return frozenset(name.id for name in names if isinstance(name.ctx, ast.Store))

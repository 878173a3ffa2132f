"""Whether a cell further down changes what the functions above it do."""

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass

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
    known, values, found, place = set(dir(builtins)), set[str](), set[str](), 0
    touched = [(number, _touched(source)) for number, source in cells]
    for number, name in sorted((number, name) for name, number in checks.items()):
        while place < len(cells) and cells[place][0] < number:
            source = without_stubs(cells[place][1], functions_defined(cells[place][1]))
            known |= names_defined(source)
            values |= _values_defined(source)
            place += 1
        if any(t.changes(known, values) for n, t in touched if n > number):
            found.add(name)
    return frozenset(found)


@dataclass(frozen=True)
class _Touched:
    """What a cell does to names that others may have defined.

    Attributes:
        always: does it change something whatever is known: a setting, a global, all names at once?
        names: that it defines, gives another value or a part of one, or deletes.
        owners: names of which it calls a method.
    """

    always: bool
    names: frozenset[str]
    owners: frozenset[str]

    def changes(self, known: set[str], values: set[str]) -> bool:
        """Could it change what functions of earlier cells do, which use the `known` names?

        Args:
            values: those of the names that stand neither for functions nor for modules.
        """
        return self.always or not (self.names.isdisjoint(known) and self.owners.isdisjoint(values))


@remembered(4096)
def _touched(source: str) -> _Touched:
    tree = readable(without_magics(source))
    if tree is None:
        return _Touched(False, frozenset(), frozenset())
    names, owners = set(names_defined(source)), set[str]()
    always = any(isinstance(node, ast.Global) for node in ast.walk(tree))
    for node in _at_top_level(tree):
        if isinstance(node, ast.Call):
            owner = getattr(node.func, "value", None)
            owners |= {owner.id} if isinstance(owner, ast.Name) else set()
            always |= getattr(node.func, "attr", "") in SETTINGS
        elif isinstance(node, ast.ImportFrom):
            always |= any(alias.name == "*" for alias in node.names)
        elif isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            part: ast.AST = node
            while isinstance(part, ast.Attribute | ast.Subscript):
                part = part.value
            if isinstance(part, ast.Call):
                always |= getattr(part.func, "id", "") in ("globals", "vars")
            names |= {part.id} if isinstance(part, ast.Name) else set()
    return _Touched(always, frozenset(names), frozenset(owners))


def _at_top_level(tree):
    """All nodes but those inside functions and classes."""
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


@remembered(4096)
def _values_defined(source: str) -> frozenset[str]:
    """Names that a cell gives values at its top level, and no functions, classes or modules."""
    tree = readable(without_magics(source))
    nodes = [node for node in tree.body if not isinstance(node, DEFINITIONS)] if tree else []
    names = [part for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)]
    return frozenset(name.id for name in names if isinstance(name.ctx, ast.Store))

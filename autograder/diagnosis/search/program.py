"""An assignment's mathematics as trees, in which every node has a number: what edits are made on.

Trees are those of Python's own grammar (`ast`). A program is the functions of one assignment, which
call one another; a neighbour is the same program with one or two nodes replaced.
"""

import ast
import copy
import functools
import inspect
import itertools
import types
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Edit:
    """One node of a function, and what stands there instead.

    Attributes:
        function: the name of the function.
        place: the number of the node.
        new: an expression, or the statements that stand for a statement.
        called: what the quantity is called in whose definition it lies.
        says: what is so with the edit, as the end of "exactly what comes out when …".
        asks: the question that leads on.
        rank: the lower, the likelier.
        gone: the number of a node that is left out besides, or -1.
    """

    function: str
    place: int
    new: ast.expr | list[ast.stmt]
    called: str
    says: str
    asks: str
    rank: int
    gone: int = -1


class Program:
    """The functions of an assignment's `mathematics`.

    Attributes:
        trees: {name: tree of the function}, whose nodes have a number each (`place`).
        quantities: {name: what it is, in words}.
        stands_for: {name of a variant: the function that it is written for}; of others, their own.
        calls: {name: names of the functions that it calls, itself first}.
    """

    def __init__(
        self,
        functions: Sequence[Callable[..., Any]],
        quantities: dict[str, str],
        variants: dict[str, tuple[Callable[..., Any], ...]],
    ):
        """
        Args:
            variants: {name of a function: the same, written in other ways}.
        """
        self.quantities = quantities
        self.trees: dict[str, ast.FunctionDef] = {}
        self.stands_for = {function.__name__: function.__name__ for function in functions}
        self._above: dict[int, frozenset[int]] = {}  # {place: those of the nodes around it}
        numbers = itertools.count()
        others = [(name, other) for name, those in variants.items() for other in those]
        for name, function in [*((f.__name__, f) for f in functions), *others]:
            self.stands_for[function.__name__] = name
            [tree] = ast.parse(inspect.getsource(function)).body
            assert isinstance(tree, ast.FunctionDef)
            tree.name = name
            for node in ast.walk(tree):
                node.place = next(numbers)  # type: ignore[attr-defined]
            self.trees[function.__name__] = tree
            self._note_above(tree, frozenset())
        self.calls = {name: self._called(name) for name in self.trees}

    def variants(self, name: str) -> list[str]:
        """Names of the ways in which a function is written, its own first."""
        return [written for written, of in self.stands_for.items() if of == name]

    def _note_above(self, node: ast.AST, above: frozenset[int]) -> None:
        place = node.place  # type: ignore[attr-defined]
        self._above[place] = above
        for child in ast.iter_child_nodes(node):
            self._note_above(child, above | {place})

    def _called(self, name: str) -> tuple[str, ...]:
        found = [name]
        for node in ast.walk(self.trees[name]):
            if isinstance(node, ast.Name) and node.id in self.trees and node.id not in found:
                found += [other for other in self._called(node.id) if other not in found]
        return tuple(found)

    def source(self, name: str, edits: Sequence[Edit] = ()) -> str | None:
        """The text of a function with these edits; None where one takes the other's place away."""
        tree: ast.AST = self.trees[name]
        # What lies outside first: what lies inside it is then edited within what is new.
        for edit in sorted(edits, key=lambda edit: len(self._above[edit.place])):
            if edit.function == name:
                changed = self._with(tree, edit)
                if changed is tree:
                    return None
                tree = changed
        return ast.unparse(tree)

    def _with(self, node: ast.AST, edit: Edit) -> Any:
        """A node with an edit made in it, or itself where its place is not there; what the edit
        does not touch is shared with the node.
        """
        place = getattr(node, "place", None)
        if place is not None and place == edit.place:
            return edit.new
        if place is not None and place == edit.gone:
            return ast.Pass()
        if place is not None and place not in self._above[edit.place]:
            return node
        changed: dict[str, Any] = {}
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                new = self._with(value, edit)
                if new is not value:
                    changed[name] = new
            elif isinstance(value, list):
                items = []
                for item in value:
                    new = self._with(item, edit) if isinstance(item, ast.AST) else item
                    items += new if isinstance(new, list) else [new]
                if len(value) != len(items) or any(a is not b for a, b in zip(value, items)):
                    changed[name] = items
        if not changed:
            return node
        fields = dict(ast.iter_fields(node)) | changed
        copied = ast.copy_location(type(node)(**fields), node)
        copied.place = place  # type: ignore[attr-defined]
        return copied


def compiled(source: str) -> CodeType:
    """The code of one function's text."""
    return compile(source, "<neighbour>", "exec")


# Neighbours are wrong, and NumPy warns of many things that they do: nobody needs to know.
NEIGHBOUR = "a_neighbour"
warnings.filterwarnings("ignore", module=NEIGHBOUR)
warnings.filterwarnings("ignore", "Degrees of freedom <= 0|Mean of empty slice", RuntimeWarning)

MOST = 1_000_000  # entries of an array, rounds of a loop: more is nobody's answer


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def made(shape: Any, *args: Any, **kwargs: Any) -> Any:
        if np.prod(np.asarray(shape, np.float64)) > MOST:
            raise MemoryError(f"an array of shape {shape}")
        return function(shape, *args, **kwargs)

    return made


def _range(*limits: int) -> range:
    if len(steps := range(*limits)) > MOST:
        raise MemoryError(f"a loop of {len(steps)} rounds")
    return steps


NUMPY = types.SimpleNamespace(
    **vars(np) | {name: _bounded(getattr(np, name)) for name in ("ones", "zeros", "eye", "full")}
)


def functions_of(sources: Sequence[CodeType]) -> dict[str, Any]:
    """{name: function} of functions that call one another, whose arrays and loops are bounded."""
    namespace: dict[str, Any] = {"np": NUMPY, "range": _range, "__name__": NEIGHBOUR}
    for code in sources:
        exec(code, namespace)  # our own mathematics with an edit of our own
    return namespace


class _Watching(ast.NodeTransformer):
    """Adds after each assignment a look at what was assigned."""

    def __init__(self, name: str):
        self.name = name

    def visit_Assign(self, node: ast.Assign) -> Any:
        return [node, *self._looks(node.targets)]

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        node.body = [*self._looks([node.target]), *node.body]
        return node

    def _looks(self, targets: list[ast.expr]) -> list[ast.stmt]:
        names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        return [ast.parse(f"_look({self.name!r}, {name!r}, {name})").body[0] for name in names]


class Kinds:
    """What every quantity is: its kind ("f", "i", "b" of an array or a number, "?" of anything
    else) and its shape, seen on calls of the right program.

    Attributes:
        functions: {name: function that is looked at while it runs}, variants by their own names.
    """

    def __init__(self, program: Program):
        self.seen: dict[str, dict[str, list[tuple[str, tuple[int, ...]]]]] = {}
        self.functions = functions_of([])
        for name, tree in program.trees.items():
            watched = _Watching(name).visit(copy.deepcopy(tree))
            first = [
                ast.parse(f"_look({name!r}, {arg.arg!r}, {arg.arg})").body[0]
                for arg in watched.args.args
            ]
            watched.name, watched.body = name, first + watched.body
            exec(ast.unparse(ast.fix_missing_locations(watched)), self.functions)
        self.functions["_look"] = self._look

    def _look(self, function: str, name: str, value: Any) -> None:
        kind: tuple[str, tuple[int, ...]] = ("?", ())
        if isinstance(value, (np.ndarray, np.generic, int, float)):
            array = np.asarray(value)
            kind = (array.dtype.kind, array.shape)
        self.seen.setdefault(function, {}).setdefault(name, []).append(kind)

    def of(self, function: str, name: str) -> tuple[str, int] | None:
        """(kind, most axes) of a quantity; None where its arrays are of several kinds."""
        seen = {(len(shape), kind) for kind, shape in self.seen.get(function, {}).get(name, [])}
        arrays = {kind for axes, kind in seen if axes} or {kind for _, kind in seen}
        axes, kind = max(seen, default=(0, "?"))
        return (kind, axes) if len(arrays) == 1 and kind != "?" else None

    def alike(self, function: str, one: str, other: str) -> int:
        """Do two quantities of a function have the same kind and the same shape: in no call (0), in
        some, where sizes happen to be equal (1), in all of them (2)?
        """
        seen = self.seen.get(function, {})
        a, b = (set(seen.get(name, [])) for name in (one, other))
        if not any(kind != "?" and (kind, shape) in b for kind, shape in a):
            return 0
        return 2 if a == b else 1

"""A cell as statements: what can be read of it, although some line cannot.

Runs inside the sealed process and in the grader; needs nothing but Python.
"""

import re
from collections.abc import Iterator
from typing import Any

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
TOP_LEVEL_AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
MAX_TORN = 10  # parts that are left out because Python cannot read them
DEFINITIONS = frozenset("FunctionDef AsyncFunctionDef ClassDef Import ImportFrom".split())
# A line at the margin that begins a statement, and does not go on with one.
BEGINS = re.compile(r"(?!(?:else|elif|except|finally)\b)[\w@(\[{*.~+-]")


def parse(source: str, filename: str = "<cell>", flags: int = 0) -> tuple[Any, list[SyntaxError]]:
    """(the syntax tree of what can be read, what Python says of the rest).

    A statement that this Python cannot read costs itself; the lines of the others keep their
    numbers.

    Raises:
        ValueError, RecursionError, MemoryError: nothing of it can be read.
    """
    lines, errors = source.split("\n"), list[SyntaxError]()
    while True:
        tree = _tree("\n".join(lines), filename, flags)
        if not isinstance(tree, SyntaxError):
            return tree, errors
        errors.append(tree)
        part = _torn(lines, tree, filename, flags) if len(errors) <= MAX_TORN else None
        if part is None:
            return _tree("", filename, flags), errors
        lines[part] = [""] * len(lines[part])


def _tree(source: str, filename: str, flags: int) -> Any:
    try:
        return compile(source, filename, "exec", ONLY_AST | flags, dont_inherit=True)
    except SyntaxError as error:
        return error


def _torn(lines: list[str], error: SyntaxError, filename: str, flags: int) -> slice | None:
    """The part of a source that an error is in: around its line, or before it, where something
    should have followed.
    """
    starts = [i for i, line in enumerate(lines) if BEGINS.match(line) and not _decorated(lines, i)]
    starts = [0, *(i for i in starts if i), len(lines)]
    parts = [slice(a, b) for a, b in zip(starts, starts[1:])]
    parts = [part for part in parts if "".join(lines[part]).strip()]
    line = (error.lineno or 1) - 1
    if "unterminated triple" in str(error.msg):  # all that follows is in it
        return slice(line, len(lines)) if "".join(lines[line:]).strip() else None
    named = re.search(r"on line (\d+)", str(error.msg))
    places = [line, *([int(named[1]) - 1] if named else [])]
    near = [i for i, part in enumerate(parts) if any(part.start <= p < part.stop for p in places)]
    candidates = dict.fromkeys([*near, *(i - 1 for i in near if i)] or range(len(parts))[-1:])
    best = None
    for i in candidates:
        rest = [*lines]
        rest[parts[i]] = [""] * len(rest[parts[i]])
        tree = _tree("\n".join(rest), filename, flags)
        if not isinstance(tree, SyntaxError) or (tree.lineno or 0) - 1 > max(line, parts[i].stop):
            return parts[i]
        best = best or parts[i]
    return best


def _decorated(lines: list[str], i: int) -> bool:
    return i > 0 and lines[i - 1].startswith("@")


def single(nodes: list[Any]) -> Iterator[Any]:
    """The statements, with an import of several names as one import for each: one that is not there
    costs itself.
    """
    for node in nodes:
        names = getattr(node, "names", [])
        if type(node).__name__ not in ("Import", "ImportFrom") or len(names) < 2:
            yield node
            continue
        for alias in names:
            fields = {name: getattr(node, name) for name in node._fields} | {"names": [alias]}
            copy = type(node)(**fields)
            for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
                setattr(copy, name, getattr(node, name))
            yield copy


def is_definition(node: Any) -> bool:
    """Does a statement define or import something, or give a constant a name?"""
    kind = type(node).__name__
    return kind in DEFINITIONS or (kind == "Assign" and type(node.value).__name__ == "Constant")


def bound_by(node: Any) -> dict[str, str]:
    """{name: module that it comes from} of an import."""
    whole = type(node).__name__ == "Import"
    names = {
        a.asname or (a.name.partition(".")[0] if whole else a.name): a.name for a in node.names
    }
    return names if whole else dict.fromkeys(names, node.module or "")

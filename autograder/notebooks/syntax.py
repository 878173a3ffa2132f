"""What a cell defines, magics and syntax errors forgiven."""

import ast
import re
from functools import lru_cache
from threading import Lock

from ..sandbox import statements

DEFINITIONS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
)


# What `%pylab` does, as far as it concerns functions.
PYLAB = (
    "import numpy; import numpy as np; import matplotlib.pyplot as plt; from numpy import *; "
    "from numpy.linalg import *; from numpy.random import *; "
    "from builtins import abs, bool, bytes, max, min, pow, round"
)
WRITES_MODULE = re.compile(r"\s*%%(?:write)?file\s+(?:-a\s+)?(?:\./)?\w+\.py[ \t]*\n")

# Cell magics of which the rest of the cell is none of Python's.
NO_PYTHON = frozenset(
    "! HTML R SVG bash bigquery cmd cython file html javascript js julia latex markdown perl ruby "
    "script sh sql svg sx system writefile".split()
)


MAX_TORN = 50_000  # characters in which it is looked for what can be read
_parsing = Lock()  # up to Python 3.11, two threads in ast.parse at once can end in a SystemError


@lru_cache(256)
def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a source, or None where it is no Python."""
    try:
        with _parsing:
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(256)
def readable(source: str) -> ast.Module | None:
    """The syntax tree of those statements that this Python can read, or None where it is none."""
    if (tree := parsed(source)) or len(source) > MAX_TORN:
        return tree
    try:
        with _parsing:
            tree, _ = statements.parse(source)
        return tree if tree.body else None
    except (ValueError, RecursionError, MemoryError):
        return None


@lru_cache(1024)
def functions_defined(source: str) -> frozenset[str]:
    """Names of the functions a cell defines at its top level, magics and syntax errors elsewhere
    forgiven.
    """
    tree = parsed(without_magics(source))
    if tree is None:  # also what only a newer Python can read
        return frozenset(re.findall(r"^def\s+(\w+)", source, re.MULTILINE))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@lru_cache(1024)
def names_defined(source: str) -> frozenset[str]:
    """Names that a cell binds at its top level: functions, classes, variables, imports."""
    tree, names = readable(without_magics(source)), set()
    for node in tree.body if tree else ():
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(a.asname or a.name).partition(".")[0] for a in node.names}
        else:
            stored = (n for n in ast.walk(node) if isinstance(n, ast.Name))
            names |= {n.id for n in stored if isinstance(n.ctx, ast.Store)}
    return frozenset(names)


@lru_cache(1024)
def definitions(source: str) -> str:
    """A cell's functions, classes, imports and constants, each in its line; what computes is left
    out.
    """
    source = without_magics(source)
    tree, lines, kept = readable(source), source.split("\n"), set()
    for node in tree.body if tree else ():
        if isinstance(node, DEFINITIONS) or isinstance(node, ast.Assign) and _is_constant(node):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            kept.update(range(first, node.end_lineno + 1))
    return "\n".join(line if i in kept else "" for i, line in enumerate(lines, 1)).rstrip()


def _is_constant(assignment):
    if isinstance(assignment.value, ast.Lambda):
        return True
    try:
        ast.literal_eval(assignment.value)
        return True
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False


def enclosing_loop(source: str, line: int) -> str | None:
    """'for' or 'while': the innermost loop of a cell around this line; None without one."""
    tree = parsed(without_magics(source))
    nodes = ast.walk(tree) if tree else ()
    loops = [n for n in nodes if isinstance(n, (ast.For, ast.While))]
    around = [n for n in loops if getattr(n, "lineno", 0) <= line <= getattr(n, "end_lineno", -1)]
    if not around:
        return None
    return "while" if isinstance(max(around, key=lambda n: n.lineno), ast.While) else "for"


def as_run(source: str) -> str:
    """A cell as the sealed process runs it: without magics, but for a module that it writes."""
    return source.lstrip() if WRITES_MODULE.match(source) else without_magics(source)


@lru_cache(1024)
def without_magics(source: str) -> str:
    """The source with IPython's magics and shell lines replaced by `pass`, where it is not plain
    Python.
    """
    if parsed(source) is not None:
        return source
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if (magic := re.match(r"%%(\S*)", first)) and magic[1] in NO_PYTHON:
        return "pass"  # a cell of another language, or a file
    plain, continued = [], False
    for line in lines:
        is_magic = continued or _is_magic(line)
        plain.append("" if continued else _without(line) if is_magic else line)
        continued = is_magic and line.endswith("\\")
    return "\n".join(plain)


def _is_magic(line):
    """Is a line IPython's and not Python's: `%magic`, `!shell`, `?help`, `help?`, `x = !ls`?"""
    code = line.strip()
    assigned = re.match(r"[\w, ]+=\s*(!|%\w)", code)
    installs = re.match(r"(pip3?|conda|mamba|apt-get) +(install|uninstall|update|list)\b", code)
    return bool(re.match(r"%%?\w|[!?]|[\w.]+\?{1,2}$", code) or assigned or installs)


def _without(line):
    """What is left of such a line: what it binds or runs."""
    indent = line[: len(line) - len(line.lstrip())]
    code = line.strip()
    if re.match(r"%pylab\b", code):
        return indent + PYLAB
    if timed := re.match(r"%time\s+(?!-)(.+)", code):  # %timeit binds nothing
        return indent + timed[1]
    if script := re.match(r"%run\s+(?:-\w\s+)*(?:\./)?(\w+)\.(?:py|ipynb)\s*$", code):
        return f"{indent}from {script[1]} import *"
    bound = re.match(r"\s*([A-Za-z_]\w*)\s*=", line)
    return f"{indent}{bound[1]} = None" if bound else f"{indent}pass"

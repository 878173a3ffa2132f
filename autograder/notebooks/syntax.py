"""What a cell defines, magics and syntax errors forgiven."""

import ast
import re
from collections.abc import Collection
from threading import Lock

from ..sandbox import statements
from .memory import remembered

PLAIN = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List, ast.Set, ast.Dict)
CHEAP = frozenset("float int finfo sqrt exp log array float32 float64".split())
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
DEFINITIONS = (*FUNCTIONS, ast.Import, ast.ImportFrom)


# What `%pylab` does, as far as it concerns functions.
PYLAB = (
    "import numpy; import numpy as np; import matplotlib.pyplot as plt; from numpy import *; "
    "from numpy.linalg import *; from numpy.random import *; "
    "from builtins import abs, bool, bytes, max, min, pow, round"
)
WRITES_MODULE = re.compile(r"\s*%%(?:write)?file\s+(?:-a\s+)?[\w./~ \"'-]+\.py[\"']?[ \t]*\n")

# Cell magics of which the rest of the cell is none of Python's.
NO_PYTHON = frozenset(
    "! HTML R SVG bash bigquery cmd cython file html javascript js julia latex markdown perl ruby "
    "script sh sql svg sx system timeit writefile".split()
)


WAYS = re.compile(r"\b(?:from|import|import_module)\b|%(?:run|load)\b")
WORDS = re.compile(r"[\w\s.\\,]+")  # a stretch of code without brackets, operators, quotes
MAX_DOTS = 500  # in one that imports: such a name costs the parser memory with its square
PROMPT = re.compile(r"\s*(?:>>> ?|\.\.\.(?: |$)|In \[\d+\]: |\.{3,}: ?)")
MAX_TORN = 10_000  # characters in which it is looked for what can be read
_parsing = Lock()  # up to Python 3.11, two threads in ast.parse at once can end in a SystemError


@remembered(600)
def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a source, or None where it is no Python."""
    if _is_endless_name(source):
        return None
    try:
        with _parsing:
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@remembered(600)
def readable(source: str) -> ast.Module | None:
    """The syntax tree of those statements that this Python can read, or None where it is none."""
    if (tree := parsed(source)) or len(source) > MAX_TORN:
        return tree
    if _is_endless_name(source):
        return None
    try:
        with _parsing:
            tree, _ = statements.parse(source)
        return tree if tree.body else None
    except (ValueError, RecursionError, MemoryError):
        return None


def _is_endless_name(source):
    """Is there an import of a name with hundreds of dots?"""
    if source.count(".") <= MAX_DOTS:
        return False
    found = (stretch[0] for stretch in WORDS.finditer(source))
    return any(s.count(".") > MAX_DOTS and ("import" in s or "from" in s) for s in found)


@remembered(4096)
def functions_defined(source: str) -> frozenset[str]:
    """Names of the functions a cell defines at its top level, magics and syntax errors elsewhere
    forgiven.
    """
    tree = parsed(without_magics(source))
    if tree is None:  # also what only a newer Python can read
        return frozenset(re.findall(r"^def\s+(\w+)", source, re.MULTILINE))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@remembered(4096)
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


@remembered(4096)
def functions_only(source: str) -> str:
    """A cell's functions and classes, each in its line."""
    return _kept(source, lambda node: isinstance(node, FUNCTIONS))


@remembered(4096)
def definitions(source: str, also: frozenset[str] = frozenset()) -> str:
    """A cell's functions, classes, imports and constants, each in its line, and what it gives one
    of the names in `also`; what computes is left out.
    """

    def is_kept(node):
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            return isinstance(node, DEFINITIONS)
        is_alias = isinstance(node.value, ast.Name | ast.Attribute)
        return _is_constant(node) or bool(is_alias and also & _targets(node))

    return _kept(source, is_kept)


def _kept(source, is_kept):
    """A cell without the statements that are not kept; lines keep their numbers."""
    source = without_magics(source)
    tree, lines = readable(source), source.split("\n")
    kept = _lines_of(node for node in tree.body if is_kept(node)) if tree else ()
    return "\n".join(line if i in kept else "" for i, line in enumerate(lines, 1)).rstrip()


def _lines_of(nodes):
    """The numbers of the lines of statements, and of their decorators."""
    numbers = set()
    for node in nodes:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        numbers.update(range(first, (node.end_lineno or 0) + 1))
    return numbers


def _targets(assignment):
    targets = getattr(assignment, "targets", None) or [assignment.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _is_constant(assignment):
    """Is it of a value that costs nothing, and needs nothing that the cell computes?"""
    value = assignment.value
    return isinstance(value, ast.Lambda) or value is not None and _is_plain(value)


def _is_plain(node):
    """Literals, arithmetic on them, what NumPy or `math` names, `partial(f, …)`."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if name == "partial":
            return all(isinstance(a, ast.Name) or _is_plain(a) for a in arguments)
        return name in CHEAP and all(_is_type(a) or _is_plain(a) for a in arguments)
    if isinstance(node, ast.Attribute):
        return _is_module(node.value) or _is_plain(node.value)
    parts = [p for p in ast.iter_child_nodes(node) if not isinstance(p, ast.operator | ast.unaryop)]
    return isinstance(node, PLAIN) and all(
        isinstance(part, ast.expr_context) or _is_plain(part) for part in parts
    )


def _is_module(node):
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math")


def _is_type(node):
    return (
        isinstance(node, ast.Name)
        and node.id in ("float", "int")
        or isinstance(node, ast.Attribute)
    )


def imports(source: str, module: str) -> bool:
    """Does code import a module, run or load its file?"""
    if module not in source:
        return False
    lines = (line for line in source.split("\n") if module in line)
    named = re.compile(rf"\b{re.escape(module)}\b")
    return any((way := WAYS.search(line)) and named.search(line, way.end()) for line in lines)


def without_stubs(source: str, names: Collection[str]) -> str:
    """A cell without its functions of these names that do nothing but say that they are not
    implemented.
    """
    tree = readable(without_magics(source))
    stubs = [node for node in tree.body if _is_stub(node, names)] if tree else []
    if not stubs:
        return source
    left_out, lines = _lines_of(stubs), without_magics(source).split("\n")
    return "\n".join("" if i in left_out else line for i, line in enumerate(lines, 1))


def _is_stub(node, names):
    if not isinstance(node, ast.FunctionDef) or node.name not in names:
        return False
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return len(body) == 1 and isinstance(body[0], ast.Raise) and "NotImpl" in ast.dump(body[0])


def written_functions(source: str) -> frozenset[str]:
    """Names of the functions that a cell defines, but for those that are stubs."""
    return functions_defined(without_stubs(source, functions_defined(source)))


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


@remembered(4096)
def without_magics(source: str) -> str:
    """The source with IPython's magics and shell lines replaced by `pass`, where it is not plain
    Python.
    """
    source = _without_prompts(source)
    if parsed(source) is not None:
        return source
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if (magic := re.match(r"%%(\S*)", first)) and magic[1] in NO_PYTHON:
        return "pass"  # a cell of another language, or a file, or of which nothing remains
    plain, continued = [], False
    for line in lines:
        is_magic = continued or _is_magic(line)
        plain.append("" if continued else _without(line) if is_magic else line)
        continued = is_magic and line.endswith("\\")
    return "\n".join(plain)


def _without_prompts(source):
    """What was pasted with its indent, or with the prompts of Python or IPython, as IPython reads
    it.
    """
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.lstrip().startswith("```"):  # pasted with its fences
        return "\n".join("" if line.lstrip().startswith("```") else line for line in lines)
    if (prompt := PROMPT.match(first)) and prompt[0].strip():
        return "\n".join(PROMPT.sub("", line) for line in lines)
    indent = first[: len(first) - len(first.lstrip())]
    return "\n".join(line.removeprefix(indent) for line in lines) if indent else source


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
    if script := re.match(r"%run\s+(?:-\w\s+)*(?:\./)?(\w+)(?:\.py|\.ipynb)?\s*$", code):
        return f"{indent}from {script[1]} import *"
    bound = re.match(r"\s*([A-Za-z_]\w*)\s*=", line)
    return f"{indent}{bound[1]} = None" if bound else f"{indent}pass"

"""Notebooks as files: whatever was handed in, read into plain cells in nbformat's JSON layout.

nbformat's own reader refuses most of what has to be graded here.
"""

import ast
import json
import os
import re
import stat
from functools import lru_cache
from pathlib import Path
from threading import Lock

MAX_BYTES = 100 << 20
MAX_PARTS = 1_000_000  # objects and lists in the file
MAX_CELLS = 2000
MAX_SOURCE = 50_000  # characters of one cell: more is no program that anybody wrote
MAX_TEXT = 1_000_000  # characters of all cells
MAX_OUTPUT = 2 << 20  # bytes of a cell's outputs that are kept for staff to read
MAX_OUTPUTS = 16 << 20  # of all cells together
LEFT_OUT = {"output_type": "stream", "name": "stdout", "text": "… further output left out …"}
PICTURES = ("image/png", "image/jpeg", "image/gif")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")

DEFINITIONS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
)
# Cell magics of which the rest of the cell is none of Python's.
NO_PYTHON = frozenset(
    "! HTML R SVG bash bigquery cmd cython file html javascript js julia latex markdown perl ruby "
    "script sh sql svg sx system writefile".split()
)
_parsing = Lock()  # up to Python 3.11, two threads in ast.parse at once can end in a SystemError


class Damaged(ValueError):
    """What was handed in cannot be read as a notebook; the message says so to the student."""


def load(path):
    """Return the bytes of a submitted file.

    Raises:
        Damaged: there is none, or it is far too large.
        OSError: it may not be read, which is nothing that a student can mend.
    """
    try:
        # Without waiting: a named pipe would keep the reader for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        raise Damaged(f"there is no file {Path(path).name}") from None
    with open(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise Damaged(f"{Path(path).name} is not a file")
        if about.st_size > MAX_BYTES:
            raise _too_large(about.st_size)
        return file.read(MAX_BYTES + 1)


def _too_large(size):
    return Damaged(f"the file has {size >> 20} MiB, more than the {MAX_BYTES >> 20} that are read")


def read(data, repairs=None):
    """Return the cells of a notebook of nbformat 3 or 4.

    Args:
        repairs: a list that gets a sentence on each thing that had to be set right.

    Raises:
        Damaged: the bytes are not a notebook.
    """
    repairs = [] if repairs is None else repairs
    if len(data) > MAX_BYTES:
        raise _too_large(len(data))
    if not data.strip(b"\0 \t\r\n"):
        raise Damaged("the file is empty" if len(data) < 2 else "the file holds nothing but blanks")
    if data.count(b"{") + data.count(b"[") > MAX_PARTS:
        raise Damaged(f"the file has more than the {MAX_PARTS} parts that are read")
    try:
        notebook = json.loads(_decode(data, repairs))
    except (ValueError, RecursionError):
        raise Damaged(f"the file is {_what_else(data)}") from None
    cells = _cells_of(notebook, repairs)
    if cells is None:
        raise Damaged("the file is JSON, but not a notebook: it has no list of cells")
    if len(cells) > MAX_CELLS:
        raise Damaged(
            f"the notebook has {len(cells)} cells, more than the {MAX_CELLS} that are read"
        )
    found, left = [], MAX_TEXT
    for cell in cells:
        if normal := _normal(cell, min(left, MAX_SOURCE), repairs):
            found.append(normal)
            left -= len(normal["source"])
    if len(found) < len(cells):
        repairs.append(f"{len(cells) - len(found)} entries that are no cells were left out")
    return found


def _decode(data, repairs):
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8-sig":
            name = {"cp1252": "Windows-1252"}.get(encoding, "UTF-16")
            repairs.append(f"the file was not UTF-8; it was read as {name}")
        return text
    raise Damaged("the file is not a notebook: it is not text")


def _what_else(data):
    """What a file is that is not JSON, as far as its first bytes tell."""
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"PK\x03\x04"):
        return "a zip archive, not a notebook: unpack it first"
    if start.startswith(b"%PDF"):
        return "a PDF, not a notebook"
    if start[:20].lower().startswith((b"<!doctype", b"<html")):
        return "a web page, not a notebook: perhaps the page around the download was saved"
    if b"\n<<<<<<< " in data and b"\n>>>>>>> " in data:
        return "a notebook with the conflict marks of a merge in it (<<<<<<<), which is not JSON"
    if start.startswith(b"{") and b'"cells"' in data or b'"cell_type"' in start:
        return "a notebook that is cut off or broken: its JSON does not come to an end"
    return "not a notebook: expected JSON, as Jupyter and Colab save it"


def _cells_of(notebook, repairs):
    if not isinstance(notebook, dict):
        return None
    if isinstance(notebook.get("worksheets"), list):  # nbformat 3
        repairs.append("the notebook is of nbformat 3, which is long outdated; it was converted")
        sheets = [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        return [cell for cells in sheets if isinstance(cells, list) for cell in cells]
    return notebook["cells"] if isinstance(notebook.get("cells"), list) else None


def _normal(cell, longest, repairs):
    """One cell with every part of the expected type, or None for what is not a cell."""
    if not isinstance(cell, dict):
        return None
    kind = cell.get("cell_type")
    source = _text(cell.get("source", cell.get("input")))
    if kind == "heading":
        kind, source = "markdown", "# " + source
    if kind not in ("code", "markdown", "raw"):
        return None
    if len(source) > longest:
        repairs.append(f"a cell of {len(source)} characters was left out: no program is that long")
        source = f"# This cell was left out: it has {len(source)} characters."
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    normal = {"cell_type": kind, "source": source.replace("\r\n", "\n"), "metadata": metadata}
    identity = cell.get("id") or metadata.get("id")  # Colab keeps the id in the metadata
    if isinstance(identity, str):
        normal["id"] = identity
    if kind == "code":
        outputs = cell.get("outputs")
        normal["outputs"] = (
            [o for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else []
        )
    elif isinstance(cell.get("attachments"), dict):
        normal["attachments"] = cell["attachments"]
    return normal


def _text(value):
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    # A lone surrogate, which JSON can hold, could be neither written nor printed.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


@lru_cache(256)
def _parse(source):
    """The syntax tree of a source, or None where it is no Python."""
    try:
        with _parsing:
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(1024)
def functions_defined(source):
    """Names of the functions a cell defines at its top level, magics and syntax errors elsewhere
    forgiven.
    """
    tree = _parse(without_magics(source))
    if tree is None:
        return frozenset(re.findall(r"^def\s+(\w+)", source, re.MULTILINE))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@lru_cache(1024)
def names_defined(source):
    """Names that a cell binds at its top level: functions, classes, variables, imports."""
    tree, found = _parse(without_magics(source)), set()
    for node in tree.body if tree else ():
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(a.asname or a.name).partition(".")[0] for a in node.names}
        else:
            stored = (n for n in ast.walk(node) if isinstance(n, ast.Name))
            found |= {n.id for n in stored if isinstance(n.ctx, ast.Store)}
    return frozenset(found)


@lru_cache(1024)
def definitions(source):
    """A cell's functions, classes, imports and constants, each in its line; what computes is left
    out.
    """
    source = without_magics(source)
    tree, lines, kept = _parse(source), source.split("\n"), set()
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


def enclosing_loop(source, line):
    """'for' or 'while': the innermost loop of a cell around this line; None without one."""
    tree = _parse(without_magics(source))
    nodes = ast.walk(tree) if tree else ()
    loops = [n for n in nodes if isinstance(n, (ast.For, ast.While))]
    around = [n for n in loops if getattr(n, "lineno", 0) <= line <= getattr(n, "end_lineno", -1)]
    if not around:
        return None
    return "while" if isinstance(max(around, key=lambda n: n.lineno), ast.While) else "for"


@lru_cache(1024)
def without_magics(source):
    """The source with IPython's magics and shell lines replaced by `pass`, where it is not plain
    Python.
    """
    if _parse(source) is not None:
        return source
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if (magic := re.match(r"%%(\S*)", first)) and magic[1] in NO_PYTHON:
        return "pass"  # a cell of another language
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
    return bool(re.match(r"%%?\w|[!?]|[\w.]+\?{1,2}$", code) or assigned)


def _without(line):
    """What is left of such a line: the names that it binds."""
    indent = line[: len(line) - len(line.lstrip())]
    bound = re.match(r"\s*([A-Za-z_]\w*)\s*=", line)
    return f"{indent}{bound[1]} = None" if bound else f"{indent}pass"


def readable_outputs(cell):
    """The texts and pictures among the outputs of a cell, up to MAX_OUTPUT bytes: no HTML,
    JavaScript or SVG.
    """
    kept, size = [], 0
    for output in cell.get("outputs", []):
        plain = _readable(output)
        size += len(json.dumps(plain)) if plain else 0
        if size > MAX_OUTPUT:
            kept.append(LEFT_OUT)
            break
        if plain:
            kept.append(plain)
    return kept


def _readable(output):
    kind = output.get("output_type")
    if kind == "stream":
        # As stdout: nbgrader takes anything on stderr for a failure.
        return {"output_type": "stream", "name": "stdout", "text": _text(output.get("text"))}
    if kind == "error":
        name, value = _text(output.get("ename")), _text(output.get("evalue"))
        return {"output_type": "stream", "name": "stdout", "text": f"{name}: {value}"}
    data = output.get("data") if isinstance(output.get("data"), dict) else {}
    kept = _pictures(data)
    if plain := _text(data.get("text/plain")):
        kept["text/plain"] = plain
    return {"output_type": "display_data", "data": kept, "metadata": {}} if kept else None


def readable_attachments(cell):
    """The pictures pasted into a text cell, up to MAX_OUTPUT bytes: {name: {mime: base64}}."""
    kept, size = {}, 0
    for name, data in cell.get("attachments", {}).items():
        pictures = _pictures(data) if isinstance(data, dict) else {}
        size += sum(map(len, pictures.values()))
        if pictures and size <= MAX_OUTPUT:
            kept[_text(name)] = pictures
    return kept


def _pictures(data):
    """The pictures of a MIME bundle, if they are the base64 that they should be."""
    texts = {mime: _text(data.get(mime)) for mime in PICTURES}
    return {mime: text for mime, text in texts.items() if BASE64.fullmatch(text)}

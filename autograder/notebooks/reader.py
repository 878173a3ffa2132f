"""Notebooks as files: whatever was handed in, read into plain cells in nbformat's JSON layout.

nbformat's own reader refuses most of what has to be graded here.
"""

import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any
from urllib.parse import unquote

from ..errors import Damaged

MAX_BYTES = 100 << 20
MAX_PARTS = 3_000_000  # values in the file, each of which takes about 100 bytes of memory
MAX_CELLS = 2000
MAX_SOURCE = 200_000  # characters of one cell: more is nothing that anybody typed
MAX_TEXT = 4_000_000  # characters of all cells
MAX_OUTPUTS = 500  # of one cell
MAX_ATTACHED = 100  # pictures of one text
STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
# A text cell as code: by Databricks (`%md`), IPython (`%%markdown`), marimo (`mo.md(…)`).
TEXT_AS_CODE = re.compile(
    r"\s*(?:%md(?:-sandbox)?\b|%%(?:markdown|md)\b)(?P<magic>.*)|"
    r"\s*mo\.md\(\s*[rRfF]*(?P<quotes>\"{3}|'{3})(?P<call>.*)(?P=quotes)\s*,?\s*\)\s*",
    re.DOTALL,
)
DEFINES = re.compile(r"def |class |async |@|import |from ")
PASTED = re.compile(
    r"data:(image/[\w.+-]{1,60})(?:;[\w=-]{1,60}){0,5};base64,([A-Za-z0-9+/=%]{200,})|"
    r"data:image/svg\+xml(?:;[\w=-]{1,60}){0,5},[\w%.~'()!*/:;=,+&?#@$-]{200,}"
)


def load(path: str | Path) -> bytes:
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


@dataclass
class Reading:
    """What was read, beside its cells.

    Attributes:
        repairs: a sentence on each thing that had to be set right.
        python: the version of Python that the notebook says it was written on, or "".
        beside: {name: what is in it, where that is plain text} of other files that were handed in.
        modules: {name: source} of the Python files among them.
    """

    repairs: list[str] = field(default_factory=list)
    python: str = ""
    beside: dict[str, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)


def read(data: bytes, reading: Reading | None = None) -> list[dict[str, Any]]:
    """Return the cells of a notebook of nbformat 3 or 4.

    Args:
        reading: gets what else there is to say.

    Raises:
        Damaged: the bytes are not a notebook.
    """
    reading = reading or Reading()
    repairs = reading.repairs
    if len(data) > MAX_BYTES:
        raise _too_large(len(data))
    if not data.strip(b"\0 \t\r\n"):
        raise Damaged("the file is empty" if len(data) < 2 else "the file holds nothing but blanks")
    if _parts(data) > MAX_PARTS:
        raise Damaged(
            f"the file has more than {MAX_PARTS} parts, and would take too much memory to read"
        )
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
    reading.python = _python_of(notebook)
    kept, left = [], MAX_TEXT
    for cell in cells:
        if normal := _normal(cell, min(left, MAX_SOURCE), repairs):
            kept.append(normal)
            left -= len(normal["source"])
    if len(kept) < len(cells):
        repairs.append(f"{len(cells) - len(kept)} entries that are no cells were left out")
    return kept


def _parts(data):
    """How many values are in a JSON text; printed arrays, which stand in its strings, are none."""
    count = sum(map(data.count, (b"{", b"[", b",")))
    return (
        count if count <= MAX_PARTS else sum(map(STRING.sub(b"", data).count, (b"{", b"[", b",")))
    )


def _python_of(notebook):
    """The version that Jupyter writes down, as '3.12.4', or ""."""
    language = notebook.get("metadata")
    language = language.get("language_info") if isinstance(language, dict) else None
    version = language.get("version") if isinstance(language, dict) else None
    is_python = isinstance(version, str) and language.get("name", "python") == "python"
    return version if is_python and re.fullmatch(r"3\.\d{1,3}(\.\w{1,10})?", version) else ""


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
    source = plain_text(cell.get("source", cell.get("input"))).removeprefix("\ufeff")
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if kind == "heading":
        kind, source = "markdown", "# " + source
    kind = kind.lower() if isinstance(kind, str) else kind
    if kind not in ("code", "markdown", "raw"):
        if not source.strip():
            return None
        kind = "raw"  # whatever it is, its words are the student's
    if kind == "code" and (text := TEXT_AS_CODE.fullmatch(source)):
        kind, source = "markdown", text["magic"] or dedent(text["call"] or "")
    pictures = {}
    if kind != "code":
        source = PASTED.sub(lambda found: _attach(found, pictures), source)
    if len(source) > longest:
        source, number = _shortened(source, longest, kind), len(source)
        what = f"{number - len(source)} of the {number} characters of a cell were left out"
        repairs.append(f"{what}: more than anybody types. The file as handed in has them")
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    normal = {"cell_type": kind, "source": source, "metadata": metadata}
    identity = cell.get("id") or metadata.get("id")  # Colab keeps the id in the metadata
    if isinstance(identity, str):
        normal["id"] = identity
    if kind == "code":
        outputs = cell.get("outputs")
        outputs = outputs[:MAX_OUTPUTS] if isinstance(outputs, list) else []
        normal["outputs"] = [output for output in outputs if isinstance(output, dict)]
    elif pictures or isinstance(cell.get("attachments"), dict):
        attached = cell.get("attachments")
        attached = attached if isinstance(attached, dict) else {}
        named = {plain_text(name): data for name, data in attached.items()} | pictures
        if len(named) > MAX_ATTACHED:
            left_out = f"{len(named) - MAX_ATTACHED} of the {len(named)} pictures"
            repairs.append(f"{left_out} of a text were left out: {MAX_ATTACHED} are taken")
        normal["attachments"] = dict(list(named.items())[:MAX_ATTACHED])
    return normal


def _attach(found, pictures):
    """Take a picture that was pasted into a text as a data: URI for one that is attached."""
    name = f"pasted-{len(pictures) + 1}"
    if found[1] is None:  # a drawing as text
        return f"attachment:{name}"
    pictures[name] = {found[1]: unquote(found[2])}
    return f"attachment:{name}"


def _shortened(source, longest, kind):
    """A source without what makes it too long. Of code, that is the largest of the parts that begin
    at the left margin: data first, functions last; lines keep their numbers. Of a text, the end.
    """
    if kind != "code":
        return f"{source[: max(longest - 100, 0)]}\n\n… the rest was left out …"
    left_out = "# … left out here …"
    parts = re.split(r"\n(?=[^\s)\]}#])", source)
    size = len(source)
    for i in sorted(
        range(len(parts)), key=lambda i: (bool(DEFINES.match(parts[i])), -len(parts[i]))
    ):
        shorter = left_out + "\n" * parts[i].count("\n")
        if size <= longest or len(shorter) >= len(parts[i]):
            break
        size, parts[i] = size - len(parts[i]) + len(shorter), shorter
    return "\n".join(parts) if size <= longest else left_out


def plain_text(value: object) -> str:
    if isinstance(value, list):
        flat = [part for item in value for part in (item if isinstance(item, list) else [item])]
        value = "".join(part for part in flat if isinstance(part, str))
    # A lone surrogate, which JSON can hold, could be neither written nor printed.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""

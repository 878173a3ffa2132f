"""Notebooks as files: whatever was handed in, read into plain cells in nbformat's JSON layout.

nbformat's own reader refuses most of what has to be graded here.
"""

import json
import os
import stat
from pathlib import Path
from typing import Any

from ..errors import Damaged

MAX_BYTES = 100 << 20
MAX_PARTS = 1_000_000  # objects and lists in the file
MAX_CELLS = 2000
MAX_SOURCE = 50_000  # characters of one cell: more is no program that anybody wrote
MAX_TEXT = 1_000_000  # characters of all cells


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


def read(data: bytes, repairs: list[str] | None = None) -> list[dict[str, Any]]:
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
    kept, left = [], MAX_TEXT
    for cell in cells:
        if normal := _normal(cell, min(left, MAX_SOURCE), repairs):
            kept.append(normal)
            left -= len(normal["source"])
    if len(kept) < len(cells):
        repairs.append(f"{len(cells) - len(kept)} entries that are no cells were left out")
    return kept


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
    source = plain_text(cell.get("source", cell.get("input")))
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


def plain_text(value: object) -> str:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    # A lone surrogate, which JSON can hold, could be neither written nor printed.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""

"""Of what a notebook shows, that which staff may read: texts and pictures."""

import json
import re
from typing import Any

from .reader import plain_text

MAX_OUTPUT = 2 << 20  # bytes of a cell's outputs that are kept for staff to read
MAX_OUTPUTS = 16 << 20  # of all cells together
LEFT_OUT = {"output_type": "stream", "name": "stdout", "text": "… further output left out …"}
PICTURES = ("image/png", "image/jpeg", "image/gif")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


def readable_outputs(cell: dict[str, Any]) -> list[dict[str, Any]]:
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
        return {"output_type": "stream", "name": "stdout", "text": plain_text(output.get("text"))}
    if kind == "error":
        name, value = plain_text(output.get("ename")), plain_text(output.get("evalue"))
        return {"output_type": "stream", "name": "stdout", "text": f"{name}: {value}"}
    data = output.get("data") if isinstance(output.get("data"), dict) else {}
    kept = _pictures(data)
    if plain := plain_text(data.get("text/plain")):
        kept["text/plain"] = plain
    return {"output_type": "display_data", "data": kept, "metadata": {}} if kept else None


def readable_attachments(cell: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The pictures pasted into a text cell, up to MAX_OUTPUT bytes: {name: {mime: base64}}."""
    kept, size = {}, 0
    for name, data in cell.get("attachments", {}).items():
        pictures = _pictures(data) if isinstance(data, dict) else {}
        size += sum(map(len, pictures.values()))
        if pictures and size <= MAX_OUTPUT:
            kept[plain_text(name)] = pictures
    return kept


def _pictures(data):
    """The pictures of a MIME bundle, if they are the base64 that they should be."""
    texts = {mime: plain_text(data.get(mime)) for mime in PICTURES}
    return {mime: text for mime, text in texts.items() if BASE64.fullmatch(text)}

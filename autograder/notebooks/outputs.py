"""Of what a notebook shows, that which staff may read: texts and pictures."""

import json
import re
from typing import Any
from urllib.parse import quote

from .reader import plain_text

MAX_OUTPUT = 2 << 20  # bytes of a cell's outputs that are kept for staff to read
MAX_OUTPUTS = 16 << 20  # of all cells together
MAX_PICTURE = 16 << 20  # characters of base64 of a picture that is pasted into a text: a photo
MAX_PICTURES = 64 << 20  # of all of them together
LEFT_OUT = {"output_type": "stream", "name": "stdout", "text": "… further output left out …"}
PICTURES = ("image/png", "image/jpeg")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
ATTACHED = re.compile(r"<attachment:([^>\n]+)>|attachment:([^\s)\"'>]+)")


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


def pictured(cell: dict[str, Any], room: list[int]) -> dict[str, Any]:
    """A text cell's `source` and `attachments` as they can be shown. A picture that the text does
    not refer to is shown below it; one that cannot be shown is named there.

    Args:
        room: [characters of pictures that may still be kept].
    """
    source, kept, missing = cell["source"], {}, []
    unknown = source
    for name, data in cell.get("attachments", {}).items():
        forms = [f"attachment:{form}" for form in (name, quote(name))]
        is_shown = any(form in source for form in forms)
        for form in forms:
            unknown = unknown.replace(form, "")
        pictures = _pictures(data) if isinstance(data, dict) else {}
        size = sum(map(len, pictures.values()))
        if pictures and size <= MAX_PICTURE and size <= room[0]:
            room[0] -= size
            kept[name] = pictures
            if not is_shown:
                source += f"\n\n![{name}](<attachment:{name}>)"
            continue
        kinds = ", ".join(plain_text(kind) for kind in data) if isinstance(data, dict) else ""
        what = f"{size >> 20} MiB, which is too large" if pictures else f"of the type {kinds[:60]}"
        missing.append(f"{name[:80]} ({what})")
    missing += [f"{name[:80]} (not in the file)" for name in sorted(referred(unknown))]
    if missing:
        source += f"\n\n*Pictures that cannot be shown here: {'; '.join(missing)}*"
    return {"source": source, "attachments": kept}


def referred(source: str) -> set[str]:
    """The names of attachments that a text refers to, as they stand there."""
    return {bracketed or bare for bracketed, bare in ATTACHED.findall(source)}


def _pictures(data):
    """The pictures of a MIME bundle, if they are the base64 that they should be."""
    texts = {mime: plain_text(data.get(mime)) for mime in PICTURES}
    return {mime: text for mime, text in texts.items() if BASE64.fullmatch(text)}

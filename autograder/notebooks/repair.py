"""From the notebook a student handed in to the one that is graded.

What was read is set right against the released notebook: cells matched, locked cells restored,
metadata ours.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from ..course.notes import UNTOUCHED
from .cells import (
    Cell,
    Template,
    about_grading,
    defined_in,
    grade_id,
    is_experiment,
    is_locked,
    is_solution,
    is_written,
    own_work,
    same,
)
from .outputs import LEFT_OUT, MAX_OUTPUTS, MAX_PICTURES, pictured, readable_outputs
from .syntax import definitions, functions_defined, names_defined, parsed
from .written import Piece, added, fenced, gather, is_empty, is_of_release, text_of, words_added

FENCE = re.compile(r"```+ *(?:python|py)?\n(.*?)\n```+", re.DOTALL)


@dataclass
class Notebook:
    """A repaired notebook: `cells` in nbformat's layout, and what was repaired, as sentences."""

    cells: list[Cell]
    repairs: list[str] = field(default_factory=list)


@dataclass
class Seen:
    """What tells which assignment a notebook belongs to."""

    ids: frozenset[str]
    functions: frozenset[str]
    texts: frozenset[str]

    @classmethod
    def of(cls, cells: list[Cell]) -> "Seen":
        ids = frozenset(name for cell in cells if (name := grade_id(cell)))
        texts = frozenset(cell["source"].strip() for cell in cells)
        return cls(ids, frozenset(defined_in(cells)), texts)

    def likeness(self, template: Template) -> int:
        """How much of it is of a template, by grade ids (which count twice), functions and texts; 0
        where nothing is.
        """
        by_id, by_text = len(self.ids & template.ids), len(self.texts & template.long_texts)
        return 2 * by_id + len(self.functions & template.functions) + by_text


def guess(seen: Seen, templates: Sequence[Template], filename: str = "") -> Template | None:
    """Which of the templates a notebook was made from: by what is in it, else by its file's name;
    None where nothing tells.
    """
    best = max(templates, key=seen.likeness, default=None)
    if best and seen.likeness(best):
        return best
    return next((template for template in templates if template.name in filename), None)


def repair(
    cells: list[Cell], template: Template, beside: Mapping[str, str] = MappingProxyType({})
) -> Notebook:
    """Match a submission's cells against the `Template`; return the Notebook.

    Every cell of the released notebook with a grade id is there afterwards exactly once, with our
    metadata, and with our source where it is locked. Nothing a student wrote is dropped.

    Args:
        beside: {name: what is in it, where that is text} of other files that were handed in.
    """
    by_id = {grade_id(cell): cell for cell in template.cells if grade_id(cell)}
    repairs: list[str] = []
    cells = _code_in_texts(cells, template, repairs)
    owners, copies = _match(cells, by_id, repairs, template)
    room = [MAX_PICTURES]
    pieces = []
    for i, cell in enumerate(cells):
        cell = cell if cell["cell_type"] == "code" else cell | pictured(cell, room)
        if ours := by_id.get(owners.get(i)):
            own = _added_to(cell, ours, template) if is_locked(ours) else None
            if own and own.cell["cell_type"] == "code":  # before the check that may need it
                pieces.append(own)
            pieces.append(Piece(_graded_cell(cell, ours, repairs), is_ours=True))
            if own and own.cell["cell_type"] != "code":
                pieces.append(own)
            if is_locked(ours) and (said := words_added(cell, ours, template)):
                pieces.append(Piece(_plain("markdown", said), own=said))
            continue
        if (claim := grade_id(cell)) and claim not in by_id:
            repairs.append(f"'{claim[:40]}' is no question here: its mark was removed")
        pieces.append(_free_piece(cell, template, copies.get(i)))
    _put_back_missing(pieces, by_id, repairs)
    pieces = gather(pieces, template, repairs, beside)
    fixed = [piece.cell for piece in pieces]
    _limit_outputs(fixed, repairs)
    if cells and not own_work(cells, template) - {("markdown", ""), ("code", "")} and not beside:
        repairs.append(UNTOUCHED)
    return Notebook(fixed, repairs)


def _code_in_texts(cells, template, repairs):
    """The cells, with those as code that became text and hold a function which is nowhere else."""
    missing = template.functions - defined_in(cells)
    known = {grade_id(cell) for cell in template.cells} - {None}  # which are matched by that
    found = []
    for cell in cells:
        names = set()
        if missing and cell["cell_type"] != "code" and grade_id(cell) not in known:
            blocks = FENCE.findall(cell["source"])
            source = "\n\n".join(blocks) if blocks else cell["source"]
            names = missing & functions_defined(source) if parsed(source) else names
        if names:
            repairs.append(f"{', '.join(sorted(names))} stood in a text cell: it was run as code")
            about = {"metadata": cell["metadata"], **({"id": cell["id"]} if "id" in cell else {})}
            if blocks and FENCE.sub("", cell["source"]).strip():  # there are words around it
                found.append(cell)
                about = {"metadata": {}}
            cell = _plain("code", source) | about
        found.append(cell)
    return found


def _match(cells, by_id, repairs, template):
    """Return {index of a submitted cell: grade id}, and the same of the copies of an answer in
    words that are not the one. Of several that claim an id, the last has it that is not as it was
    released.
    """
    owners, copies, claimed = {}, {}, {}
    for i, cell in enumerate(cells):
        if (name := grade_id(cell)) in by_id:
            claimed.setdefault(name, []).append(i)
    for name, places in claimed.items():  # one of the right type, where there is one, has it
        kind = by_id[name]["cell_type"]
        claimed[name] = [i for i in places if cells[i]["cell_type"] == kind] or places
    for name, ours in by_id.items():
        if (
            name not in claimed
            and (place := _find_lost(cells, ours, claimed, template)) is not None
        ):
            claimed[name] = [place]
            repairs.append(
                f"'{name}' had lost its grading mark; it was recognised by what it contains"
            )
    for name, places in claimed.items():
        ours = by_id[name]
        worked = [i for i in places if not _is_untouched(cells[i], ours)]
        owner = (worked or places)[-1]
        owners[owner] = name
        if len(places) > 1:
            repairs.append(f"'{name}' was there {len(places)} times; {_what_counts(ours)}")
        if is_written(ours):
            copies |= {i: name for i in places if i != owner}
    return owners, copies


def _is_untouched(cell, ours):
    return is_empty(cell, ours) if is_written(ours) else same(cell, ours)


def _what_counts(ours):
    if is_written(ours):
        return "what was written in them was put together"
    return "all were run, in their order" if is_solution(ours) else "the release's counts"


def _find_lost(cells, ours, claimed, template):
    """The last cell that is `ours` without saying so: by id, by the function it defines, by its
    text.
    """
    taken = {i for places in claimed.values() for i in places}
    wanted = functions_defined(ours["source"]) if is_solution(ours) else set()
    asks = is_locked(ours) and ours["cell_type"] == "markdown"
    for i in reversed(range(len(cells))):
        cell = cells[i]
        if i in taken or cell["cell_type"] != ours["cell_type"]:
            continue
        defines = cell["cell_type"] == "code" and wanted & functions_defined(cell["source"])
        same_id = "id" in cell and cell["id"] == ours.get("id")
        extended = asks and added(cell["source"], ours, template) is not None
        if defines or same_id or same(cell, ours) or extended:
            return i
    return None


def _graded_cell(cell, ours, repairs):
    """A cell of the released notebook as handed in: our metadata; our source where it is locked."""
    name, kind, source = grade_id(ours), ours["cell_type"], cell["source"]
    if is_locked(ours):
        if not same(cell, ours):
            repairs.append(f"'{name}' is locked and differs from the release: it was put back")
        source = ours["source"]
    elif cell["cell_type"] != kind:
        repairs.append(f"'{name}' had become a {cell['cell_type']} cell: it is a {kind} cell again")
    if about_grading(cell) and _about_grading(cell) != _about_grading(ours):
        repairs.append(f"the grading metadata of '{name}' had been changed: the release's count")
    fixed = {**ours, "source": source, "metadata": json.loads(json.dumps(ours["metadata"]))}
    if kind == "code":
        # A locked cell's outputs will be the verdict; a solution cell's are for staff to read.
        fixed["outputs"] = [] if is_locked(ours) else readable_outputs(cell)
        fixed["execution_count"] = None
    elif not is_locked(ours) and cell.get("attachments"):
        fixed["attachments"] = cell["attachments"]
    return fixed


def _added_to(cell, ours, template):
    """What a student wrote in a copy of a locked cell, as a Piece of its own, or None: functions of
    code, text beside ours.
    """
    if ours["cell_type"] == "code":
        own = definitions(cell["source"], template.functions) if cell["cell_type"] == "code" else ""
        if not names_defined(own) - names_defined(ours["source"]):
            return None
        return Piece(_plain("code", own))
    text = added(cell["source"], ours, template)
    text = cell["source"].strip() if text is None else text
    if not text:
        return None
    piece = Piece(_plain("markdown", text), own=text)
    if cell.get("attachments"):
        piece.cell["attachments"] = cell["attachments"]
    return piece


def _about_grading(cell):
    """What nbgrader would go by; a checksum changes with the text."""
    return {key: value for key, value in about_grading(cell).items() if key != "checksum"}


def _free_piece(cell, template, answers=None):
    """Any other cell: text, supplied code, or the student's own. Only tags of ours survive."""
    supplied = template.like(cell)
    supplied = supplied or next(
        (c for c in template.cells if "id" in cell and c.get("id") == cell["id"]), None
    )
    supplied = None if supplied and is_written(supplied) else supplied  # a copy of an answer
    unchanged = supplied and same(cell, supplied)
    fixed = _plain(cell["cell_type"], cell["source"])
    if is_experiment(cell) or bool(supplied and is_experiment(supplied)):
        fixed["metadata"]["tags"] = ["experiment"]
    elif unchanged:
        fixed["metadata"]["tags"] = ["supplied"]
    if cell["cell_type"] == "code":
        fixed["outputs"] = readable_outputs(cell)
    elif cell.get("attachments"):
        fixed["attachments"] = cell["attachments"]
    if cell["cell_type"] == "raw":  # nbconvert would show it, or hide it, or run it as HTML
        fixed |= {"cell_type": "markdown", "source": fenced(cell["source"])}
    if unchanged or is_of_release(fixed, template):
        return Piece(fixed, is_ours=True)
    own = text_of(cell if cell["cell_type"] == "code" else fixed) if cell["source"].strip() else ""
    if supplied and cell["cell_type"] != "code":  # a text of ours that was written into
        rest = added(cell["source"], supplied, template)
        return Piece(fixed, is_ours=rest is not None, own=own if rest is None else rest)
    placeholder = answers and any(is_written(c) and is_empty(cell, c) for c in template.cells)
    return Piece(fixed, own="" if placeholder else own, answers=answers)


def _plain(kind, source):
    """A cell without anything but its source."""
    cell = {"cell_type": kind, "source": source, "metadata": {}}
    return cell | {"outputs": [], "execution_count": None} if kind == "code" else cell


def _put_back_missing(pieces, by_id, repairs):
    """Insert each missing cell of ours behind the one that precedes it in the released notebook."""
    written = defined_in(piece.cell for piece in pieces)
    there = {grade_id(piece.cell) for piece in pieces}
    previous = None
    for name, ours in by_id.items():
        if name not in there:
            places = {n: i for i, piece in enumerate(pieces) if (n := grade_id(piece.cell))}
            piece = Piece(_graded_cell(ours, ours, []), is_ours=True)
            pieces.insert(places[previous] + 1 if previous in places else 0, piece)
            if not functions_defined(ours["source"]) & written:
                repairs.append(f"'{name}' was missing and was put back")
        previous = name


def _limit_outputs(fixed, repairs):
    """Leave out outputs beyond what a page can show."""
    size = 0
    for cell in fixed:
        size += len(json.dumps(cell.get("outputs", [])))
        if size > MAX_OUTPUTS and cell.get("outputs"):
            cell["outputs"] = [dict(LEFT_OUT)]
    if size > MAX_OUTPUTS:
        repairs.append(f"of the outputs {MAX_OUTPUTS >> 20} MiB were kept, the rest was left out")

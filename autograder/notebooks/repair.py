"""From the notebook a student handed in to the one that is graded.

What was read is set right against the released notebook: cells matched, locked cells restored,
metadata ours.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .cells import (
    Cell,
    Template,
    about_grading,
    defined_in,
    grade_id,
    is_experiment,
    is_locked,
    is_solution,
    same,
)
from .outputs import LEFT_OUT, MAX_OUTPUTS, readable_attachments, readable_outputs
from .syntax import definitions, functions_defined, names_defined


@dataclass
class Notebook:
    """A repaired notebook: `cells` in nbformat's layout, and what was repaired, as sentences."""

    cells: list[Cell]
    repairs: list[str] = field(default_factory=list)


def guess(cells: list[Cell], templates: Sequence[Template], filename: str = "") -> Template | None:
    """Which of the templates a notebook was made from: by grade ids, else by functions defined,
    else by its file's name; None where nothing tells.
    """
    ids = {grade_id(cell) for cell in cells} - {None}
    defined = defined_in(cells)

    def likeness(template: Template) -> int:
        wanted = defined_in(filter(is_solution, template.cells))
        by_id = len(ids & {grade_id(cell) for cell in template.cells})
        return 2 * by_id + len(defined & wanted) + (template.name in filename)

    best = max(templates, key=likeness, default=None)
    return best if best and likeness(best) else None


def repair(cells: list[Cell], template: Template) -> Notebook:
    """Match a submission's cells against the `Template`; return the Notebook.

    Every cell of the released notebook with a grade id is there afterwards exactly once, with our
    metadata, and with our source where it is locked. Nothing a student wrote is dropped.
    """
    by_id = {grade_id(cell): cell for cell in template.cells if grade_id(cell)}
    repairs: list[str] = []
    owners = _match(cells, by_id, repairs)
    fixed = []
    for i, cell in enumerate(cells):
        ours = by_id.get(owners.get(i))
        if ours:
            if is_locked(ours) and (own := _own_definitions(cell, ours)):
                fixed.append(_free_cell(cell | {"source": own}, template))
            fixed.append(_graded_cell(cell, ours, repairs))
            continue
        if (claim := grade_id(cell)) and claim not in by_id:
            repairs.append(f"'{claim[:40]}' is no question here: its mark was removed")
        fixed.append(_free_cell(cell, template))
    _put_back_missing(fixed, by_id, repairs)
    _limit_outputs(fixed, repairs)
    return Notebook(fixed, repairs)


def _match(cells, by_id, repairs):
    """Return {index of a submitted cell: grade id}; of several claiming an id, the last has it."""
    owners, claimed = {}, {}
    for i, cell in enumerate(cells):
        if (name := grade_id(cell)) in by_id:
            claimed.setdefault(name, []).append(i)
    for name, places in claimed.items():  # one of the right type, where there is one, has it
        kind = by_id[name]["cell_type"]
        claimed[name] = [i for i in places if cells[i]["cell_type"] == kind] or places
    for name, ours in by_id.items():
        if name not in claimed and (place := _find_lost(cells, ours, claimed)) is not None:
            claimed[name] = [place]
            repairs.append(
                f"'{name}' had lost its grading mark; it was recognised by what it contains"
            )
    for name, places in claimed.items():
        owners[places[-1]] = name
        if len(places) > 1:
            repairs.append(
                f"'{name}' was there {len(places)} times; the last one counts, as in a run"
            )
    return owners


def _find_lost(cells, ours, claimed):
    """The last cell that is `ours` without saying so: by id, by the function it defines, by its
    text.
    """
    taken = {i for places in claimed.values() for i in places}
    wanted = functions_defined(ours["source"]) if is_solution(ours) else set()
    for i in reversed(range(len(cells))):
        cell = cells[i]
        if i in taken or cell["cell_type"] != ours["cell_type"]:
            continue
        defines = cell["cell_type"] == "code" and wanted & functions_defined(cell["source"])
        same_id = "id" in cell and cell["id"] == ours.get("id")
        if defines or same_id or same(cell, ours):
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
    elif attachments := readable_attachments(cell):
        fixed["attachments"] = attachments
    return fixed


def _own_definitions(cell, ours):
    """What a student defined in a copy of a locked cell, or nothing."""
    if cell["cell_type"] != "code":
        return ""
    own = definitions(cell["source"])
    return own if names_defined(own) - names_defined(ours["source"]) else ""


def _about_grading(cell):
    """What nbgrader would go by; a checksum changes with the text."""
    return {key: value for key, value in about_grading(cell).items() if key != "checksum"}


def _free_cell(cell, template):
    """Any other cell: text, supplied code, or the student's own. Only tags of ours survive."""
    supplied = next((ours for ours in template.cells if same(cell, ours)), None)
    supplied = supplied or next(
        (c for c in template.cells if "id" in cell and c.get("id") == cell["id"]), None
    )
    experiment = is_experiment(cell) or bool(supplied and is_experiment(supplied))
    tags = ["experiment"] if experiment else []
    if supplied and same(cell, supplied) and not experiment:
        tags = ["supplied"]
    fixed = {
        "cell_type": cell["cell_type"],
        "source": cell["source"],
        "metadata": {"tags": tags} if tags else {},
    }
    if cell["cell_type"] == "code":
        fixed["outputs"] = readable_outputs(cell)
        fixed["execution_count"] = None
    elif attachments := readable_attachments(cell):
        fixed["attachments"] = attachments
    if cell["cell_type"] == "raw":  # nbconvert would show it, or hide it, or run it as HTML
        fixed |= {"cell_type": "markdown", "source": _fenced(cell["source"])}
    return fixed


def _fenced(text):
    """A text as Markdown that shows it letter by letter."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def _put_back_missing(fixed, by_id, repairs):
    """Insert each missing cell of ours behind the one that precedes it in the released notebook."""
    written = defined_in(fixed)
    previous = None
    for name, ours in by_id.items():
        places = [i for i, cell in enumerate(fixed) if grade_id(cell) == name]
        if not places:
            after = [i for i, cell in enumerate(fixed) if previous and grade_id(cell) == previous]
            fixed.insert(after[0] + 1 if after else 0, _graded_cell(ours, ours, []))
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

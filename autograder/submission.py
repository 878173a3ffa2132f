"""From the bytes a student handed in to the notebook that is graded.

`read` takes whatever was handed in, `repair` sets it right against the released notebook (cells matched, locked
cells restored, metadata ours), `cells_to_run` picks what the sealed process executes. Plain dicts in nbformat's
JSON layout throughout: nbformat's own reader refuses most of what has to be repaired here.
"""

import ast
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
MAX_BYTES = 200 << 20
MAX_OUTPUT = 2 << 20  # bytes of a cell's outputs that are kept for staff to read
KEPT_OUTPUTS = ("text/plain", "image/png")


class Damaged(ValueError):
    """What was handed in cannot be read as a notebook; the message says so to the student."""


@dataclass
class Notebook:
    """A repaired notebook: `cells` in nbformat's layout, and what was repaired, as sentences."""

    cells: list[dict]
    repairs: list[str] = field(default_factory=list)


def released(assignment):
    """The cells of the released notebook, which every submission is matched against."""
    return read((PROJECT / "assignments" / assignment / f"{assignment}.ipynb").read_bytes())


def read(data):
    """Return the cells of a notebook of nbformat 3 or 4.

    Raises:
        Damaged: the bytes are not a notebook.
    """
    if len(data) > MAX_BYTES:
        raise Damaged(f"the file has {len(data) >> 20} MiB, more than the {MAX_BYTES >> 20} that are read")
    if not data.strip():
        raise Damaged("the file is empty")
    try:
        notebook = json.loads(_decode(data))
    except (ValueError, RecursionError):
        raise Damaged("the file is not a notebook: expected JSON, as Jupyter and Colab save it") from None
    cells = _cells_of(notebook)
    if cells is None:
        raise Damaged("the file is JSON, but not a notebook: it has no list of cells")
    return [normal for cell in cells if (normal := _normal(cell))]


def _decode(data):
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Damaged("the file is not a notebook: it is not text")


def _cells_of(notebook):
    if not isinstance(notebook, dict):
        return None
    if isinstance(notebook.get("worksheets"), list):  # nbformat 3
        sheets = [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        return [cell for cells in sheets if isinstance(cells, list) for cell in cells]
    return notebook["cells"] if isinstance(notebook.get("cells"), list) else None


def _normal(cell):
    """One cell with every part of the expected type, or None for what is not a cell."""
    if not isinstance(cell, dict):
        return None
    kind = cell.get("cell_type")
    source = _text(cell.get("source", cell.get("input")))
    if kind == "heading":
        kind, source = "markdown", "# " + source
    if kind not in ("code", "markdown", "raw"):
        return None
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    normal = {"cell_type": kind, "source": source.replace("\r\n", "\n"), "metadata": metadata}
    identity = cell.get("id") or metadata.get("id")  # Colab keeps the id in the metadata
    if isinstance(identity, str):
        normal["id"] = identity
    if kind == "code":
        outputs = cell.get("outputs")
        normal["outputs"] = [o for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else []
    return normal


def _text(value):
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def functions_defined(source):
    """Names of the functions a cell defines at its top level, magics and syntax errors elsewhere forgiven."""
    try:
        body = ast.parse(without_magics(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"^def\s+(\w+)", source, re.MULTILINE))
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


def guess_assignment(cells, names, filename=""):
    """Which assignment a notebook is: by grade ids, else by functions defined, else by its file's name."""
    scores = dict.fromkeys(names, 0)
    ids = {_grade_id(cell) for cell in cells} - {None}
    defined = set().union(*(functions_defined(c["source"]) for c in cells if c["cell_type"] == "code"), set())
    for name in names:
        template = released(name)
        wanted = set().union(*(functions_defined(c["source"]) for c in template if _is_solution(c)), set())
        scores[name] = 2 * len(ids & {_grade_id(c) for c in template}) + len(defined & wanted)
        scores[name] += name in filename
    best = max(scores, key=scores.get, default=None)
    return best if best and scores[best] else None


def repair(cells, assignment):
    """Match a submission's cells against the released notebook.

    Every cell of the released notebook with a grade id is there afterwards exactly once, with our metadata, and
    with our source where it is locked. Nothing a student wrote is dropped.
    """
    template = released(assignment)
    by_id = {_grade_id(cell): cell for cell in template if _grade_id(cell)}
    repairs = []
    owners = _match(cells, template, by_id, repairs)
    fixed = []
    for i, cell in enumerate(cells):
        ours = by_id.get(owners.get(i))
        fixed.append(_graded_cell(cell, ours, repairs) if ours else _free_cell(cell, template))
    _put_back_missing(fixed, by_id, repairs)
    return Notebook(fixed, repairs)


def _match(cells, template, by_id, repairs):
    """Return {index of a submitted cell: grade id}; where several claim an id, the last one has it."""
    owners, claimed = {}, {}
    for i, cell in enumerate(cells):
        name = _grade_id(cell)
        if name in by_id and cell["cell_type"] == by_id[name]["cell_type"]:
            claimed.setdefault(name, []).append(i)
    for name, ours in by_id.items():
        if name not in claimed and (found := _find_lost(cells, ours, claimed)) is not None:
            claimed[name] = [found]
            repairs.append(f"'{name}' had lost its grading mark; it was recognised by what it contains")
    for name, places in claimed.items():
        owners[places[-1]] = name
        if len(places) > 1:
            repairs.append(f"'{name}' was there {len(places)} times; the last one counts, as in a run")
    return owners


def _find_lost(cells, ours, claimed):
    """The last cell that is `ours` without saying so: by id, by the function it defines, by its text."""
    taken = {i for places in claimed.values() for i in places}
    wanted = functions_defined(ours["source"]) if _is_solution(ours) else set()
    for i in reversed(range(len(cells))):
        cell = cells[i]
        if i in taken or cell["cell_type"] != ours["cell_type"]:
            continue
        defines = cell["cell_type"] == "code" and wanted & functions_defined(cell["source"])
        same_id = "id" in cell and cell["id"] == ours.get("id")
        if defines or same_id or _same(cell, ours):
            return i
    return None


def _graded_cell(cell, ours, repairs):
    """A cell of the released notebook as handed in: our metadata; our source where it is locked."""
    source = cell["source"]
    if _is_locked(ours):
        if not _same(cell, ours):
            repairs.append(f"'{_grade_id(ours)}' is a locked cell and was changed; the original was put back")
        source = ours["source"]
    fixed = {**ours, "source": source, "metadata": json.loads(json.dumps(ours["metadata"]))}
    if cell["cell_type"] == "code":
        # A locked cell's outputs will be the verdict; a solution cell's may be what staff want to read.
        fixed["outputs"] = [] if _is_locked(ours) else _readable_outputs(cell)
        fixed["execution_count"] = None
    return fixed


def _free_cell(cell, template):
    """Any other cell: text, supplied code, or the student's own. Only tags of ours survive."""
    supplied = next((ours for ours in template if _same(cell, ours)), None)
    supplied = supplied or next((c for c in template if "id" in cell and c.get("id") == cell["id"]), None)
    experiment = is_experiment(cell) or bool(supplied and is_experiment(supplied))
    tags = ["experiment"] if experiment else []
    if supplied and _same(cell, supplied) and not experiment:
        tags = ["supplied"]
    fixed = {"cell_type": cell["cell_type"], "source": cell["source"], "metadata": {"tags": tags} if tags else {}}
    if cell["cell_type"] == "code":
        fixed["outputs"] = _readable_outputs(cell)
        fixed["execution_count"] = None
    return fixed


def _put_back_missing(fixed, by_id, repairs):
    """Insert each missing cell of ours behind the one that precedes it in the released notebook."""
    previous = None
    for name, ours in by_id.items():
        places = [i for i, cell in enumerate(fixed) if _grade_id(cell) == name]
        if not places:
            after = [i for i, cell in enumerate(fixed) if _grade_id(cell) == previous]
            fixed.insert(after[0] + 1 if after else 0, _graded_cell(ours, ours, []))
            repairs.append(f"'{name}' was missing and was put back")
        previous = name


def cells_to_run(notebook, assignment):
    """(number, source) of the code the sealed process runs: our set-up, then what the student wrote.

    Numbers count code cells from 1, as execution counts do after "Restart and run all"; our set-up is cell 0.
    """
    setup = [cell for cell in released(assignment) if cell["cell_type"] == "code" and "setup" in _tags(cell)]
    run = [(0, without_magics(cell["source"])) for cell in setup]
    number = 0
    for cell in notebook.cells:
        if cell["cell_type"] != "code":
            continue
        number += 1
        ours = _is_locked(cell) or "supplied" in _tags(cell) or is_experiment(cell)
        if not ours and cell["source"].strip():
            run.append((number, without_magics(cell["source"])))
    return run


def without_magics(source):
    """The source with IPython's magics and shell lines replaced by `pass`, where it is not plain Python."""
    try:
        ast.parse(source)
        return source
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not re.match(r"%%(time|timeit|capture|prun)\b", first):
        return "pass"  # a cell of another language
    return "\n".join(re.sub(r"^(\s*)(%|!|\?|.*\?\s*$)(.*)", r"\1pass", line) for line in lines)


def is_experiment(cell):
    """Training runs and plots: tagged so, or (Colab may lose tags) saying so in the first line."""
    return "experiment" in _tags(cell) or cell["source"].lstrip().lower().startswith("# experiment")


def _readable_outputs(cell):
    """The text and PNG outputs of a cell, up to MAX_OUTPUT bytes: no HTML, no JavaScript, no SVG."""
    kept, size = [], 0
    for output in cell["outputs"]:
        plain = _readable(output)
        size += len(json.dumps(plain)) if plain else 0
        if size > MAX_OUTPUT:
            kept.append({"output_type": "stream", "name": "stdout", "text": "… further output left out …"})
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
    data = {mime: _text(data[mime]) for mime in KEPT_OUTPUTS if _text(data.get(mime))}
    return {"output_type": "display_data", "data": data, "metadata": {}} if data else None


def _same(a, b):
    return a["cell_type"] == b["cell_type"] and a["source"].strip() == b["source"].strip()


def _tags(cell):
    tags = cell["metadata"].get("tags")
    return tags if isinstance(tags, list) else []


def _nbgrader(cell):
    metadata = cell["metadata"].get("nbgrader")
    return metadata if isinstance(metadata, dict) else {}


def _grade_id(cell):
    name = _nbgrader(cell).get("grade_id")
    return name if isinstance(name, str) else None


def _is_solution(cell):
    return bool(_nbgrader(cell).get("solution"))


def _is_locked(cell):
    return not _is_solution(cell) and bool(_nbgrader(cell).get("locked") or _nbgrader(cell).get("grade"))

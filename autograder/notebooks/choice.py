"""Which of the files in a student's folder is the notebook that is graded.

Whatever was handed in is graded, or somebody is told why not. Where several notebooks differ, the
one counts that holds all the work of the others; where there is none, a person decides.
"""

import hashlib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from textwrap import shorten as shortened

from ..errors import Ambiguous, Damaged, NoNotebook, WrongFile
from .cells import Cell, Template, own_work
from .folder import (
    ACTIVE,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_FILES,
    RECORD,
    SKIPPED,
    TIME,
    is_litter,
    set_aside,
    walk,
)
from .reader import Reading, load, read
from .repair import Seen, guess
from .syntax import imports

MAX_FOUND = 20  # notebooks that are looked at
NOTHING = 300  # bytes in which there is no work, when they cannot be read
MAX_MODULES = 1_000_000  # bytes of all of them
MAX_MODULE = 200_000  # bytes of a Python file beside the notebook
TEXTS = (".txt", ".md")  # files whose text is shown
MAX_SHOWN = 20_000  # bytes of one
COUNTED = (*TEXTS, ".zip", ".py")  # what is in them counts, beside notebooks


@dataclass
class Candidate:
    """A notebook in a folder: its cells, or why it cannot be read."""

    name: str
    data: bytes
    cells: list[Cell] = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    damage: Damaged | None = None

    def __post_init__(self):
        try:
            self.cells = read(self.data, self.reading)
        except Damaged as damage:
            self.damage = damage


def read_folder(
    folder: str | Path, template: Template, others: Sequence[Template] = ()
) -> tuple[list[Cell], Reading]:
    """Return (cells, what else there is to say) of the notebook in a student's folder.

    Args:
        others: the released notebooks of the course's other assignments.

    Raises:
        Damaged: there is no notebook, or none that can be read, or it is not this assignment's, or
            several differ.
    """
    folder = Path(folder)
    found = _candidates(folder, template)
    chosen, said = _choose(found, template, others)
    reading = chosen.reading
    if chosen.name != f"{template.name}.ipynb":
        said.insert(0, f"handed in as {_list([chosen.name])}, not as {template.name}.ipynb")
    if aside := _aside(folder):
        said.insert(
            0,
            f"set aside: {_list(aside)} (beside the notebook only plain files are taken, no web "
            f"pages, at most {MAX_FILES} and {MAX_BYTES >> 20} MiB)",
        )
    reading.repairs[:0] = said
    files = _beside(folder)
    reading.modules = _modules(folder, files)
    code = [c["source"] for c in chosen.cells if c["cell_type"] == "code"]
    code = "\n".join([*code, *reading.modules.values()])
    reading.beside = {
        str(path.relative_to(folder)): _text(path)
        for path in files
        if path.suffix != ".py" or not imports(code, path.stem)
    }
    reading.beside |= _passed_over(found, chosen, template, aside)
    return chosen.cells, reading


def _modules(folder, files):
    """{name: source} of the Python files, up to MAX_MODULES bytes of them together."""
    found, room = {}, MAX_MODULES
    for path in filter(_is_module, files):
        room -= path.stat().st_size
        if room >= 0:
            name = _module_name(path.relative_to(folder))
            found[name] = path.read_text(encoding="utf-8", errors="replace")
    return found


def require_this(cells: list[Cell], template: Template, others: Sequence[Template] = ()) -> None:
    """See to it that a notebook is the work on this assignment.

    Raises:
        WrongFile: it is not.
    """
    if reason := _what_else(cells, template, others):
        raise WrongFile(reason)


def fingerprint(folder: str | Path) -> bytes:
    """A digest that changes when what counts in a student's folder does."""
    folder, digest = Path(folder), hashlib.sha256()
    digest.update(ascii(_aside(folder)).encode())
    for path, is_plain in walk(folder):
        if path.name == "timestamp.txt" or is_litter(path.name):  # change no mark by themselves
            continue
        digest.update(ascii(str(path.relative_to(folder))).encode())
        if is_plain and (is_notebook(path.name) or path.suffix.lower() in COUNTED):
            try:
                digest.update(load(path))
            except Damaged as damage:
                digest.update(str(damage).encode())
    return digest.digest()


def is_notebook(name: str) -> bool:
    """Also `x.ipynb.txt` and `x.ipynb.json`, as browsers save it."""
    return ".ipynb" in name.lower() and not name.startswith(".")


def _choose(found, template, others):
    """(the Candidate that counts, sentences on the others).

    Raises:
        Damaged: none does.
    """
    if len(found) == 1:
        if found[0].damage:
            raise found[0].damage
        require_this(found[0].cells, template, others)
        return found[0], []
    said, working, torn = [], [], []
    for one in found:
        if one.damage:
            torn.append(one)
        elif reason := _what_else(one.cells, template, others):
            said.append(f"{_list([one.name])} was not looked at: {reason}")
        else:
            working.append(one)
    if not working:
        if torn and not said:
            why = "; ".join(f"{_list([one.name])}: {one.damage}" for one in torn)
            raise Damaged(f"there are {len(torn)} notebooks: {why}")
        said += [f"{_list([one.name])} cannot be read: {one.damage}" for one in torn]
        raise WrongFile("; ".join(said))
    lost = [one for one in torn if len(one.data) > NOTHING]
    if lost:
        one = lost[0]
        raise Ambiguous(
            f"{_list([one.name])} cannot be read ({one.damage}), and beside it there is "
            f"{_list([other.name for other in working])}"
        )
    said += [f"{_list([one.name])} was not looked at: {one.damage}" for one in torn]
    work = {id(one): own_work(one.cells, template) for one in working}
    fullest = [one for one in working if all(work[id(one)] >= work[id(other)] for other in working)]
    if not fullest:
        raise Ambiguous(
            f"{_list([one.name for one in working])} belong to {template.name}, and differ"
        )
    chosen = next((one for one in fullest if one.name == f"{template.name}.ipynb"), fullest[0])
    same = [one.name for one in fullest if one is not chosen]
    less = [one.name for one in working if one not in fullest]
    if same:
        said.append(f"{_list(same)} has the same work as {_list([chosen.name])}")
    if less:
        said.append(f"{_list(less)} has nothing that is not in {_list([chosen.name])}, too")
    return chosen, said


def _passed_over(found, chosen, template, aside):
    """{name: text} of what was not looked at and may hold an answer: other notebooks, web pages."""
    names = {name: "" for name in aside if Path(name).suffix.lower() in ACTIVE}
    for one in found:
        if one is not chosen and (one.damage or not Seen.of(one.cells).likeness(template)):
            own = [text for kind, text in own_work(one.cells, template) if kind != "code"]
            names[one.name] = "\n\n".join(own)[:MAX_SHOWN]
    return names


def _module_name(path):
    """A Python file's way, where all of it can be part of an import; else its name."""
    parts = path.with_suffix("").parts
    return "/".join(parts) if all(part.isidentifier() for part in parts) else parts[-1]


def _what_else(cells, template, others):
    """Why a notebook is not the work on this assignment, or ""."""
    seen = Seen.of(cells)
    own = seen.likeness(template)
    other = guess(seen, [one for one in others if one.name != template.name])
    if other and seen.likeness(other) > 2 * own:
        return f"it looks like {other.name}"
    if own:
        return ""
    if not any(cell["source"].strip() for cell in cells):
        return "there is nothing in it"
    return f"none of the functions and questions of {template.name} are in it"


def _candidates(folder, template):
    """The notebooks in a folder, also those in archives, the one with the right name first.

    Raises:
        Damaged: there is none, or they are far too large.
        OSError: one may not be read.
    """
    expected = folder / f"{template.name}.ipynb"
    paths = [path for path, is_plain in walk(folder) if is_plain and is_notebook(path.name)]
    paths.sort(key=lambda path: path != expected)
    if len(paths) > 1 and sum(path.stat().st_size for path in paths) > 2 * MAX_BYTES:
        raise Damaged(f"the notebooks {_list(_relative(paths, folder))} are far too large")
    found = [Candidate(str(path.relative_to(folder)), load(path)) for path in paths[:MAX_FOUND]]
    files = [path for path, is_plain in walk(folder, MAX_DEPTH) if is_plain]
    try:
        archived = _notebooks_in_zips([path for path in files if path.suffix.lower() == ".zip"])
    except Damaged:
        if not found:
            raise
        archived = {}  # they are named as lying beside
    found += [Candidate(name, data) for name, data in archived.items()]
    if len(paths) > MAX_FOUND:
        raise Ambiguous(f"there are {len(paths)} notebooks, more than the {MAX_FOUND} looked at")
    if found:
        return found
    files = [path for path in files if path.name != "timestamp.txt"]
    received = _relative(files, folder) + _aside(folder)
    texts = [" ".join(_text(path).split()) for path in files]
    said = "".join(f", {shortened(text, 200, placeholder=' …')}" for text in texts[:1] if text)
    raise NoNotebook(f"received: {_list(received)}{said}" if received else "the folder is empty")


def _notebooks_in_zips(paths):
    """{name: bytes} of the notebooks in archives. Nothing is unpacked: the names in them, whatever
    they say, lead nowhere.

    Raises:
        Damaged: one cannot be read, or there is far too much in them.
    """
    notebooks, left = {}, MAX_BYTES
    for path in paths[:MAX_FOUND]:
        try:
            with zipfile.ZipFile(path) as archive:
                for entry in filter(_is_work, archive.infolist()[:MAX_FILES]):
                    with archive.open(entry) as file:  # an entry may lie about its size
                        data = file.read(left + 1)
                    notebooks[f"{path.name}: {entry.filename}"] = data
                    left -= len(data)
                    if left < 0 or len(notebooks) > MAX_FOUND:
                        raise Damaged(f"what is in {_list([path.name])} is far too large")
        except Damaged:
            raise
        except Exception:  # zipfile raises what its decompressors do
            raise Damaged(f"{_list([path.name])} is no zip archive that can be read") from None
    return notebooks


def _is_work(entry):
    """Is an archive's entry a notebook, and none of those that systems leave there?"""
    name = entry.filename
    hidden = name.startswith(SKIPPED) or ".ipynb_checkpoints" in name
    return is_notebook(PurePosixPath(name).name) and not hidden


def _beside(folder):
    """The files of a student's that are no notebooks."""
    files = [path for path, is_plain in walk(folder) if is_plain and not is_notebook(path.name)]
    ours = ("timestamp.txt", RECORD)
    return [path for path in files if not is_litter(path.name) and path.name not in ours]


def _is_module(path):
    """Can a notebook import it?"""
    name = path.name.removesuffix(".py")
    return path.suffix == ".py" and name.isidentifier() and path.stat().st_size <= MAX_MODULE


def _text(path):
    """What is in a file, where it is a text that can be shown; else ""."""
    if path.suffix.lower() not in TEXTS:
        return ""
    with open(path, "rb") as file:
        text = file.read(MAX_SHOWN + 1).decode("utf-8", "replace")
    return "".join(c for c in text[:MAX_SHOWN] if c.isprintable() or c in "\n\t").strip()


def _aside(folder):
    """Names of what was moved out of a folder."""
    return [line for line in set_aside(folder) if not line.startswith(TIME)]


def _relative(paths, folder):
    return [str(path.relative_to(folder)) for path in paths]


def _list(names, shown=5):
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(ascii(name)[:80] for name in names[:shown]) + more

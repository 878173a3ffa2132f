"""Answers in words, wherever they were typed.

A question is asked in one cell and answered in the next. Students answer below it in a cell of
their own, in the question itself, in a copy of the cell, as raw text or as a string in a code
cell; many tools lose what says which cell was which. So an answer is what stands between its
question and whatever of the release comes next. What of a student's text has no such place is
shown where an empty answer would be, so that a person reads it.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from .cells import Cell, Template, grade_id, is_written, same
from .comments import long_ones
from .outputs import referred
from .syntax import parsed, without_magics

MOSTLY = 0.6  # of the lines of a text of ours: then it is that text, with additions


@dataclass
class Piece:
    """One cell of a notebook that is being repaired.

    Attributes:
        is_ours: does it stand for a cell of the release?
        own: what of its text is the student's, as Markdown.
        answers: the question that it says it answers, where another cell says so as well.
    """

    cell: Cell
    is_ours: bool = False
    own: str = ""
    answers: str | None = None


def added(source: str, ours: Cell, template: Template) -> str | None:
    """What stands in a text beside that of ours; None where most of ours is not there. What other
    texts of ours it was merged with is left out, too.
    """
    own = {line.strip() for line in ours["source"].splitlines()} - {""}
    lines = source.splitlines()
    if len(own & {line.strip() for line in lines}) < MOSTLY * len(own):
        return None
    known = own | template.lines
    return "\n".join(line for line in lines if line.strip() not in known).strip()


def words_added(cell: Cell, ours: Cell, template: Template) -> str:
    """The comments and texts that a student wrote into code of ours, where they say something."""
    if not cell["cell_type"] == ours["cell_type"] == "code" or same(cell, ours):
        return ""
    return "\n\n".join(map(fenced, long_ones(cell["source"], template.comments, enough=5)))


def is_of_release(cell: Cell, template: Template) -> bool:
    """Is a text cell a piece of the release, as tools leave it that cut texts into paragraphs?"""
    lines = {line.strip() for line in cell["source"].splitlines()} - {""}
    return cell["cell_type"] == "markdown" and bool(lines) and lines <= template.lines


def is_empty(cell: Cell, ours: Cell) -> bool:
    """Is nothing of the student's in a cell for an answer: neither text nor picture?"""
    return not words(cell["source"], ours) and not cell.get("attachments")


def words(source: str, ours: Cell) -> str:
    """A text without the placeholder of the release."""
    return source.replace(ours["source"].strip(), "").strip()


def text_of(cell: Cell) -> str:
    """What of a student's own cell is text, as Markdown: of code, what computes nothing, or is no
    Python at all.
    """
    source = cell["source"]
    if cell["cell_type"] != "code":
        return source.strip()
    if not source.strip():
        return ""
    if re.match(r"\s*%%(?:html|latex|svg|javascript)\b", source, re.IGNORECASE):
        return fenced(source)
    tree = parsed(without_magics(source))
    strings = [_string(node) for node in tree.body] if tree else []
    if tree and not all(isinstance(text, str) for text in strings):
        return ""
    has_comment = any(line.lstrip().startswith("#") for line in source.splitlines())
    return fenced(source) if has_comment or not strings else "\n\n".join(strings)


def _string(node):
    """The text of a statement that is a string, shows one, or gives one a name, or None."""
    value = getattr(node, "value", None)
    while isinstance(value, ast.Call) and _shows(value.func) and len(value.args) == 1:
        value = value.args[0]
    text = value.value if isinstance(value, ast.Constant) else None
    if not isinstance(text, str) or isinstance(node, ast.Assign) and len(text.split()) < 4:
        return None
    return text.strip()


def _shows(function):
    """Is it `print`, `display(Markdown(…))`, `mo.md`, or the like?"""
    name = getattr(function, "id", getattr(function, "attr", ""))
    return name in ("print", "display", "Markdown", "HTML", "Latex", "md", "dedent", "cleandoc")


def fenced(text: str) -> str:
    """A text as Markdown that shows it letter by letter."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def gather(
    pieces: list[Piece], template: Template, repairs: list[str], beside: Mapping[str, str]
) -> list[Piece]:
    """Return the pieces with each written answer in its cell.

    Args:
        repairs: gets a sentence on each answer that stood elsewhere.
        beside: {name: what is in it, where that is text} of other files that were handed in.
    """
    empty = []
    for question, ours in _written(template):
        place = _place(pieces, grade_id(ours))
        answer = pieces[place]
        near = _around(pieces, place, question)
        found = [pieces[i] for i in sorted(near | _copies(pieces, grade_id(ours)))]
        parts = [piece for piece in found if piece.own]
        if not is_empty(answer.cell, ours):
            if not parts:
                continue
            parts.insert(sum(_index(pieces, part) < place for part in parts), answer)
        elif not parts:  # a program, perhaps: somebody has to look at it
            parts = [_quoted(piece) for piece in found if piece.cell["source"].strip()]
        if not parts:
            empty.append((answer, ours))
            continue
        _join(answer, ours, parts)
        moved = [part for part in parts if part is not answer and not _is_run(part.cell)]
        pieces = [piece for piece in pieces if not any(piece is part for part in moved)]
        repairs.append(
            f"the answer to '{grade_id(ours)}' stood in other cells near it: it was put together"
        )
    for piece, ours in empty:
        _show_what_is_left(piece, ours, pieces, template, repairs, beside)
    if beside and not empty:
        names = ", ".join(ascii(name)[:80] for name in beside)
        repairs.append(f"beside the notebook there is {names}: it was not graded")
    return pieces


def _index(pieces, wanted):
    return next(i for i, piece in enumerate(pieces) if piece is wanted)


def _quoted(piece):
    """A program as text, which stays where it is as well."""
    return Piece(piece.cell, own=fenced(piece.cell["source"]))


def _written(template):
    """(the cell before it, the cell) of each answer in words in the release."""
    cells = template.cells
    return [(cells[i - 1], cell) for i, cell in enumerate(cells) if i and is_written(cell)]


def _place(pieces, name):
    return next(i for i, piece in enumerate(pieces) if grade_id(piece.cell) == name)


def _around(pieces, place, question):
    """Places of the student's own cells on both sides of an answer's, and behind its question."""
    starts = [place]
    if asked := grade_id(question):
        starts += [i for i, piece in enumerate(pieces) if grade_id(piece.cell) == asked]
    found = set()
    for start in starts:
        steps = (1, -1) if start == place else (1,)
        for step in steps:
            i = start + step
            while 0 <= i < len(pieces) and not pieces[i].is_ours:
                found.add(i)
                i += step
    return found


def _copies(pieces, name):
    return {i for i, piece in enumerate(pieces) if piece.answers == name}


def _is_run(cell):
    """Does it stay where it is as well, since it is run?"""
    if cell["cell_type"] != "code":
        return False
    tree = parsed(without_magics(cell["source"]))
    return tree is None or any(
        isinstance(node, ast.Assign) or not _string(node) for node in tree.body
    )


def _join(piece, ours, parts):
    """Write all parts of an answer into its cell."""
    texts, pictures = [], {}
    for number, part in enumerate(parts):
        text = words(part.own, ours) if part is not piece else words(part.cell["source"], ours)
        for name, picture in part.cell.get("attachments", {}).items():
            unique = name if name not in pictures else f"{number}-{name}"
            if unique != name:
                text = text.replace(f"attachment:{name}", f"attachment:{unique}")
            pictures[unique] = picture
        texts.append(text)
    texts = list(dict.fromkeys(text for text in texts if text))
    piece.cell = piece.cell | {"source": "\n\n".join(texts)}
    if pictures:
        piece.cell["attachments"] = pictures


def _show_what_is_left(piece, ours, pieces, template, repairs, beside):
    """Put what a student wrote elsewhere into an empty answer; where there is nothing, leave it as
    it was released, so that it says "No response".
    """
    parts = [other for other in pieces if other.own and other is not piece]
    texts = [part.own for part in parts]
    if beside:
        texts.append(f"Files beside the notebook: {', '.join(ascii(name)[:80] for name in beside)}")
        texts += [f"{ascii(name)[:80]}:\n\n{fenced(text)}" for name, text in beside.items() if text]
    code = [other.cell["source"] for other in pieces if other.cell["cell_type"] == "code"]
    remarks = [remark for source in code for remark in long_ones(source, template.comments)]
    texts += [fenced(remark) for remark in dict.fromkeys(remarks) if fenced(remark) not in texts]
    if not texts:
        piece.cell = piece.cell | {"source": ours["source"]}
        return
    lead = "*Nothing is written here. This is what the student wrote elsewhere:*"
    kept = [lead, *texts]
    piece.cell = piece.cell | {"source": "\n\n---\n\n".join(kept)}
    pictures = {}
    for part in parts:
        pictures |= part.cell.get("attachments", {})
    if names := referred(piece.cell["source"]) & pictures.keys():
        piece.cell["attachments"] = {name: pictures[name] for name in names}
    repairs.append(
        f"the cell for the answer '{grade_id(ours)}' is empty: text from elsewhere in what you "
        "handed in was put there, for a person to look at"
    )

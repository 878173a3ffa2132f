"""What is said in code: comments and texts, where somebody may have put an answer in words."""

import ast
import io
import re
import tokenize

from .memory import remembered
from .syntax import readable, without_magics

WORD = re.compile(r"[^\W\d_]{3,}")  # no shapes, no names of axes
ENOUGH = 8  # words of a remark: below that it is about the line


@remembered(4096)
def said_in(source: str) -> tuple[str, ...]:
    """The remarks in a cell: comments, those in consecutive lines together, and texts."""
    return (*_comments(source), *_texts(source))


def long_ones(source: str, known: frozenset[str], enough: int = ENOUGH) -> list[str]:
    """The remarks of some length that are not among those `known`."""
    lines = {line for remark in known for line in _lines(remark)}
    own = (_without(remark, lines) for remark in said_in(source) if remark not in known)
    return [remark for remark in own if len(WORD.findall(remark)) >= enough]


def _without(remark, known):
    return "\n".join(line for line in remark.splitlines() if line.strip() not in known).strip()


def _lines(text):
    return {line.strip() for line in text.splitlines()}


def _comments(source):
    blocks, last = list[list[str]](), -1
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # no Python: magics, a torn line
        lines = enumerate(source.splitlines(), 1)
        found = [(i, line.strip()) for i, line in lines if line.lstrip().startswith("#")]
    else:
        found = [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]
    for line, text in found:
        if line != last + 1:
            blocks.append([])
        blocks[-1].append(text.lstrip("# "))
        last = line
    return ["\n".join(block).strip() for block in blocks]


def _texts(source):
    tree = readable(without_magics(source))
    if tree is None:
        return []
    inner = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else "…" for p in node.values]
            found.append("".join(map(str, parts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [node.value] * (id(node) not in inner)
    return [text.strip() for text in found]

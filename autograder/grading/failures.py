"""Why a call gave nothing: which function it was that is missing, unfinished, or raised."""

import ast
import sys
from collections.abc import Collection, Mapping
from typing import Any

from ..answers.calls import Failure, Function
from ..diagnosis import exceptions
from ..notebooks.syntax import names_defined, readable, without_magics
from ..sandbox import wire
from .session import Session, in_words

STANDARD = sys.stdlib_module_names  # of which an import fails for another reason


def explain(
    function: Function,
    error: Any,
    given: Mapping[str, Any],
    session: Session,
    functions: Collection[str],
    elsewhere: Mapping[str, int],
) -> Failure:
    """Return what stands for the answer.

    Args:
        error: what the sealed process says of the exception.
        given: {parameter: value} of the call.
        functions: names of the contract's functions.
        elsewhere: {name: number of the cell} of what is defined only where nothing is run.
    """
    name, undefined = function.name, session.not_defined
    kind = error.get("type") if isinstance(error, dict) else None
    # The one to blame is the one that raised: an unfinished function may be called by another.
    unfinished = kind == "NotImplementedError"
    called = str(wire.clean(str(error.get("function"))[:80])) if unfinished else name
    stub = unfinished and error.get("cell") == 0  # cell 0 is ours: the stub of the release
    if called in undefined and (stub or kind == "missing"):
        return Failure(_through(name, called, undefined[called]))
    if kind == "missing":
        return Failure(f"{name} is not defined in the notebook")
    if kind == "not a function":
        return Failure(f"{name} is defined, but is not a function")
    if stub and (module := _comes_from(called, session)):
        sentence = f"{called} comes from {module}, which is not there: write it into the notebook"
        return Failure(_through(name, called, sentence))
    if unfinished and called in {name, *functions}:
        return Failure(_through(name, called, f"{called} is not implemented yet"))
    if kind == "WireError":
        complaint = in_words(error, with_type=False)
        return Failure(f"what {name} returned cannot be taken: {complaint}")
    sources = session.sources.items()
    made = {n: number for number, source in sources if number for n in names_defined(source)}
    return exceptions.explain(function, error, given, elsewhere, made)


def _comes_from(name: str, session: Session) -> str:
    """The module that is not there and that a cell imports a function from, or ""."""
    trees = [readable(without_magics(source)) for source in session.sources.values()]
    for node in (node for tree in trees if tree for node in tree.body):
        if isinstance(node, ast.ImportFrom) and node.module in session.missing - STANDARD:
            if {name, "*"} & {alias.asname or alias.name for alias in node.names}:
                return node.module
    return ""


def _through(name: str, called: str, sentence: str) -> str:
    """A sentence about a function, where another one was asked for that calls it."""
    return sentence if called == name else f"{name} calls {called}: {sentence}"

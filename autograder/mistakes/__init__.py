"""Known wrong implementations: one module per assignment, each a correct solution with switches."""

import inspect
from dataclasses import dataclass
from importlib import import_module

NONE = frozenset()


@dataclass(frozen=True)
class Mistake:
    """A known wrong idea.

    Attributes:
        id: the switch that turns it on.
        title: one sentence that names it.
        questions: ids of the questions that it loses points on, and of no others.
        hint: what to think about; teaches, but gives no code away.
        reread: where the lecture or a textbook explains it.
    """

    id: str
    title: str
    questions: tuple[str, ...]
    hint: str = ""
    reread: str = ""


def catalogue(titles):
    """Mistakes from {ids of the questions that they lose: {id: title}}."""
    return tuple(
        Mistake(name, title, questions)
        for questions, mistakes in titles.items()
        for name, title in mistakes.items()
    )


def load(assignment):
    """Return the module of an assignment: its CATALOGUE and FUNCTIONS."""
    return import_module(f"{__name__}.{assignment}")


def source(assignment, slips=NONE):
    """Return {function: source text} of a solution that makes these mistakes, as a student might
    hand it in.
    """
    module = load(assignment)
    chosen = "frozenset()" if not slips else f"frozenset({sorted(slips)!r})"
    return {
        function.__name__: inspect.getsource(function).replace("slips=NONE", f"slips={chosen}")
        for function in module.FUNCTIONS
    }

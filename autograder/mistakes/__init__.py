"""Known wrong implementations: per assignment one module with a correct solution that has a switch
for each mistake, and one (`…_hints`) with what is said about them.
"""

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


def catalogue(words):
    """Mistakes from {ids of the questions that they lose: {id: (title, hint, reread)}}."""
    return tuple(
        Mistake(name, title, questions, hint, reread)
        for questions, mistakes in words.items()
        for name, (title, hint, reread) in mistakes.items()
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

"""The assignments, a folder each.

Everything that knows an assignment's words lies in its folder: the questions and their hidden
inputs, what Keras gives, the known mistakes and what is said of them, solutions that must pass. To
add one, add a folder and its name to NAMES. The rest of the program is handed an `Assignment`.
"""

from importlib import import_module

from ..errors import UnknownName
from .assignment import Assignment

NAMES = ("batchnorm", "xavier", "simple_rnn", "convnet_visualization")


def load(name: str) -> Assignment:
    """Return the Assignment of this name.

    Raises:
        UnknownName: there is none.
    """
    if name not in NAMES:
        raise UnknownName(f"expected one of the assignments {', '.join(NAMES)}. Received: {name!r}")
    assignment: Assignment = import_module(f"{__name__}.{name}").ASSIGNMENT
    return assignment


def load_all() -> list[Assignment]:
    """Return every Assignment, in the order of the course."""
    return [load(name) for name in NAMES]


__all__ = ["NAMES", "Assignment", "load", "load_all"]

"""A whole class, from the folders that were handed in to the gradebook.

In: an `Assignment` and a `Course`. Out: an `Entry` for each student, the gradebook, feedback pages,
the class file. Marking runs side by side (`workers`), here or on a cluster; one process writes
(`writer`); a regrading shows first whose marks change (`changes`); `pages` are written again after
grading by hand.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .changes import Change
    from .pages import renew_pages
    from .run import grade

_ROOMS = {"Change": "changes", "grade": "run", "renew_pages": "pages"}
__all__ = ["Change", "grade", "renew_pages"]


def __getattr__(name: str) -> Any:
    """Fetch a name when it is asked for: the writer's process begins while the rest is loaded."""
    if name not in _ROOMS:
        raise AttributeError(name)
    return getattr(import_module(f".{_ROOMS[name]}", __name__), name)

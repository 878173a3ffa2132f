"""The sealed process: started, talked to, and ended.

In: sources of cells and calls with arrays, as JSON and bytes (`wire`). Out: arrays. `worker` and
what it imports (`statements`, `clock`, `lines`, `standins`, `quiet`, `wire`, `seccomp`), and what
makes it quickly (`warm`, `namespaces`; from outside: `nursery`), run inside,
where there are NumPy, Python's standard library and this folder alone: therefore the names below
are fetched when they are asked for. `interpreter`: the Python that it is. `child`: our own code
on a student's file, in a child with limits.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .backends import BACKENDS, DEFAULT, backend
    from .child import TooMuch, bounded
    from .launcher import Lost, SealedProcess, available
    from .limits import Limits

_ROOMS = {
    "BACKENDS": "backends",
    "DEFAULT": "backends",
    "backend": "backends",
    "TooMuch": "child",
    "bounded": "child",
    "Lost": "launcher",
    "SealedProcess": "launcher",
    "available": "launcher",
    "Limits": "limits",
}
__all__ = [
    "BACKENDS",
    "DEFAULT",
    "Limits",
    "Lost",
    "SealedProcess",
    "TooMuch",
    "available",
    "backend",
    "bounded",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(name)
    return getattr(import_module(f".{_ROOMS[name]}", __name__), name)

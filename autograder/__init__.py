"""Deep-learning assignments graded against Keras from a sealed process, through nbgrader.

What nbgrader_config.py may name is here: `configure`, `PointsPerDay`, and in `exporters` the
classes for `nbgrader export`. The rooms are described in docs/architecture.md.
"""

from typing import Any

_PUBLIC = {"configure": "config", "PointsPerDay": "late"}  # name: its module in `gradebook`
__all__ = ["PointsPerDay", "configure"]


def __getattr__(name: str) -> Any:
    """Fetch a public name when it is asked for: workers have no nbgrader."""
    if name not in _PUBLIC:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f".gradebook.{_PUBLIC[name]}", __name__), name)

"""What a known mistake is: a wrong idea with a name, a hint and something to reread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .remarks import Remarks

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Mistake:
    """A known wrong idea.

    Attributes:
        id: its name, which turns it on in the assignment's functions.
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


def catalogue(
    words: Mapping[tuple[str, ...], Mapping[str, tuple[str, str, str]]],
) -> tuple[Mistake, ...]:
    """Mistakes from {ids of the questions that they lose: {id: (title, hint, reread)}}."""
    return tuple(
        Mistake(name, title, questions, hint, reread)
        for questions, mistakes in words.items()
        for name, (title, hint, reread) in mistakes.items()
    )


class Known(Protocol):
    """What the diagnosis is handed: an `assignments.Assignment`, as far as it has to do with it."""

    @property
    def name(self) -> str: ...

    @property
    def exam(self) -> Any: ...

    @property
    def catalogue(self) -> tuple[Mistake, ...]: ...

    @property
    def functions(self) -> tuple[Callable[..., Any], ...]: ...

    @property
    def inside(self) -> Mapping[str, tuple[str, ...]]: ...

    @property
    def remarks(self) -> Remarks: ...

    @property
    def mathematics(self) -> Any: ...

"""What a known mistake is."""

from dataclasses import dataclass

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

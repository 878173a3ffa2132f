"""Sentences about a submission as a whole, each with what it is about.

In JSON, in pages and in tables a note is its text; one for staff begins with `STAFF: `. That mark
is part of the format: results are read again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

REPAIR = "repair"  # something was set right before grading
CELL = "cell"  # a cell failed, was stopped, or was left out
LOST = "lost"  # a sealed process was lost
PRECISION = "precision"  # float32 came back as float64
DAMAGE = "damage"  # nothing could be graded, and why
UNSEALED = "unsealed"  # graded without walls
STAFF = "staff"  # staff have to act

MARK = "STAFF: "
SHOWN = 50  # names in one sentence
WITHOUT_WALLS = (
    "graded without walls (--sandbox process): the student's code could read this machine's files"
)
# Of a release that came back as it was: perhaps the wrong file.
UNTOUCHED = "the notebook is as it was released: nothing has been written into it"


@dataclass(frozen=True)
class Note:
    """One sentence.

    Attributes:
        kind: REPAIR, CELL, LOST, PRECISION, DAMAGE, UNSEALED or STAFF; "" where it is not known,
            since it was read from a file.
        text: the sentence, without the mark.
    """

    kind: str
    text: str

    def __str__(self) -> str:
        return MARK + self.text if self.kind == STAFF else self.text

    @classmethod
    def parse(cls, text: str) -> "Note":
        """A note as it stands in a file."""
        if text.startswith(MARK):
            return cls(STAFF, text.removeprefix(MARK))
        return cls(UNSEALED if text == WITHOUT_WALLS else "", text)


def some(names: Sequence[str], between: str = ", ") -> str:
    """The first of many names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return between.join(names[:SHOWN]) + more


def for_staff(notes: Iterable[Note]) -> list[Note]:
    """The notes that staff have to act on."""
    return [note for note in notes if note.kind == STAFF]

"""Marks for a learning management system.

Whoever has no mark is left out of what an LMS reads, and named: an empty cell would remove a mark
that Canvas has, and Moodle makes 0 of any word. The plain CSV has everybody, with the reason.
"""

from dataclasses import dataclass, field

from .systems import SYSTEMS

FORMATS = {system.TO: system for system in SYSTEMS}


@dataclass
class Export:
    """A table, and who is not in it.

    Attributes:
        rows: lists of texts, the header first.
        left_out: [(student, why)].
    """

    rows: list
    left_out: list = field(default_factory=list)


def export(to, standings, assignment, roster=None, column=None):
    """Return the Export of a class.

    Args:
        to: `csv`, `canvas` or `moodle`.
        standings: as from `standings.of_class`.
        assignment: its name.
        roster: the rows of a file that the LMS gave (Canvas: Grades, Export; Moodle: the offline
            grading worksheet), whose columns and order are kept.
        column: the name of the assignment's column there, where it is not that of the assignment.

    Raises:
        UnreadableFile: the roster is not such a file.
    """
    rows, left_out = FORMATS[to].table(standings, assignment, roster, column)
    return Export(rows, left_out)

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
        remarks: sentences about all of it.
    """

    rows: list
    left_out: list = field(default_factory=list)
    remarks: list = field(default_factory=list)


def export(to, standings, assignment, roster=None, column=None, scale=False):
    """Return the Export of a class.

    Args:
        to: `csv`, `canvas` or `moodle`.
        standings: as from `standings.of_class`.
        assignment: its name.
        roster: the rows of a file that the LMS gave (Canvas: Grades, Export; Moodle: the offline
            grading worksheet), whose columns and order are kept.
        column: the name of the assignment's column there, where it is not that of the assignment.
        scale: multiply marks where the LMS' column has other points than the assignment.

    Raises:
        UnreadableFile: the roster is not such a file.
        OtherMaximum: the column has other points, and `scale` was not asked for.
    """
    return Export(*FORMATS[to].table(standings, assignment, roster, column, scale))

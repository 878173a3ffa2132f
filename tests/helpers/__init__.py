"""What tests of several rooms share: notebooks, classes, commands, and what is read off results."""

from .classes import (
    BATCHNORM,
    course_with_class,
    grade,
    gradebook_rows,
    hand_in,
    left_by,
    mixed_class,
    run,
    start,
)
from .notebooks import IMPORTS, code, fill, written
from .questions import credited, hidden_inputs, lost, texts

__all__ = [
    "BATCHNORM",
    "IMPORTS",
    "code",
    "course_with_class",
    "credited",
    "fill",
    "grade",
    "gradebook_rows",
    "hand_in",
    "hidden_inputs",
    "left_by",
    "lost",
    "mixed_class",
    "run",
    "written",
    "start",
    "texts",
]

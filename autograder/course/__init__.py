"""A course on disk: where everything lies, how it is written, what is remembered.

`Course`: every path under one grading folder. `Entry`: the result of one submission, as a file.
`Note`: a sentence about a submission. `settings`: the AUTOGRADER_* variables. `storage`: writing so
that a crash leaves the old file or the new one. `times`: points in time, as staff write them.
"""

from .course import Course
from .notes import Note
from .results import UNUSABLE, Entry, load_class, save_class
from .storage import write_json, write_text

__all__ = [
    "UNUSABLE",
    "Course",
    "Entry",
    "Note",
    "load_class",
    "save_class",
    "write_json",
    "write_text",
]

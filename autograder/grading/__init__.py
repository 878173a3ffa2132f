"""One submission, from bytes to a verdict.

In: a notebook, as a path or as bytes, and the `Assignment` that it answers. Out: a `Verdict`.
`mark` does everything at once; `prepare` and `examine` are its two halves, where the second one may
run on another machine. `Student` is the handle on the functions inside the seal.
"""

from .ask import ask_all, compute_key
from .grade import (
    Work,
    damaged,
    examine,
    faulty,
    mark,
    prepare,
    read_work,
    recognised,
    refused,
    repaired,
)
from .student import Student

__all__ = [
    "Student",
    "Work",
    "ask_all",
    "compute_key",
    "damaged",
    "examine",
    "faulty",
    "mark",
    "prepare",
    "read_work",
    "recognised",
    "refused",
    "repaired",
]

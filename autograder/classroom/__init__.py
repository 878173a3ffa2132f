"""A whole class, from the folders that were handed in to the gradebook.

In: an `Assignment` and a `Course`. Out: an `Entry` for each student, the gradebook, feedback pages,
the class file. Marking runs side by side (`workers`), here or on a cluster; one process writes
(`writer`); a regrading shows first whose marks change (`changes`); `pages` are written again after
grading by hand.
"""

from .changes import Change
from .pages import renew_pages
from .run import grade

__all__ = ["Change", "grade", "renew_pages"]

"""Learning management systems: submissions in, marks out.

In: a download (`collect`), or the standings of a class (`export`), and perhaps a table that the
system gave. Out: folders under `grading/submitted/`, or a table that the system reads. `systems`
lists them; `gradescope` is a package that grades over there.
"""

from .collect import collect
from .export import Export, export

__all__ = ["Export", "collect", "export"]

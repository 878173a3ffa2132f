"""From whatever was handed in to the notebook that is graded.

In: a student's folder, a file, or bytes. Out: a `Notebook` of plain cells in nbformat's layout,
with our metadata and locked cells, and sentences on what was repaired; then the cells to run. It
knows no assignment: it is handed the `Template`, the released notebook.
"""

from .cells import Template
from .reader import read
from .repair import Notebook

__all__ = ["Notebook", "Template", "read"]

"""The commands: `python -m autograder …`. `main` grades, `staff` is what is done around grading."""

import os

# Before NumPy is loaded: the arrays are small, and threads that wait for one another cost twice the
# processor time that the work itself does.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ..gradebook.lean import lighten

lighten()

from .main import main

__all__ = ["main"]

"""Diagnosis by search: what no list holds is looked for among the neighbours of the mathematics.

An assignment writes its mathematics as the lecture does (`mathematics.py`), one named quantity a
line. A grammar (`expressions`, `statements`) makes every program that differs by one edit, and of
the likely edits by two (`neighbours`); `tables` keeps what they answer; `find` looks for the one
that answers as a student does, on every input.
"""

from .find import Search, diagnosis_of, respondents
from .tables import keep

__all__ = ["Search", "diagnosis_of", "keep", "respondents"]

"""The commands: `python -m autograder …`. `main` grades, `staff` is what is done around grading."""

from .main import main

__all__ = ["main"]

"""`autograder.late.PointsPerDay`, as nbgrader_config.py of version 0.1 names the late policy."""

from .gradebook.late import PointsPerDay

__all__ = ["PointsPerDay"]

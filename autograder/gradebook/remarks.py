"""Sentences for staff on a class as a whole: what would be passed over in silence otherwise."""

from nbgrader.api import Gradebook

from ..course import Course, attendance
from . import lateness
from .config import course_config
from .standings import is_new


def of_class(assignment: str, course: Course) -> list[str]:
    """Who handed in nothing; who is on no roster; files that were not taken; extensions that fit
    nobody; late work of which nobody has said when it came.

    Args:
        assignment: its name.

    Raises:
        BadSetting: the policy for late work is not one.
    """
    about = (course, assignment)
    known = [*attendance.absent(*about), *attendance.strangers(*about)]
    return [*known, *passed_over(assignment, course)]


def passed_over(assignment: str, course: Course) -> list[str]:
    """The same without those whom an export names itself."""
    config = course_config(course)
    late: list[str] = []
    if not is_new(config.CourseDirectory.db_url):
        with Gradebook(config.CourseDirectory.db_url) as gradebook:
            late = lateness.remarks(gradebook, assignment, config, course)
    return [*late, *attendance.passed_over(course, assignment)]

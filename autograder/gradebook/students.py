"""One person under one id in the gradebook."""

from nbgrader.api import Gradebook, MissingEntry, Student, SubmittedAssignment
from sqlalchemy import update

from ..course import Course
from ..errors import NothingToDo
from .config import course_config
from .standings import is_new


def rename(course: Course, old: str, new: str) -> None:
    """Give a student's marks and comments to another id.

    Raises:
        NothingToDo: both have marks on one assignment.
    """
    url = course_config(course).CourseDirectory.db_url
    if is_new(url):
        return
    with Gradebook(url) as gradebook:
        try:
            known = gradebook.find_student(old)
        except MissingEntry:
            return
        about = {n: getattr(known, n) for n in ("first_name", "last_name", "email")}
        there = gradebook.update_or_create_student(new, **{n: v for n, v in about.items() if v})
        ours, theirs = ({s.name for s in student.submissions} for student in (known, there))
        if both := sorted(ours & theirs):
            raise NothingToDo(
                f"{old!r} and {new!r} both have marks on {', '.join(both)} in the gradebook. "
                "Expected one of them: drop the other (`student drop`)"
            )
        moved = update(SubmittedAssignment).where(SubmittedAssignment.student_id == old)
        gradebook.db.execute(moved.values(student_id=new))
        gradebook.db.commit()
        gradebook.db.expire_all()
        gradebook.db.delete(gradebook.db.get(Student, old))
        gradebook.db.commit()


def drop(course: Course, student: str) -> None:
    """Remove a student, with marks and comments, where the gradebook has them."""
    url = course_config(course).CourseDirectory.db_url
    if is_new(url):
        return
    with Gradebook(url) as gradebook:
        try:
            gradebook.remove_student(student)
        except MissingEntry:
            pass

"""One person under one id in the gradebook."""

from typing import Any

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
        there = gradebook.db.get(Student, new)
        theirs = {submission.name for submission in there.submissions} if there else set()
        if both := sorted({submission.name for submission in known.submissions} & theirs):
            raise NothingToDo(
                f"{old!r} and {new!r} both have marks on {', '.join(both)} in the gradebook. "
                "Expected one of them: drop the other (`student drop`)"
            )
        about = {n: getattr(known, n) for n in ("first_name", "last_name", "email")}
        gradebook.update_or_create_student(new, **{n: v for n, v in about.items() if v})
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


def marks(course: Course, student: str) -> list[dict[str, Any]]:
    """The marks and comments that the gradebook has of a student, as JSON."""
    url = course_config(course).CourseDirectory.db_url
    if is_new(url):
        return []
    with Gradebook(url) as gradebook:
        try:
            return _marks(gradebook.find_student(student))
        except MissingEntry:
            return []


def _marks(student: Student) -> list[dict[str, Any]]:
    """Everything that was given to somebody: a row for each question, and each other comment."""
    rows = []
    for notebook in (n for submission in student.submissions for n in submission.notebooks):
        comments = {comment.name: comment.manual_comment for comment in notebook.comments}
        about = {"assignment": notebook.assignment.name}
        for grade in notebook.grades:
            marks = {"automatic": grade.auto_score, "by_hand": grade.manual_score}
            marks |= {"extra_credit": grade.extra_credit, "comment": comments.pop(grade.name, None)}
            rows.append(about | {"question": grade.name} | marks)
        rows += [about | {"cell": name, "comment": c} for name, c in comments.items() if c]
    return rows

"""The marks of a class as they stand now: automatic ones, those given by hand, late penalties.

A mark is a number only where there is one. A notebook that could not be read, an answer that nobody
has looked at yet, a student who handed in nothing: each is said as what it is, and is no 0.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select

from ..answers.verdict import staff_notes
from ..course.course import class_file, results_folder
from ..course.results import kept_result
from .config import course_config

COMPLETE = "complete"
BY_HAND = "to be graded by hand"
DAMAGED = "damaged"
STAFF_FIRST = "staff must look first"
MISSING = "nothing handed in"


@dataclass
class Mark:
    """What one student has in one assignment.

    Attributes:
        state: COMPLETE, or why there is no mark: BY_HAND, DAMAGED, STAFF_FIRST, MISSING.
        status: how the sealed run ended (`graded`, `timeout`, …), or "" if that is not known.
        questions: {question: points so far, None where nobody gave any}.
        points: their sum.
        by_hand: the questions whose points somebody gave by hand.
        penalty: points taken away for being late.
        max_score: of all questions together.
    """

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    state: str = MISSING
    status: str = ""
    questions: dict = field(default_factory=dict)
    by_hand: set = field(default_factory=set)
    penalty: float = 0.0
    max_score: float = 0.0
    notes: list = field(default_factory=list)

    @property
    def points(self):
        return round(sum(score for score in self.questions.values() if score is not None), 2)

    @property
    def score(self):
        """The mark, or None where there is none."""
        if self.state != COMPLETE:
            return None
        return max(0.0, round(self.points - self.penalty, 2))


def of_class(assignment, grading="grading"):
    """Return [Mark] of every student in the gradebook, by student.

    Raises:
        ValueError: the gradebook does not know the assignment.
    """
    url = course_config(grading).CourseDirectory.db_url
    with Gradebook(url) as gradebook:
        return from_gradebook(gradebook, assignment, entries(assignment, grading))


def entries(assignment, grading="grading"):
    """{student: entry} of what was graded: the class file's JSON verdicts, and newer results of a
    run that did not come to its end; {} where nobody was graded.

    Raises:
        ValueError: the class file cannot be read.
    """
    path, submitted = class_file(assignment, grading), Path(grading, "submitted")
    try:
        known = json.loads(path.read_text(encoding="utf-8"))["submissions"]
    except FileNotFoundError:
        known = {}
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} is no class file that can be read ({error!r}); `grade {assignment}` writes it "
            "anew"
        ) from None
    for result in results_folder(assignment, grading).glob("*.json"):
        newer = not path.exists() or result.stat().st_mtime > path.stat().st_mtime
        if newer and (submitted / result.stem / assignment).is_dir():
            if entry := kept_result(result)[0]:
                known[result.stem] = entry
    return dict(sorted(known.items()))


def from_gradebook(gradebook, assignment, entries):
    """The same, from an open gradebook and the class file's entries."""
    try:
        known = gradebook.find_assignment(assignment)
    except MissingEntry:
        raise ValueError(f"the gradebook does not know {assignment}: nobody was graded") from None
    cells = {cell.id: cell for notebook in known.notebooks for cell in notebook.grade_cells}
    max_score = round(sum(cell.max_score for cell in cells.values()), 2)
    marks = {}
    for student in gradebook.db.execute(select(Student).order_by(Student.id)).scalars():
        names = (student.first_name or "", student.last_name or "", student.email or "")
        marks[student.id] = Mark(student.id, *names, max_score=max_score)
    for student in entries.keys() - marks.keys():  # its folder was refused
        marks[student] = Mark(student, max_score=max_score)
    _read_grades(gradebook, known, cells, marks)
    for student, entry in entries.items():
        _read_entry(marks[student], entry)
    return [marks[student] for student in sorted(marks)]


def _read_grades(gradebook, assignment, cells, marks):
    rows = gradebook.db.execute(
        select(
            SubmittedAssignment.student_id,
            SubmittedNotebook.late_submission_penalty,
            Grade.cell_id,
            Grade.auto_score,
            Grade.manual_score,
            Grade.extra_credit,
            Grade.needs_manual_grade,
        )
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .where(SubmittedAssignment.assignment_id == assignment.id)
        .where(BaseCell.type == GradeCell.__name__)
    )
    for student, penalty, cell, auto, manual, extra, waits in rows:
        mark = marks[student]
        if mark.state == MISSING:
            mark.state = COMPLETE
        score = auto if manual is None else manual
        if waits or score is None:
            mark.state = BY_HAND
        mark.penalty = penalty or 0.0
        mark.by_hand.update({cells[cell].name} if manual is not None else ())
        mark.questions[cells[cell].name] = None if score is None else score + (extra or 0)


def _read_entry(mark, entry):
    """What the grader itself says of a submission weighs more than its numbers."""
    mark.status, mark.notes = entry["status"], entry["notes"]
    if staff_notes(entry["notes"]) or not entry["recorded"]:
        mark.state = STAFF_FIRST
    elif entry["status"] == "damaged" and not _given_by_hand(mark, entry):
        mark.state = DAMAGED


def _given_by_hand(mark, entry):
    """Has somebody given points, be it 0, for every question that could not be asked?"""
    return bool(entry["questions"]) and mark.by_hand >= entry["questions"].keys()

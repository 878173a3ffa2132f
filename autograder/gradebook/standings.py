"""How a class stands now: automatic points, those given by hand, late penalties.

A mark is a number only where there is one. A notebook that could not be read, an answer that nobody
has looked at yet, a student who handed in nothing: each is said as what it is, and is no 0.
"""

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
from sqlalchemy import make_url, select

from ..assignments import Assignment
from ..course import Course, Entry, attendance, load_class, people
from ..course.ids import is_student_id
from ..course.notes import MARK
from ..errors import NothingToDo
from ..notebooks.choice import fingerprint
from ..notebooks.folder import TIME_FAULT, time_fault
from .config import course_config

COMPLETE = "complete"
BY_HAND = "to be graded by hand"
DAMAGED = "damaged"
WRONG_FILE = "wrong file"
STAFF_FIRST = "staff must look first"
MISSING = "nothing handed in"
NOT_GRADED = "collected, not graded yet"


@dataclass
class Standing:
    """What one student has in one assignment.

    Attributes:
        state: COMPLETE, or why there is no mark: BY_HAND, DAMAGED, WRONG_FILE,
            STAFF_FIRST, NOT_GRADED, MISSING.
        status: how the sealed run ended (`graded`, `timeout`, …), or "" if that is not known.
        questions: {question: points so far, None where nobody gave any}.
        points: their sum.
        by_hand: the questions whose points somebody gave by hand.
        penalty: points taken away for being late.
        max_score: of all questions together.
        faults: what staff have to act on first, in sentences.
        remark: what else is known of somebody who has no mark.
        numbers: {LMS: its number for them}, of whose work was collected there.
    """

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    state: str = MISSING
    status: str = ""
    questions: dict[str, float | None] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    penalty: float = 0.0
    max_score: float = 0.0
    faults: list[str] = field(default_factory=list)
    remark: str = ""
    numbers: dict[str, str] = field(default_factory=dict)

    @property
    def points(self) -> float:
        return round(sum(score for score in self.questions.values() if score is not None), 2)

    @property
    def score(self) -> float | None:
        """The mark, or None where there is none."""
        if self.state != COMPLETE:
            return None
        return max(0.0, round(self.points - self.penalty, 2))


def of_class(assignment: Assignment, course: Course) -> list[Standing]:
    """Return [Standing] of every student in the gradebook, by student.

    Args:
        assignment: the `assignments.Assignment`.
        course: the `course.Course`.

    Raises:
        NothingToDo: the gradebook does not know the assignment.
    """
    url = course_config(course).CourseDirectory.db_url
    if is_new(url):
        raise NothingToDo(f"expected a gradebook at {url}. Received none: grade first")
    with Gradebook(url) as gradebook:
        return from_gradebook(gradebook, assignment, course)


def entries(assignment: Assignment, course: Course) -> dict[str, Entry]:
    """{student: Entry} of what was graded: the class file, and newer results of a run that did not
    come to its end; {} where nobody was graded.

    Raises:
        UnreadableFile: the class file cannot be read.
    """
    path = course.class_file(assignment.name)
    try:
        known = load_class(path)
    except FileNotFoundError:
        known = {}
    for result in course.results(assignment.name).glob("*.json"):
        newer = not path.exists() or result.stat().st_mtime > path.stat().st_mtime
        if newer and course.submission(assignment.name, result.stem).is_dir():
            if entry := Entry.load(result):
                known[result.stem] = entry
    return dict(sorted(known.items()))


def is_new(url: str) -> bool:
    """Is a gradebook that is a file not there yet? Opening it would make it."""
    path = make_url(url).database if url.startswith("sqlite:") else None
    return bool(path) and path != ":memory:" and not Path(str(path)).exists()


def from_gradebook(gradebook: Gradebook, assignment: Assignment, course: Course) -> list[Standing]:
    """The same, from an open gradebook."""
    graded = entries(assignment, course)
    try:
        known = gradebook.find_assignment(assignment.name)
    except MissingEntry:
        raise NothingToDo(
            f"the gradebook does not know {assignment.name}: nobody was graded"
        ) from None
    cells = {cell.id: cell for notebook in known.notebooks for cell in notebook.grade_cells}
    max_score = round(sum(cell.max_score for cell in cells.values()), 2)
    standings = {}
    for student in gradebook.db.execute(select(Student).order_by(Student.id)).scalars():
        names = (student.first_name or "", student.last_name or "", student.email or "")
        standings[student.id] = Standing(student.id, *names, max_score=max_score)
    for student in graded.keys() - standings.keys():  # its folder was refused
        standings[student] = Standing(student, max_score=max_score)
    _read_grades(gradebook, known, cells, standings)
    for student, entry in graded.items():
        _read_entry(standings[student], entry, course.submission(assignment.name, student))
    _read_course(standings, assignment, course, max_score)
    _read_folders(standings, assignment, course, max_score)
    return [standings[student] for student in sorted(standings)]


def _read_course(standings, assignment, course, max_score):
    """Those of the rosters who handed in nothing, and what came of theirs instead."""
    for student, person in people.names(course).items():
        standing = standings.setdefault(student, Standing(student, max_score=max_score))
        if not (standing.last_name or standing.first_name):
            last, comma, first = person.name.partition(",")
            standing.last_name = last.strip() if comma else person.name
            standing.first_name = first.strip()
        standing.email = standing.email or person.email
    # Moodle has other numbers for each assignment.
    for row in people.taken(course, assignment.name).values():
        if row.number and row.student in standings:
            standings[row.student].numbers[row.system] = row.number
    for row in attendance.refused(course, assignment.name):
        if row.student in standings and standings[row.student].state == MISSING:
            standings[row.student].remark = row.remark


def _read_folders(standings, assignment, course, max_score):
    """Those whose work, or another version of it, was collected and has not been graded yet: a mark
    of what was there before is none of theirs now.
    """
    submitted = course.submitted
    for folder in submitted.glob(f"*/{assignment.name}") if submitted.is_dir() else ():
        student = folder.parent.name
        graded = Entry.load(course.result(assignment.name, student))
        standing = standings.get(student)
        if not is_student_id(student) or student.startswith(".") or not folder.is_dir():
            continue
        if standing is None or standing.state == MISSING and graded is None:
            standing = standings.setdefault(student, Standing(student, max_score=max_score))
            standing.state, standing.remark = NOT_GRADED, "run `grade`"
        elif graded and graded.digest and _is_other(folder, graded.digest):
            standing.state, standing.remark = NOT_GRADED, "another version is here: run `grade`"


def _is_other(folder, digest):
    """Is there other work in a folder than that of the digest?"""
    try:
        return fingerprint(folder).hex() != digest
    except OSError:  # `grade` says so
        return False


def _read_grades(gradebook, assignment, cells, standings):
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
        standing = standings[student]
        if standing.state == MISSING:
            standing.state = COMPLETE
        score = auto if manual is None else manual
        if waits or score is None:
            standing.state = BY_HAND
        standing.penalty = penalty or 0.0
        standing.by_hand.update({cells[cell].name} if manual is not None and not waits else ())
        is_given = score is not None and not waits  # what was given to another version waits
        standing.questions[cells[cell].name] = score + (extra or 0) if is_given else None


def _read_entry(standing, entry, folder):
    """What the grader itself says of a submission weighs more than its numbers."""
    of_time = MARK + TIME_FAULT.partition(":")[0]
    faults = [fault for fault in entry.faults if not fault.startswith(of_time)]
    time = time_fault(folder)
    if not time and len(faults) < len(entry.faults):
        time = "timestamp.txt has a time now: grade again"
    standing.status, standing.faults = entry.status, [*faults, *([MARK + time] if time else [])]
    if standing.faults or not entry.recorded:
        standing.state = STAFF_FIRST
    elif not entry.is_usable and not _given_by_hand(standing, entry):
        standing.state = DAMAGED if entry.status == "damaged" else WRONG_FILE
        standing.remark = str(entry.notes[0]) if entry.notes else ""
        asked = standing.by_hand  # the gradebook has 0 for what nobody could ask
        standing.questions = {q: s if q in asked else None for q, s in standing.questions.items()}


def _given_by_hand(standing, entry):
    """Has somebody given points, be it 0, for every question that could not be asked?"""
    return bool(entry.questions) and standing.by_hand >= entry.questions.keys()

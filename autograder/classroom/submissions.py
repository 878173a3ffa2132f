"""What was handed in for one assignment: a folder each, and what earlier runs said of it."""

import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

from ..course import Entry
from ..course.ids import RULE, is_student_id
from ..course.notes import STAFF, Note
from ..course.secret import drawn_from
from ..errors import NothingToDo
from ..notebooks.choice import fingerprint
from ..notebooks.folder import tidy, time_fault, time_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Submission:
    """One student's folder; an old result holds while its work, its time and the term stay.

    Attributes:
        digest: of the work.
        time: when it was handed in, as its timestamp.txt says, or "".
        fault: what is wrong with its timestamp.txt, in a sentence for staff, or "".
        refused: why it is not taken, where it is not.
        old: the Entry of an earlier run, or None.
    """

    student: str
    folder: Path
    digest: str = ""
    time: str = ""
    fault: str = ""
    refused: str = ""
    old: Entry | None = field(default=None, repr=False)

    @classmethod
    def at(cls, course, assignment, student):
        """Look at a student's folder, moving what could do harm out of it."""
        folder = course.submission(assignment.name, student)
        if not is_student_id(student):
            return cls(student, folder, refused=f"its folder's name cannot be an id: {RULE}")
        if folder.parent.is_symlink():
            return cls(student, folder, refused="its folder is a link, which is not followed")
        try:
            tidy(folder)
            digest = fingerprint(folder).hex()
            when = {"time": time_of(folder), "fault": time_fault(folder)}
        except Exception as error:  # one folder stops nobody else
            log.exception("Looking at the folder of %s failed", ascii(student))
            return cls(student, folder, refused=f"its folder could not be looked at ({error!r})")
        old = Entry.load(course.result(assignment.name, student))
        return cls(student, folder, digest, **when, old=old)

    def is_same_work(self):
        """Was this very work graded before?"""
        return self.old is not None and self.old.digest == self.digest

    def is_unchanged(self):
        """Would grading it again say the same as before?"""
        now = (drawn_from(), self.time)
        return self.is_same_work() and (self.old.term, self.old.time) == now

    def remark_on(self, verdict):
        """Add to a verdict what staff have to put right about its folder."""
        if self.fault:
            verdict.notes.append(Note(STAFF, self.fault))


def find(assignment, course, students=()):
    """The Submissions of an assignment, by student; those of `students` only, where any are named.

    Raises:
        NothingToDo: there are none, or a named student has none.
    """
    submitted, name = course.submitted, assignment.name
    people = [path.name for path in submitted.iterdir()] if submitted.is_dir() else []
    people = sorted(person for person in people if not person.startswith("."))
    there = [person for person in people if _is_there(course.submission(name, person))]
    _say_misplaced(submitted, [person for person in people if person not in there], name)
    missing = [student for student in students if student not in there]
    if missing or not there:
        who = f" of {', '.join(missing)}" if missing else ""
        raise NothingToDo(
            f"no submissions{who} were found: expected {submitted}/<student>/{name}/{name}.ipynb"
        )
    chosen = dict.fromkeys(students or there)
    return [Submission.at(course, assignment, student) for student in chosen]


def _is_there(path):
    """Is there something of this name, perhaps where we may not look?"""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        pass
    return True


def _say_misplaced(submitted, people, assignment):
    """Warn of what looks like a submission and lies where nobody looks for one."""
    for person in people:
        place, lower = submitted / person, assignment.lower()
        inside = os.listdir(place) if place.is_dir() else [person]
        near = [n for n in inside if n.lower() in (lower, f"{lower}.ipynb") or not place.is_dir()]
        if near:
            expected = f"{submitted}/<student>/{assignment}/{assignment}.ipynb"
            log.warning("%s was not taken: expected %s", ascii(str(place / near[0])), expected)

"""What was handed in for one assignment: a folder each, and what earlier runs said of it."""

import hashlib
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

from ..assignments.assignment import term
from ..course.course import result_file
from ..course.results import kept_result
from ..notebooks import folder as intake

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Submission:
    """One student's folder; an old result holds while the digest of its work and the term stays.

    Attributes:
        refused: why it is not taken, where it is not.
        old: the entry of an earlier run, or None; `old_digest` and `old_checks` belong to it.
    """

    student: str
    folder: Path
    digest: str = ""
    refused: str = ""
    old: dict | None = field(default=None, repr=False)
    old_digest: str = ""
    old_checks: str = ""

    @classmethod
    def at(cls, folder, grading):
        """Look at `…/submitted/<student>/<assignment>`, moving what could do harm out of it."""
        student, assignment = folder.parent.name, folder.name
        if not intake.is_student_id(student):
            reason = 'too long, or with a control character or one of < > & " \\ in it'
            return cls(student, folder, refused=f"its folder's name cannot be an id: {reason}")
        if folder.parent.is_symlink():
            return cls(student, folder, refused="its folder is a link, which is not followed")
        try:
            intake.tidy(folder)
            parts = [term().encode(), intake.fingerprint(folder, assignment)]
        except Exception as error:  # one folder stops nobody else
            log.exception("Looking at the folder of %s failed", ascii(student))
            return cls(student, folder, refused=f"its folder could not be looked at ({error!r})")
        digest = hashlib.sha256(b"\0".join(parts)).hexdigest()
        return cls(
            student, folder, digest, "", *kept_result(result_file(assignment, grading, student))
        )

    def is_same_work(self):
        """Was this very work graded before?"""
        return self.old is not None and self.old_digest == self.digest


def find(assignment, grading, students=()):
    """The submissions of an assignment, by student; those of `students` only, where any are named.

    Raises:
        FileNotFoundError: there are none, or a named student has none.
    """
    submitted = Path(grading, "submitted")
    names = [path.name for path in submitted.iterdir()] if submitted.is_dir() else []
    names = sorted(name for name in names if not name.startswith("."))
    found = {n: submitted / n / assignment for n in names if _is_there(submitted / n / assignment)}
    _say_misplaced(submitted, [name for name in names if name not in found], assignment)
    missing = [name for name in students if name not in found]
    if missing or not found:
        who = f" of {', '.join(missing)}" if missing else ""
        raise FileNotFoundError(
            f"no submissions{who} were found: expected "
            f"{submitted}/<student>/{assignment}/{assignment}.ipynb"
        )
    return [Submission.at(found[name], grading) for name in dict.fromkeys(students or found)]


def _is_there(path):
    """Is there something of this name, perhaps where we may not look?"""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        pass
    return True


def _say_misplaced(submitted, names, assignment):
    """Warn of what looks like a submission and lies where nobody looks for one."""
    for name in names:
        place, lower = submitted / name, assignment.lower()
        inside = os.listdir(place) if place.is_dir() else [name]
        near = [n for n in inside if n.lower() in (lower, f"{lower}.ipynb") or not place.is_dir()]
        if near:
            expected = f"{submitted}/<student>/{assignment}/{assignment}.ipynb"
            log.warning("%s was not taken: expected %s", ascii(str(place / near[0])), expected)

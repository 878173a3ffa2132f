"""Late work in the gradebook: when it was handed in, what that costs now, and what nobody has said.

The policy itself is a plugin, `late.PointsPerDay` or nbgrader's own.
"""

import difflib

from nbgrader.api import MissingEntry, Student, SubmittedAssignment
from nbgrader.preprocessors import AssignLatePenalties, latesubmissions
from sqlalchemy import select
from traitlets import List, TraitError

from ..assignments import NAMES
from ..course import people, times
from ..course.notes import some
from ..errors import BadSetting
from ..feedback import points
from ..notebooks.folder import time_fault, time_of
from .late import duration

WRITE = "write a timestamp.txt beside the notebook"


class AssignPenalties(AssignLatePenalties):
    """AssignLatePenalties that counts days on the calendar of the course, and on the score as it is
    now: also after points were given by hand (`bring_up_to_date`).
    """

    # Pages are made with this setting; nbgrader's steps would warn that they do not know it.
    display_data_priority = List().tag(config=True)

    def preprocess(self, nb, resources):
        """Nothing is late that is never due."""
        about = resources["nbgrader"]
        name = about["assignment"]
        with latesubmissions.Gradebook(about["db_url"]) as gradebook:
            work = (about["notebook"], name, about["student"])
            if gradebook.find_assignment(name).duedate is None:
                if gradebook.find_submission_notebook(*work).late_submission_penalty is None:
                    return nb, resources
        return super().preprocess(nb, resources)

    def init_plugin(self):
        super().init_plugin()
        if hasattr(self, "db_url"):
            with latesubmissions.Gradebook(self.db_url) as gradebook:
                self.plugin_inst.due = gradebook.find_assignment(self.assignment_id).duedate


def sentence(gradebook, assignment, student, config):
    """What a student is told about being late, as the gradebook has it now; "" who was not.
    Arguments as for `bring_up_to_date`.
    """
    submission = gradebook.find_submission(assignment, student)
    seconds = submission.total_seconds_late if submission.assignment.duedate else 0
    if seconds <= 0:
        return ""
    plugin = _step(assignment, config).plugin_inst
    explain = getattr(plugin, "explain", None)
    why = explain(student, seconds) if explain else f"{duration(seconds)} after the due date"
    penalty = sum(notebook.late_submission_penalty or 0 for notebook in submission.notebooks)
    return f"Late: {why}. It costs {points(penalty)} points."


def bring_up_to_date(gradebook, assignment, config, course):
    """Take the times of an assignment as they are now, and assign the penalties again to the scores
    as they are now.

    nbgrader does so while it grades: before anybody has given points by hand, taking no more than
    the points that were there then.

    Returns the students whose penalty is another one now.

    Args:
        gradebook: an open `nbgrader.api.Gradebook`.
        config: nbgrader's configuration of the course.
        course: the `course.Course`.

    Raises:
        BadSetting: the policy is not one.
    """
    step = _step(assignment, config)
    try:
        known = gradebook.find_assignment(assignment)
    except MissingEntry:
        return []
    step.plugin_inst.due, changed = known.duedate, []
    for submission in known.submissions:
        folder = course.submission(assignment, submission.student.id)
        if time_fault(folder):  # it has no mark until that is put right
            continue
        if folder.is_dir():
            submission.timestamp = _time(folder)
        for notebook in submission.notebooks:
            penalty = _penalty(step, submission, notebook)
            if notebook.late_submission_penalty != penalty:
                notebook.late_submission_penalty = penalty
                changed.append(submission.student.id)
    gradebook.db.commit()
    return changed


def remarks(gradebook, assignment, config, course):
    """Sentences on extensions that fit nobody, and on late work of which nobody has said when it
    came. Arguments as for `bring_up_to_date`.
    """
    try:
        known = gradebook.find_assignment(assignment)
    except MissingEntry:
        return []
    students = set(gradebook.db.execute(select(Student.id)).scalars())
    plugin = _step(assignment, config).plugin_inst
    return [*_unknown(plugin, students, course), *_unknown_times(gradebook, known, course)]


def _step(assignment, config):
    try:
        step = AssignPenalties(config=config)
        step.assignment_id = assignment
        step.init_plugin()
    except TraitError as error:
        raise BadSetting(f"nbgrader_config.py: {error}") from None
    return step


def _time(folder):
    """When it was handed in, as the gradebook has it, or None."""
    try:
        return times.parse(time_of(folder)).replace(tzinfo=None)
    except ValueError:
        return None


def _unknown(plugin, students, course):
    """Sentences on extensions that fit nobody, or no assignment."""
    given = getattr(plugin, "extensions", {})
    students = students | people.names(course).keys()
    submitted = course.submitted
    students |= {path.name for path in submitted.iterdir()} if submitted.is_dir() else set()
    said = []
    for student, days in given.items():
        if not isinstance(student, str):
            raise BadSetting(
                f"PointsPerDay.extensions: expected ids as texts ({str(student)!r}). "
                f"Received: {student!r}"
            )
        if student not in students:
            folded = {one.casefold(): one for one in students}
            near = difflib.get_close_matches(student.casefold(), folded, 1)
            like = [folded[name] for name in near]
            said.append(f"extensions: no student has the id {student!r}{_meant(like)}")
        for name in days if isinstance(days, dict) else ():
            if name not in NAMES:
                like = difflib.get_close_matches(name, NAMES, 1)
                said.append(
                    f"extensions: {student!r}: no assignment is called {name!r}{_meant(like)}"
                )
    return said


def _meant(like):
    return f" (meant {like[0]!r}?)" if like else ""


def _unknown_times(gradebook, assignment, course):
    """Sentences on work that may be late, and of which nobody has said when it came."""
    has_time = SubmittedAssignment.timestamp.is_not(None)
    of_it = SubmittedAssignment.assignment_id == assignment.id
    query = select(SubmittedAssignment.student_id).where(of_it, has_time)
    known = set(gradebook.db.execute(query).scalars())
    rows = people.taken(course, assignment.name).items()
    there = course.submitted.glob(f"*/{assignment.name}")
    folders = {path.parent.name: path for path in sorted(there) if path.is_dir()}
    faulty = [student for student, folder in folders.items() if time_fault(folder)]
    taken = {s: row for s, row in rows if s in folders and s not in faulty}
    late = [s for s, row in taken.items() if row.late and s not in known]
    unread = [f"{s} ({r.unread!r})" for s, r in taken.items() if r.unread and s not in known]
    unread = [] if assignment.duedate is None else unread
    said = []
    if faulty:
        said.append(f"timestamp.txt is no time, and there is no mark: {some(faulty)}")
    if late and assignment.duedate is None:
        said.append(
            "late, says the LMS, which costs nothing as long as nobody says when the assignment "
            f"is due (`due {assignment.name} TIME`): {some(late)}"
        )
    elif late:
        said.append(
            f"late, says the LMS, and nobody has said when, so that it costs nothing: "
            f"{some(late)} ({WRITE})"
        )
    late_or_unread = {student for student, row in taken.items() if row.late or row.unread}
    untimed = [s for s, r in taken.items() if r.system == "moodle" and s not in known]
    untimed = sorted(set(untimed) - late_or_unread) if assignment.duedate else []
    if untimed:
        said.append(
            "from Moodle without a time, so that lateness costs nothing: "
            f"{some(untimed)} (Moodle's worksheet, --roster, has times)"
        )
    if unread:
        said.append(
            f"when these were handed in cannot be read, so that lateness costs nothing: "
            f"{some(unread)} ({WRITE})"
        )
    return said


def set_due(gradebook, assignment, time):
    """Set when an assignment is due.

    Args:
        time: in UTC, aware.
    """
    gradebook.update_or_create_assignment(assignment, duedate=time.replace(tzinfo=None))


def _penalty(step, submission, notebook):
    if submission.assignment.duedate is None:  # with an extension, nbgrader would fail on it
        return None
    seconds = submission.total_seconds_late
    if seconds <= 0:
        return None
    student = submission.student.id
    penalty = step.plugin_inst.late_submission_penalty(student, notebook.score, seconds)
    return None if penalty is None else step._check_late_penalty(notebook, penalty)

"""What being late costs: days of grace, points per day, a cap, and extensions.

Configured in nbgrader_config.py, taken into account by nbgrader's autograde and by ours:

    c.AssignLatePenalties.plugin_class = "autograder.PointsPerDay"
    c.PointsPerDay.points_per_day = 2
    c.PointsPerDay.grace_days = 1
    c.PointsPerDay.cap = 10
    c.PointsPerDay.extensions = {"ada": 3, "ben": {"batchnorm": 7}}
    c.PointsPerDay.timezone = "Europe/Berlin"

When something is due stands in the gradebook (`python -m autograder due`, or formgrader: edit the
assignment), when it was handed in, in the student's timestamp.txt. A day ends when the clock of the
course's time zone shows the same time again, also where that is 23 or 25 hours later.
"""

import difflib
import math
from datetime import timedelta, timezone

from nbgrader.api import MissingEntry, Student, SubmittedAssignment
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties, latesubmissions
from sqlalchemy import select
from traitlets import Dict, Float, TraitError, Unicode

from ..assignments import NAMES
from ..course import people, times
from ..errors import BadSetting
from ..feedback import points
from ..feedback.html import remark_html
from ..notebooks.folder import time_of

DAY = 24 * 60 * 60  # seconds


class PointsPerDay(BasePlugin):
    """nbgrader's late-submission plugin: points for each day begun after the days of grace."""

    points_per_day = Float(0.0, help="points taken away for each day begun").tag(config=True)
    grace_days = Float(0.0, help="days after the due date that cost nothing").tag(config=True)
    cap = Float(math.inf, help="points taken away at most").tag(config=True)
    extensions = Dict(help="{student: days} or {student: {assignment: days}}").tag(config=True)

    timezone = Unicode("UTC", help="of the course, as Europe/Berlin").tag(config=True)
    due = None  # when it was, as the gradebook has it (UTC); set by the step that asks

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """Points to take away, or None.

        Args:
            score: of the notebook so far, in points.
            total_seconds_late: after the due date.
        """
        days = self.days_late(student_id, total_seconds_late)
        return min(days * self.points_per_day, self.cap, score) if days else None

    def days_late(self, student_id, seconds):
        """Days begun after due date, extension and grace, an int."""
        free = self.grace_days + self.extension(student_id)
        return max(0, math.ceil(round(self._days(seconds) - free, 9)))

    def _days(self, seconds):
        """Days on the calendar of the course, since it was due."""
        if self.due is None:
            return seconds / DAY
        zone = zone_of(self)
        due = self.due.replace(tzinfo=timezone.utc)
        handed_in = (due + timedelta(seconds=seconds)).astimezone(zone).replace(tzinfo=None)
        return (handed_in - due.astimezone(zone).replace(tzinfo=None)) / timedelta(days=1)

    def extension(self, student_id):
        """Days that a student has more than the others."""
        given = self.extensions.get(student_id, 0)
        if isinstance(given, dict):
            given = given.get(getattr(self.parent, "assignment_id", None), 0)
        try:
            return float(given)
        except (TypeError, ValueError):
            raise BadSetting(
                f"PointsPerDay.extensions: expected a number of days for {student_id!r}. "
                f"Received: {given!r}"
            ) from None

    def explain(self, student_id, seconds):
        """A sentence for the student."""
        parts = [f"handed in {duration(seconds)} after it was due"]
        if extension := self.extension(student_id):
            parts.append(f"your extension: {_days(extension)}")
        if self.grace_days:
            parts.append(f"{_days(self.grace_days)} of grace")
        cost = f"{points(self.points_per_day)} points for each day begun after that"
        parts.append(cost + (f", at most {points(self.cap)}" if self.cap < math.inf else ""))
        return "; ".join(parts)


def _days(number):
    return f"{number:g} day{'' if number == 1 else 's'}"


def duration(seconds):
    """A time in words, to the minute begun: '2 days 3 hours 1 minute'."""
    minutes = math.ceil(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = {"day": days, "hour": hours, "minute": minutes}
    return " ".join(f"{n} {unit}{'s' * (n > 1)}" for unit, n in parts.items() if n)


class AssignPenalties(AssignLatePenalties):
    """AssignLatePenalties that says in the feedback why, and counts on the score as it is now: also
    after points were given by hand (`bring_up_to_date`).
    """

    def init_plugin(self):
        super().init_plugin()
        if hasattr(self, "db_url"):
            with latesubmissions.Gradebook(self.db_url) as gradebook:
                self.plugin_inst.due = gradebook.find_assignment(self.assignment_id).duedate

    def preprocess(self, nb, resources):
        nb, resources = super().preprocess(nb, resources)
        with self.gradebook:
            submitted = self.gradebook.find_submission(self.assignment_id, self.student_id)
            seconds = submitted.total_seconds_late
            places = (self.notebook_id, self.assignment_id, self.student_id)
            penalty = self.gradebook.find_submission_notebook(*places).late_submission_penalty
        if seconds > 0:
            _say(nb, self._sentence(seconds, penalty))
        return nb, resources

    def _sentence(self, seconds, penalty):
        explain = getattr(self.plugin_inst, "explain", None)
        why = (
            explain(self.student_id, seconds)
            if explain
            else f"{duration(seconds)} after the due date"
        )
        return f"Late: {why}. It costs {points(penalty or 0)} points."


def _say(nb, sentence):
    """Write it into the summary on top of the notebook."""
    html = remark_html(sentence)
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output["data"]["text/html"] += html
                return


def bring_up_to_date(gradebook, assignment, config, course):
    """Take the times of an assignment as they are now, and assign the penalties again to the scores
    as they are now.

    nbgrader does so while it grades: before anybody has given points by hand, taking no more than
    the points that were there then.

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
        return
    step.plugin_inst.due = known.duedate
    for submission in known.submissions:
        folder = course.submission(assignment, submission.student.id)
        if folder.is_dir():
            submission.timestamp = _time(folder)
        for notebook in submission.notebooks:
            penalty = _penalty(step, submission, notebook)
            if notebook.late_submission_penalty != penalty:
                notebook.late_submission_penalty = penalty
    gradebook.db.commit()


def remarks(gradebook, assignment, config, course):
    """Sentences on what is passed over otherwise: extensions that fit nobody, late work of which
    nobody has said when it came. Arguments as for `bring_up_to_date`.
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
        if student not in students:
            folded = {one.casefold(): one for one in students}
            near = difflib.get_close_matches(student.casefold(), folded, 1)
            like = [folded[name] for name in near]
            said.append(f"extensions: nobody is {student!r}{_meant(like)}")
        for name in days if isinstance(days, dict) else ():
            if name not in NAMES:
                like = difflib.get_close_matches(name, NAMES, 1)
                said.append(f"extensions: {student!r}: no assignment is {name!r}{_meant(like)}")
    return said


def _meant(like):
    return f" (meant {like[0]!r}?)" if like else ""


def _unknown_times(gradebook, assignment, course):
    """Sentences on work that the LMS calls late, and of which nobody has said when it came."""
    if assignment.duedate is None:
        return []
    latest = {
        row.student: row for row in people.collected(course) if row.assignment == assignment.name
    }
    has_time = SubmittedAssignment.timestamp.is_not(None)
    of_it = SubmittedAssignment.assignment_id == assignment.id
    query = select(SubmittedAssignment.student_id).where(of_it, has_time)
    known = set(gradebook.db.execute(query).scalars())
    taken = {s: row for s, row in latest.items() if row.what != "not taken"}
    late = [s for s, row in taken.items() if row.late and s not in known]
    if not late:
        return []
    return [
        f"late, says the LMS, and nobody has said when, so that it costs nothing: {', '.join(late)}"
        " (write a timestamp.txt beside the notebook)"
    ]


def set_due(gradebook, assignment, time):
    """Set when an assignment is due.

    Args:
        time: in UTC, aware.
    """
    gradebook.update_or_create_assignment(assignment, duedate=time.replace(tzinfo=None))


def zone_of(plugin):
    """The course's time zone.

    Raises:
        BadSetting: it is none.
    """
    try:
        return times.zone_of(plugin.timezone)
    except ValueError as error:
        raise BadSetting(f"PointsPerDay.timezone: {error}") from None


def _penalty(step, submission, notebook):
    if submission.assignment.duedate is None:  # with an extension, nbgrader would fail on it
        return None
    seconds = submission.total_seconds_late
    if seconds <= 0:
        return None
    student = submission.student.id
    penalty = step.plugin_inst.late_submission_penalty(student, notebook.score, seconds)
    return None if penalty is None else step._check_late_penalty(notebook, penalty)

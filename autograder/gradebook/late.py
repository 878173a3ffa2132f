"""What being late costs: days of grace, points per day, a cap, and extensions.

Configured in nbgrader_config.py, taken into account by nbgrader's autograde and by ours:

    c.AssignLatePenalties.plugin_class = "autograder.PointsPerDay"
    c.PointsPerDay.points_per_day = 2
    c.PointsPerDay.grace_days = 1
    c.PointsPerDay.cap = 10
    c.PointsPerDay.extensions = {"ada": 3, "ben": {"batchnorm": 7}}

When something is due stands in the gradebook (formgrader: edit the assignment), when it was handed
in, in the student's timestamp.txt.
"""

import math

from nbgrader.api import MissingEntry
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Dict, Float

from ..errors import BadSetting
from ..feedback import points
from ..feedback.html import remark_html

DAY = 24 * 60 * 60  # seconds


class PointsPerDay(BasePlugin):
    """nbgrader's late-submission plugin: points for each day begun after the days of grace."""

    points_per_day = Float(0.0, help="points taken away for each day begun").tag(config=True)
    grace_days = Float(0.0, help="days after the due date that cost nothing").tag(config=True)
    cap = Float(math.inf, help="points taken away at most").tag(config=True)
    extensions = Dict(help="{student: days} or {student: {assignment: days}}").tag(config=True)

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
        return max(0, math.ceil(round(seconds / DAY - free, 9)))

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


def bring_up_to_date(gradebook, assignment, config):
    """Assign the penalties of an assignment again, to the scores as they are now.

    nbgrader does so while it grades: before anybody has given points by hand, taking no more than
    the points that were there then.

    Args:
        gradebook: an open `nbgrader.api.Gradebook`.
        config: nbgrader's configuration of the course.
    """
    step = AssignLatePenalties(config=config)
    step.assignment_id = assignment
    step.init_plugin()
    try:
        known = gradebook.find_assignment(assignment)
    except MissingEntry:
        return
    for submission in known.submissions:
        for notebook in submission.notebooks:
            penalty = _penalty(step, submission, notebook)
            if notebook.late_submission_penalty != penalty:
                notebook.late_submission_penalty = penalty
    gradebook.db.commit()


def _penalty(step, submission, notebook):
    if submission.assignment.duedate is None:  # with an extension, nbgrader would fail on it
        return None
    seconds = submission.total_seconds_late
    if seconds <= 0:
        return None
    student = submission.student.id
    penalty = step.plugin_inst.late_submission_penalty(student, notebook.score, seconds)
    return None if penalty is None else step._check_late_penalty(notebook, penalty)

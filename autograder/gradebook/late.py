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

import math
from datetime import timedelta, timezone

from nbgrader.plugins import BasePlugin
from traitlets import Dict, Float, Unicode

from ..course import times
from ..errors import BadSetting
from ..feedback import points

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
            days = math.nan if isinstance(given, bool) else float(given)
        except (TypeError, ValueError):
            days = math.nan
        if math.isfinite(days) and days >= 0:
            return days
        raise BadSetting(
            f"PointsPerDay.extensions: expected a number of days for {student_id!r}. "
            f"Received: {given!r}"
        )

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


def zone_of(plugin):
    """The course's time zone.

    Raises:
        BadSetting: it is none.
    """
    try:
        return times.zone_of(plugin.timezone)
    except ValueError as error:
        raise BadSetting(f"PointsPerDay.timezone: {error}") from None

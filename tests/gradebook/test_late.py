"""What being late costs, where it is said, and what it does not touch."""

from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from autograder.assignments import load
from autograder.course import Course
from autograder.errors import BadSetting
from autograder.gradebook import late, lateness, recorder, standings
from autograder.gradebook.config import course_config
from autograder.gradebook.late import DAY, PointsPerDay
from tests.helpers import BATCHNORM, fill, grade, hand_in, written

CONFIG = """
from autograder.gradebook.config import configure

c = get_config()
configure(c)
c.AssignLatePenalties.plugin_class = "autograder.gradebook.late.PointsPerDay"
c.PointsPerDay.points_per_day = 2
c.PointsPerDay.grace_days = 1
c.PointsPerDay.cap = 10
c.PointsPerDay.extensions = {"eve": 3, "fay": {"batchnorm": 7, "xavier": 1}}
"""
HANDED_IN = {
    "ada": "2026-12-01 12:00:00 UTC",  # in time
    "ben": "2026-12-02 12:00:00 UTC",  # in the days of grace
    "cy": "2026-12-04 00:00:01 UTC",  # a second into the second day after them
    "dan": "2027-12-01 00:00:00 UTC",
    "eve": "2026-12-06 00:00:01 UTC",
    "fay": "2026-12-10 12:00:00 UTC",
}
COST = {"ada": 0, "ben": 0, "cy": 4, "dan": 10, "eve": 2, "fay": 2}


@pytest.mark.parametrize(
    "policy, seconds, cost",
    [
        ({"points_per_day": 1}, 1, 1),
        ({"points_per_day": 1}, DAY, 1),
        ({"points_per_day": 1}, DAY + 1, 2),
        ({"points_per_day": 1.5}, 2.2 * DAY, 4.5),
        ({"points_per_day": 1, "grace_days": 2}, 2 * DAY, None),
        ({"points_per_day": 1, "grace_days": 0.5}, 0.5 * DAY + 1, 1),
        ({"points_per_day": 9, "cap": 12}, 5 * DAY, 12),
        ({"points_per_day": 9}, 5 * DAY, 20),
        ({"points_per_day": 1, "extensions": {"ada": 4}}, 5 * DAY, 1),
        ({}, 5 * DAY, 0),
    ],
)
def test_is_each_day_begun_after_the_days_of_grace_paid_for(policy, seconds, cost):
    plugin = PointsPerDay(config=Config({"PointsPerDay": policy}))
    assert plugin.late_submission_penalty("ada", 20.0, seconds) == cost


@pytest.mark.parametrize(
    "seconds, words",
    [
        (59, "1 minute"),
        (3600, "1 hour"),
        (7261, "2 hours 2 minutes"),
        (DAY, "1 day"),
        (2.5 * DAY, "2 days 12 hours"),
    ],
)
def test_is_a_time_said_in_words(seconds, words):
    assert late.duration(seconds) == words


@pytest.fixture(scope="module")
def course(tmp_path_factory, sandbox):
    """A course with a policy in its nbgrader_config.py, due when 2 December begins, graded."""
    root = tmp_path_factory.mktemp("late")
    (root / "nbgrader_config.py").write_text(CONFIG)
    model = fill(BATCHNORM, written(BATCHNORM))
    for student, time in HANDED_IN.items():
        hand_in(root / "grading", student, model)
        (root / "grading/submitted" / student / BATCHNORM / "timestamp.txt").write_text(time)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        grade(BATCHNORM, root / "grading", sandbox=sandbox, students=["ada"])
        with Gradebook(course_config(Course(root / "grading")).CourseDirectory.db_url) as gradebook:
            gradebook.find_assignment(BATCHNORM).duedate = datetime(2026, 12, 2)
            gradebook.db.commit()
        grade(BATCHNORM, root / "grading", sandbox=sandbox, force=True)
    return root


@pytest.mark.slow
def test_is_the_policy_of_nbgrader_config_kept(course, monkeypatch):
    monkeypatch.chdir(course)
    found = standings.of_class(load(BATCHNORM), Course(course / "grading"))
    assert {mark.student: mark.penalty for mark in found} == COST


@pytest.mark.slow
def test_does_the_feedback_say_why(course):
    def page(student):
        return (course / "grading/feedback" / student / BATCHNORM / f"{BATCHNORM}.html").read_text()

    assert "handed in 2 days 1 minute after it was due" in page("cy")
    assert "1 day of grace" in page("cy") and "It costs 4 points" in page("cy")
    assert "at most 10" in page("dan") and "It costs 10 points" in page("dan")
    assert "your extension: 7 days" in page("fay")
    assert "It costs 0 points" in page("ben")
    assert "after it was due" not in page("ada")


@pytest.mark.slow
def test_page_of_late_work_is_written_without_a_warning(course, monkeypatch, caplog):
    monkeypatch.chdir(course)
    recorder.Recorder(load(BATCHNORM), Course(course / "grading")).give_feedback("cy")
    assert not caplog.messages


@pytest.mark.slow
def test_does_lateness_count_on_points_given_by_hand(course, monkeypatch):
    """Graded as nothing at first, so that nbgrader could take nothing away."""
    monkeypatch.chdir(course)
    config = course_config(Course(course / "grading"))
    with Gradebook(config.CourseDirectory.db_url) as gradebook:
        notebook = gradebook.find_submission_notebook(BATCHNORM, BATCHNORM, "dan")
        for grade in notebook.grades:
            grade.auto_score, grade.manual_score, grade.needs_manual_grade = 0.0, 2.0, False
        notebook.late_submission_penalty = 0
        gradebook.db.commit()
    with Gradebook(config.CourseDirectory.db_url) as gradebook:
        lateness.bring_up_to_date(gradebook, BATCHNORM, config, Course(course / "grading"))
    dan = next(
        m
        for m in standings.of_class(load(BATCHNORM), Course(course / "grading"))
        if m.student == "dan"
    )
    assert dan.penalty == 10 and dan.points == 16 and dan.score == 6


@pytest.mark.parametrize(
    "due, handed_in, zone, days",
    [
        ("2026-10-24 21:59", "2026-10-25 22:59", "Europe/Berlin", 1),  # a day of 25 hours
        ("2026-10-24 21:59", "2026-10-25 23:00", "Europe/Berlin", 2),
        ("2026-10-24 21:59", "2026-10-25 22:59", "UTC", 2),
        ("2026-03-28 22:59", "2026-03-29 21:59", "Europe/Berlin", 1),  # a day of 23 hours
        ("2026-03-28 22:59", "2026-03-29 22:00", "Europe/Berlin", 2),
        ("2026-03-28 22:59", "2026-03-29 22:00", "UTC", 1),
    ],
)
def test_day_of_grace_ends_when_the_clock_of_the_course_shows_the_same_time(
    due, handed_in, zone, days
):
    plugin = PointsPerDay(config=Config({"PointsPerDay": {"points_per_day": 1, "timezone": zone}}))
    plugin.due, late_by = datetime.fromisoformat(due), datetime.fromisoformat(handed_in)
    assert plugin.days_late("ada", (late_by - plugin.due).total_seconds()) == days


def test_zone_that_is_none_is_a_plain_error():
    plugin = PointsPerDay(config=Config({"PointsPerDay": {"timezone": "Berlin"}}))
    plugin.due = datetime(2026, 12, 1)
    with pytest.raises(BadSetting, match="PointsPerDay.timezone: .* Received: 'Berlin'"):
        plugin.days_late("ada", 3.0)

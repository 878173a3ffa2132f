"""The course, as nbgrader sees it."""

from autograder import configure

c = get_config()  # noqa: F821 (nbgrader provides it)

configure(c)

c.CourseDirectory.course_id = "deep_learning"

# Where students find `assignments/`: the one place that the notebooks' Colab badges come from.
c.ColabBadge.repository = "your-school/deep-learning-assignments"

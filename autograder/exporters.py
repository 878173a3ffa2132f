"""Exporters for nbgrader's command: `nbgrader export --exporter=autograder.exporters.Canvas`."""

from pathlib import Path

from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode

from .assignments import NAMES, load
from .course import Course
from .gradebook import lateness, standings
from .lms import export
from .lms.csv_files import read_rows, write_rows


class Csv(ExportPlugin):
    """Everybody's marks, with a state; nobody without a mark has a 0."""

    form = "csv"
    grading = Unicode("grading", help="the folder of the class files").tag(config=True)
    roster = Unicode("", help="a file that the LMS exported").tag(config=True)
    scale = Bool(False, help="multiply marks where its column has other points").tag(config=True)

    def export(self, gradebook):
        """Write one table per assignment to `to` (`marks.csv`); several get their name in it."""
        names = [str(name) for name in self.assignment]
        names = names or [a.name for a in gradebook.assignments if a.name in NAMES]
        for name in names:
            self._export(gradebook, load(name), several=len(names) > 1)

    def _export(self, gradebook, assignment, several):
        name = assignment.name
        course = Course(self.grading)
        lateness.bring_up_to_date(gradebook, name, self.config, course)
        for remark in lateness.remarks(gradebook, name, self.config, course):
            self.log.warning("%s: %s", name, remark)
        everybody = standings.from_gradebook(gradebook, assignment, course)
        if self.student:
            everybody = [one for one in everybody if one.student in map(str, self.student)]
        rows = read_rows(self.roster) if self.roster else None
        table = export(self.form, everybody, name, rows, scale=self.scale)
        path = Path(self.to or "marks.csv")
        path = path.with_stem(f"{path.stem}-{name}") if several else path
        write_rows(path, table.rows, self.form == "csv")
        self.log.info("%s: %d rows written to %s", name, len(table.rows) - 1, path)
        for remark in table.remarks:
            self.log.warning("%s: %s", name, remark)
        for student, why in table.left_out:
            self.log.warning("%s is not in it: %s", ascii(student), why)


class Canvas(Csv):
    """For Canvas' import of grades."""

    form = "canvas"


class Moodle(Csv):
    """For Moodle's offline grading worksheet."""

    form = "moodle"

"""The same exports for `nbgrader export --exporter=autograder.exporters.Canvas`."""

from pathlib import Path

from nbgrader.plugins import ExportPlugin
from traitlets import Unicode

from . import assignments
from .gradebook import late, standings
from .lms.csv_files import read_rows, write_rows
from .lms.export import export


class Csv(ExportPlugin):
    """Everybody's marks, with a state; nobody without a mark has a 0."""

    form = "csv"
    grading = Unicode("grading", help="the folder of the class files").tag(config=True)
    roster = Unicode("", help="a file that the LMS exported").tag(config=True)

    def export(self, gradebook):
        """Write one table per assignment to `to` (`marks.csv`); several get their name in it."""
        names = [str(name) for name in self.assignment]
        names = names or [a.name for a in gradebook.assignments if a.name in assignments.NAMES]
        for name in names:
            late.bring_up_to_date(gradebook, name, self.config)
            found = standings.from_gradebook(gradebook, name, standings.entries(name, self.grading))
            if self.student:
                found = [mark for mark in found if mark.student in map(str, self.student)]
            table = export(self.form, found, name, read_rows(self.roster) if self.roster else None)
            path = Path(self.to or "marks.csv")
            if len(names) > 1:
                path = path.with_stem(f"{path.stem}-{name}")
            write_rows(path, table.rows)
            self.log.info("%s: %d rows written to %s", name, len(table.rows) - 1, path)
            for student, why in table.left_out:
                self.log.warning("%s is not in it: %s", ascii(student), why)


class Canvas(Csv):
    """For Canvas' import of grades."""

    form = "canvas"


class Moodle(Csv):
    """For Moodle's offline grading worksheet."""

    form = "moodle"

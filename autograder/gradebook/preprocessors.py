"""The steps of nbgrader's autograding and releasing that are ours."""

import re

import nbformat
from nbgrader.preprocessors import (
    GetGrades,
    NbGraderPreprocessor,
    SaveAutoGrades,
    saveautogrades,
)
from nbgrader.utils import (
    compute_checksum,
    determine_grade,
    is_grade,
    is_locked,
    is_solution,
    is_task,
)
from traitlets import Bool, Unicode, default

from ..assignments import load
from ..course import UNUSABLE, settings
from ..feedback.html import question_html, remark_html, summary_html
from ..feedback.page import WAITING
from ..grading import Work, damaged, examine
from ..notebooks import Notebook
from ..sandbox import DEFAULT
from . import lateness, terms
from .exporter import PLACE

MARKS = re.compile(r"(?m)^#+ (?:BEGIN|END) MARK SCHEME\n?")  # around it
SUMMARY_ID = "autograder-summary"
UNUSABLE_PAGE = "autograder_unusable"  # in the metadata: there was nothing to grade
MARK_SCHEME = re.compile(r"(?ms)\s*^#+ BEGIN MARK SCHEME$.*?^#+ END MARK SCHEME$")


class SealedExecute(NbGraderPreprocessor):
    """Stands where nbgrader's Execute stood: grades in a sealed process and writes the verdict into
    the cells.
    """

    enabled = Bool(True).tag(config=True)
    sandbox = Unicode(
        help="'bubblewrap', or 'process' where bubblewrap cannot run (limits, but no walls)",
    ).tag(config=True)

    @default("sandbox")
    def _sandbox_default(self):
        return settings.sandbox() or DEFAULT

    def preprocess(self, nb, resources):
        assignment = load(resources["nbgrader"]["assignment"])
        handed_over = resources[PLACE]
        if handed_over.verdict is None:
            terms.require(resources["nbgrader"]["db_url"], assignment.name)
            handed_over.verdict = self._verdict(nb, assignment, handed_over)
        write_verdict(nb, handed_over.verdict)
        return nb, resources

    def _verdict(self, nb, assignment, handed_over):
        if handed_over.damage:
            return damaged(assignment, handed_over.damage)
        notebook = Notebook(nb.cells, handed_over.repairs)
        return examine(Work.of(notebook, assignment, handed_over.reading), sandbox=self.sandbox)


def write_verdict(nb, verdict):
    """Put the summary on top, and into each graded cell its score, which nbgrader reads, with the
    reasons.

    nbgrader takes the first decisive output: exactly one `execute_result`, whose text is a plain
    finite float. A graded cell without one would get full points.
    """
    results = {result.question: result for result in verdict.results}
    for cell in nb.cells:
        if not is_grade(cell) or is_solution(cell):
            continue
        result = results[cell.metadata.nbgrader["grade_id"]]
        data = {
            "text/plain": repr(float(result.score)),
            "text/html": question_html(result),
        }
        result = {"output_type": "execute_result", "metadata": {}, "execution_count": 1}
        cell.outputs = [nbformat.from_dict(result | {"data": data})]
        cell.execution_count = 1
    html = {"text/html": summary_html(verdict), "text/plain": "What the grader saw"}
    summary = nbformat.v4.new_code_cell("# What the grader saw", id=SUMMARY_ID)
    summary.outputs = [nbformat.v4.new_output("display_data", html)]
    nb.cells.insert(0, summary)
    if verdict.status in UNUSABLE:
        nb.metadata[UNUSABLE_PAGE] = True


class SaveGrades(SaveAutoGrades):
    """SaveAutoGrades that asks for no second look at what was graded by hand, where neither the
    work nor its automatic score has changed, and for one where there is no mark: what could not be
    read, or was our own fault, is no 0 to anybody who reads the gradebook. One commit for the
    notebook: killed before it or after, all is well.
    """

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        self.notebook_id, self.assignment_id = about["notebook"], about["assignment"]
        self.student_id = about["student"]
        self.gradebook = saveautogrades.Gradebook(about["db_url"])
        with self.gradebook:
            for index, cell in enumerate(nb.cells):
                self.preprocess_cell(cell, resources, index)
            self.gradebook.db.commit()
            work = (self.notebook_id, self.assignment_id, self.student_id)
            for sums in (  # of scores, which are others now
                self.gradebook.find_submission_notebook(*work),
                self.gradebook.find_submission(*work[1:]),
            ):
                self.gradebook.db.expire(sums)
        return nb, resources

    def _add_score(self, cell, resources):
        places = (self.notebook_id, self.assignment_id, self.student_id)
        grade = self.gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], *places)
        score, _ = determine_grade(cell, self.log)
        handed_over = resources[PLACE]
        settled = grade.manual_score is not None and not grade.needs_manual_grade
        stays = settled and grade.auto_score == score and handed_over.same_work
        by_hand = grade.manual_score is not None or score is None or not handed_over.is_mark
        by_hand |= is_solution(cell)  # also an empty answer: a 0 is given by somebody
        grade.auto_score, grade.needs_manual_grade = score, by_hand and not stays

    def _add_comment(self, cell, resources):
        places = (self.notebook_id, self.assignment_id, self.student_id)
        comment = self.gradebook.find_comment(cell.metadata["nbgrader"]["grade_id"], *places)
        untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
        comment.auto_comment = "No response." if untouched and not is_task(cell) else None


class Grades(GetGrades):
    """GetGrades that remembers which questions wait for a person (nbgrader's page gives them 0),
    says why points were taken away for lateness, and keeps the mark schemes to staff: who hands in
    later, or again, would have the answers.
    """

    mark_scheme = Bool(False, help="show the mark schemes to students, too").tag(config=True)

    def preprocess(self, nb, resources):
        resources[WAITING], self.not_settled = [], 0.0
        nb, resources = super().preprocess(nb, resources)
        resources["nbgrader"]["score"] -= self.not_settled
        if nb.metadata.pop(UNUSABLE_PAGE, False):  # the rest is the release, and nobody's answer
            nb.cells = [cell for cell in nb.cells if cell.get("id") == SUMMARY_ID]
        with self.gradebook:
            about = (self.gradebook, self.assignment_id, self.student_id, self.config)
            if late := lateness.sentence(*about):
                _say(nb, late)
        return nb, resources

    def preprocess_cell(self, cell, resources, cell_index):
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if cell.cell_type == "markdown" and is_locked(cell):
            cell.source = (MARKS if self.mark_scheme else MARK_SCHEME).sub("", cell.source)
        if is_grade(cell):
            name = cell.metadata.nbgrader["grade_id"]
            places = (self.notebook_id, self.assignment_id, self.student_id)
            grade = self.gradebook.find_grade(name, *places)
            if grade.needs_manual_grade:
                resources[WAITING].append(name)
                self.not_settled += grade.score or 0.0  # given to another version, perhaps
                if is_solution(cell):
                    comment = self.gradebook.find_comment(name, *places)
                    cell.metadata.nbgrader["comment"] = comment.auto_comment
        return cell, resources


def _say(nb, sentence):
    """Write it into the summary on top of the notebook."""
    html = remark_html(sentence)
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output["data"]["text/html"] += html
                return


class ColabBadge(NbGraderPreprocessor):
    """Writes the course's repository into the Colab badge of a released notebook."""

    repository = Unicode("your-school/your-course", help="owner/name on GitHub").tag(config=True)

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("/github/REPOSITORY/", f"/github/{self.repository}/")
        return cell, resources

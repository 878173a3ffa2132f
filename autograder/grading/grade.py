"""One submission, from bytes to verdict."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..answers.verdict import Result, Verdict
from ..assignments import Assignment, load_all
from ..assignments.draws import Draws
from ..course import settings
from ..course.notes import CELL, DAMAGE, REPAIR, STAFF, UNSEALED, WITHOUT_WALLS, Note
from ..errors import Damaged, WrongFile
from ..notebooks import choice, disturbed, reader, repair, runnable
from ..notebooks.cells import Template
from ..sandbox import DEFAULT, Limits, backend, interpreter
from .ask import ask_all
from .student import Student


@dataclass(frozen=True)
class Work:
    """What of a submission is examined: plain values, which can be sent to another machine.

    Attributes:
        cells: (number in the notebook, source) of each cell to run.
        elsewhere: {name: number of the cell} of what only cells define that are not run.
        repairs: sentences about what had to be repaired.
        python: the version that the notebook says it was written on, or "".
        checks: {question: number of the cell that checks it}.
        only_beside: {function: Python file beside the notebook that alone defines it}.
        disturbed: questions below whose check a cell changes what they use.
    """

    assignment: Assignment
    cells: list[tuple[int, str]]
    elsewhere: dict[str, int] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)
    python: str = ""
    checks: dict[str, int] = field(default_factory=dict)
    only_beside: dict[str, str] = field(default_factory=dict)
    disturbed: frozenset[str] = frozenset()

    @property
    def content(self) -> bytes:
        """All that runs, as bytes: what inputs are drawn from that are this work's own."""
        return json.dumps(self.cells).encode()

    @classmethod
    def of(
        cls, notebook: repair.Notebook, assignment: Assignment, reading: reader.Reading
    ) -> "Work":
        """The work in a repaired notebook, and what else was read."""
        cells = runnable.cells_to_run(notebook, assignment.template, reading.modules)
        elsewhere = runnable.names_not_run(notebook)
        checks = runnable.checks(notebook)
        about = (elsewhere, notebook.repairs, reading.python, checks)
        only_beside = runnable.only_beside(notebook, assignment.template, reading.modules)
        return cls(assignment, cells, *about, only_beside, disturbed.questions(cells, checks))


def mark(
    source: str | Path | bytes,
    assignment: Assignment | None = None,
    *,
    limits: Limits = Limits(),
    sandbox: str = DEFAULT,
    own_inputs: bool = False,
) -> Verdict:
    """Return the Verdict on a notebook, however bad it is.

    Args:
        source: the path of the notebook, or of the folder that a student handed in, or the
            notebook's bytes.
        assignment: which one it is, or None to recognise it by what it contains or by the file's
            name.
        own_inputs: ask on hidden inputs drawn for this work alone, as where a student gets feedback
            on attempts (default: on those of the whole course).

    Raises:
        SandboxUnavailable: student code cannot be sealed on this machine.
    """
    started = time.monotonic()
    work = prepare(source, assignment)
    if isinstance(work, Verdict):
        verdict = work
    else:
        draws = Draws.of_submission(work.content) if own_inputs else None
        verdict = examine(work, limits=limits, sandbox=sandbox, draws=draws)
    verdict.seconds = time.monotonic() - started
    return verdict


def prepare(source: str | Path | bytes, assignment: Assignment | None = None) -> Work | Verdict:
    """Read and repair a notebook: the Work it makes, or at once the Verdict on one that cannot be
    read. Arguments as for `mark`.
    """
    filename = "" if isinstance(source, bytes) else Path(source).name
    try:
        cells, reading = read_work(source, assignment)
        if assignment is None:
            assignment = recognised(cells, filename)
            if assignment is None:
                raise WrongFile("none of the functions and questions of an assignment are in it")
            choice.require_this(cells, assignment.template, templates())
        notebook = _repaired(cells, reading, assignment)
    except Damaged as damage:
        return damaged(assignment or _named_in(filename), damage)
    return Work.of(notebook, assignment, reading)


def repaired(
    source: str | Path | bytes, assignment: Assignment
) -> tuple[repair.Notebook, reader.Reading]:
    """(the repaired notebook, what else was read) of what was handed in for an assignment.
    Arguments as for `mark`.

    Raises:
        Damaged: it cannot be graded.
    """
    cells, reading = read_work(source, assignment)
    return _repaired(cells, reading, assignment), reading


def _repaired(
    cells: list[dict[str, Any]], reading: reader.Reading, assignment: Assignment
) -> repair.Notebook:
    notebook = repair.repair(cells, assignment.template, reading.beside)
    notebook.repairs[:0] = reading.repairs
    return notebook


def recognised(cells: list[dict[str, Any]], filename: str = "") -> Assignment | None:
    """The assignment that cells belong to by what they contain, or by their file's name."""
    known = {assignment.name: assignment for assignment in load_all()}
    template = repair.guess(repair.Seen.of(cells), templates(), filename)
    return known[template.name] if template else None


def templates() -> list[Template]:
    """The released notebooks of all assignments."""
    return [assignment.template for assignment in load_all()]


def _named_in(filename: str) -> Assignment | None:
    return next((a for a in load_all() if a.name in filename), None)


def read_work(
    source: str | Path | bytes, assignment: Assignment | None
) -> tuple[list[dict[str, Any]], reader.Reading]:
    """(cells, what else there is to say) of what was handed in for an assignment, where it is
    known. Arguments as for `mark`.

    Raises:
        Damaged: it cannot be graded.
    """
    if assignment and not isinstance(source, bytes) and Path(source).is_dir():
        return choice.read_folder(source, assignment.template, templates())
    reading = reader.Reading()
    cells = reader.read(source if isinstance(source, bytes) else reader.load(source), reading)
    if assignment:
        choice.require_this(cells, assignment.template, templates())
    return cells, reading


def examine(
    work: Work,
    *,
    limits: Limits = Limits(),
    sandbox: str = DEFAULT,
    draws: Draws | None = None,
) -> Verdict:
    """Return the Verdict on Work.

    Args:
        draws: where hidden inputs come from (default: what the whole course is asked).

    Raises:
        SandboxUnavailable: student code cannot be sealed on this machine.
    """
    started = time.monotonic()
    functions = work.assignment.exam.functions
    with Student(work.cells, functions, limits, sandbox, work.elsewhere) as student:
        draws = draws or Draws.of_course()
        results = ask_all(work.assignment, student, draws=draws)
        student.notes.extend(_look_again(work, student, results, draws))
    notes = [Note(REPAIR, repair) for repair in work.repairs] + student.notes
    if not backend(sandbox).sealed:
        notes.append(Note(UNSEALED, WITHOUT_WALLS))
    seconds = time.monotonic() - started
    name, status = work.assignment.name, student.status
    verdict = Verdict(name, status, results, notes, seconds, work.python)
    if student.unread and verdict.score < verdict.max_score:
        notes += _newer_syntax(work.python, student.unread)
    if work.only_beside and verdict.score < verdict.max_score:
        files = ", ".join(sorted(set(work.only_beside.values())))
        fault = (
            f"{', '.join(work.only_beside)}: written in {files}, beside the notebook, which does "
            "not import it. There is no mark: put the functions into the notebook, and grade again"
        )
        notes.append(Note(STAFF, fault))
    return verdict


def _look_again(work: Work, student: Student, results: list[Result], draws: Draws) -> list[Note]:
    """Put the questions that lost points once more, to the functions as they stood at their checks,
    where a cell below changes what they do: an experiment with a variant, a name that is used
    twice. The better result counts, since it is what the student saw. Returns notes on these.

    Where something was credited because of an earlier mistake, all that was credited goes, or
    nothing is asked again: what was lost would be made good twice.
    """
    asked = {r.question for r in results if r.score < r.max_score or r.is_credited}
    places = sorted((work.checks[name], name) for name in asked & work.disturbed)
    second, done = {}, -1
    with student.of_cells([]) as earlier:
        for number, name in places:
            if not student.has_time:
                break
            earlier.extend([cell for cell in work.cells if done < cell[0] < number])
            [second[name]] = ask_all(work.assignment, earlier, only=[name], draws=draws)
            earlier.lost.clear()  # nothing is credited here
            done = number
    plain = [result.without_credit() for result in results]
    both = [max(r, second.get(r.question, r), key=lambda result: result.score) for r in plain]
    if sum(result.score for result in both) <= sum(result.score for result in results):
        return []
    names = [r.question for r, one in zip(both, plain) if r is not one]
    results[:] = both
    said = "a cell below their check changes what these use; they are graded as they stood there"
    return [Note(CELL, f"{said}: {', '.join(names)}")]


def _newer_syntax(python: str, cells: list[int]) -> list[Note]:
    """What staff are told where a cell cannot be read, perhaps because its Python was newer."""
    ran_on = interpreter.chosen().version
    if interpreter.numbers(python) <= interpreter.numbers(ran_on):
        return []
    fault = (
        f"the notebook was written on Python {python}, its code ran on {ran_on}, and cell "
        f"{', '.join(map(str, cells))} cannot be read there: there is no mark yet. Name a newer "
        f"Python that has NumPy ({settings.STUDENT_PYTHON}=/path/to/python), and grade again"
    )
    return [Note(STAFF, fault)]


def damaged(assignment: Assignment | None, damage: Damaged) -> Verdict:
    """The Verdict on something that could not be graded, with a sentence for the student."""
    notes = [Note(DAMAGE, damage.sentence())]
    if damage.for_staff:
        notes.append(Note(STAFF, f"{damage}. There is no mark: leave the one that counts"))
    return _nothing(assignment, notes, damage.status)


def faulty(assignment: Assignment, error: object) -> Verdict:
    """The Verdict where the grader itself failed: no points, no mark, a sentence for staff."""
    sentence = f"the grader failed on this submission ({error!r}); its 0 points are no mark"
    return _nothing(assignment, [Note(STAFF, sentence)])


def refused(assignment: Assignment, reason: str) -> Verdict:
    """The Verdict on a folder that cannot be taken as it is."""
    sentence = f"not graded: {reason}. Put that right and run the same command again"
    return _nothing(assignment, [Note(STAFF, sentence)])


def _nothing(assignment: Assignment | None, notes: list[Note], status: str = "damaged") -> Verdict:
    results = assignment.exam.not_asked(str(notes[0])) if assignment else []
    return Verdict(assignment.name if assignment else None, status, results, notes)

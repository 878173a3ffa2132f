"""Mistakes that nobody thought of: mutants of the model solutions, made by Cosmic Ray, which knows
nothing of our grammar or catalogue.

Mutants that answer every question as before are left out of the figures, and so are those of which
nothing wrong comes but exceptions.
"""

import itertools
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..answers.calls import Answer, Failure
from ..assignments import Assignment
from ..assignments.draws import Draws
from ..course import course
from ..diagnosis import Imitation
from ..diagnosis.search import respondents
from ..grading import Student, ask_all
from ..notebooks import reader
from ..sandbox import DEFAULT, Limits

HELD_OUT = 2  # draws of other inputs, on which what is said has to hold
CALL = 2.0  # seconds that a call may take; some mutants never end
PLAIN = (np.ndarray, np.generic, bool, int, float, list, tuple, Answer, Failure)
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)\n *### END SOLUTION", re.DOTALL)


@dataclass
class Mutant:
    """A model solution with one change.

    Attributes:
        function: the name of the function that is changed.
        line: the changed line before, and after.
        source: of the cell that is changed.
        kind: "equal", "raises", "survivor" or "killed".
        lost: {question: points} that it loses.
        spread: questions that it loses without their calling the function.
        unnamed: questions with a wrong answer that neither a known mistake nor the search explains.
        untold: those of them of which nothing is said but where values differ.
        accused: what was said and is not so on other inputs.
    """

    function: str
    line: tuple[str, str]
    source: str
    kind: str = ""
    lost: dict[str, float] = field(default_factory=dict)
    spread: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    accused: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def model_cells(assignment: Assignment) -> dict[str, str]:
    """{function of the contract: the cell of the model solution that defines it}."""
    path = course.model_notebook(assignment.name)
    cells = [cell["source"] for cell in reader.read(path.read_bytes())]
    found = {}
    for name in assignment.exam.functions:
        [cell] = [c for c in cells if f"def {name}(" in c and "BEGIN SOLUTION" in c]
        found[name] = cell
    return found


def mutants_of(assignment: Assignment) -> Iterator[Mutant]:
    """Every mutant of the solution's own lines (not of signatures and docstrings)."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    for function, cell in model_cells(assignment).items():
        seen = {cell}
        for name in operator_names():
            try:
                operator = get_operator(name)()
            except TypeError:  # one that wants to be told about variables
                continue
            for occurrence in itertools.count():
                source = mutate_code(cell, operator, occurrence)
                if source is None:
                    break
                if source in seen or _outside(source) != _outside(cell):
                    continue
                seen.add(source)
                yield Mutant(function, _difference(cell, source), source)


def _outside(cell: str) -> str:
    return SOLUTION.sub("", cell)


def _difference(one: str, other: str) -> tuple[str, str]:
    pairs = zip(one.splitlines(), other.splitlines())
    return next(((a.strip(), b.strip()) for a, b in pairs if a != b), ("", ""))


def try_all(
    assignment: Assignment,
    sandbox: str = DEFAULT,
    progress: Callable[[int, int], None] = lambda done, total: None,
    workers: int | None = None,
    chosen: Callable[[Mutant], bool] = lambda mutant: True,
) -> list[Mutant]:
    """All mutants of an assignment, each asked all its questions, sealed as submissions are.

    Raises:
        ImportError: Cosmic Ray is not installed (`test` among the extras).
    """
    cells = model_cells(assignment)
    mutants = [mutant for mutant in mutants_of(assignment) if chosen(mutant)]
    answers = _by_question(assignment, cells, Draws.of_course(), sandbox)
    right = [evidence for of_question in answers.values() for evidence in of_question]
    calls = calls_of(assignment)

    def one(mutant: Mutant) -> Mutant:
        changed = cells | {mutant.function: mutant.source}
        _try(mutant, assignment, changed, right, calls, sandbox)
        return mutant

    done = []
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for mutant in pool.map(one, mutants):
            done.append(mutant)
            progress(len(done), len(mutants))
    return done


def _ask(assignment, cells, draws, sandbox, watch, explain=True):
    functions = assignment.exam.functions
    numbered = list(enumerate(["import math\nimport numpy as np", *cells.values()], 1))
    with Student(numbered, functions, Limits(call=CALL), sandbox) as student:
        return ask_all(assignment, student, watch, draws=draws, explain=explain)


def _try(mutant, assignment, cells, right, calls, sandbox):
    evidence: list[Any] = []
    explained = set()  # ids of cases that fail because of another one, or with an exception

    def watch(case):
        kept = case.evidence
        evidence.append(kept)
        if kept is not None and (kept.right or kept.failure is not None):
            explained.add(id(case))

    draws = Draws.of_course()
    results = _ask(assignment, cells, draws, sandbox, watch)
    failed = [case for result in results for case in result.cases if not case.passed]
    mutant.lost = {r.question: r.max_score - r.score for r in results if r.score < r.max_score}
    if not failed:
        mutant.kind = "equal" if _are_equal(evidence, right) else "survivor"
        return
    wrong = [e for e in evidence if e is not None and not e.right]
    if wrong and all(e.failure is not None for e in wrong) and not any(map(_is_named, failed)):
        mutant.kind = "raises"
        return
    mutant.kind = "killed"
    mutant.spread = [q for q in mutant.lost if mutant.function not in calls[q]]
    for result in results:
        for case in result.cases:
            if not case.passed and id(case) not in explained and not _is_named(case):
                mutant.unnamed.append(result.question)
                if not case.diagnosis:
                    mutant.untold.append(result.question)
            if not case.passed:
                said = case.diagnosis.headline if case.diagnosis else case.message
                mutant.said.append(f"{result.question}: {said}")
    for names in (mutant.unnamed, mutant.untold, mutant.said):
        names[:] = dict.fromkeys(names)
    told = _told(results)
    for number in range(HELD_OUT):
        fresh = Draws.apart(b"held out of the audit %d" % number)
        mutant.accused += _untrue(assignment, cells, told, fresh, sandbox)


def _is_named(case):
    diagnosis = case.diagnosis
    return bool(diagnosis and (diagnosis.mistakes or diagnosis.found))


def calls_of(assignment: Assignment) -> dict[str, set[str]]:
    """{question: the contract's functions that it calls}."""
    student, found = Imitation(assignment), {}
    for question in assignment.exam.questions:
        for _ in question.ask(student, Draws.apart(b"calls")):
            pass
        found[question.id] = {call.function.name for call in student.calls}
        student.calls.clear()
    return found


def _told(results):
    """[(question, numbers of its cases, Diagnosis)] of what was named."""
    told = []
    for result in results:
        reasons = {}
        for number, case in enumerate(result.cases):
            diagnosis = case.diagnosis
            if not case.passed and _is_named(case) and not diagnosis.besides:
                reasons.setdefault(diagnosis, []).append(number)
        told += [(result.question, numbers, diagnosis) for diagnosis, numbers in reasons.items()]
    return told


def _untrue(assignment, cells, told, draws, sandbox):
    """What was named and is not so on other inputs: somebody who does what is said answers
    something else there.
    """
    mine = _by_question(assignment, cells, draws, sandbox)
    wrong = []
    for question, numbers, diagnosis in told:
        for respondent in _as_told(assignment, question, diagnosis):
            theirs: list[Any] = []
            ask_all(
                assignment,
                respondent,
                lambda case, kept=theirs: kept.append(case.evidence),
                only=[question],
                draws=draws,
                explain=False,
            )
            if all(_alike(mine[question][number], theirs[number]) for number in numbers):
                break
        else:
            wrong.append(f"{question}: {diagnosis.headline}")
    return wrong


def _by_question(assignment, cells, draws, sandbox):
    """{question: evidence of its cases} of what cells answer."""
    evidence: list[Any] = []
    results = _ask(
        assignment, cells, draws, sandbox, lambda case: evidence.append(case.evidence), False
    )
    found, start = {}, 0
    for result in results:
        found[result.question] = evidence[start : start + len(result.cases)]
        start += len(result.cases)
    return found


def _as_told(assignment, question, diagnosis):
    """Whoever does what is said: of mistakes that come together both, else any of them."""
    if diagnosis.found:
        [asked] = [q for q in assignment.exam.questions if q.id == question]
        yield from respondents(assignment, asked, Draws.of_course(), diagnosis.found)
        return
    yield from (Imitation(assignment, {name}) for name in diagnosis.mistakes)
    yield Imitation(assignment, diagnosis.mistakes)


def _alike(mine, theirs):
    if mine is None or theirs is None:
        return mine is theirs
    if any(not isinstance(part, PLAIN) for part in mine.parts):
        return True  # an integer of a hundred digits, say, did not leave the sealed process
    return mine.matches(list(theirs.parts))


def _are_equal(evidence, right):
    for mine, theirs in zip(evidence, right):
        if mine is None or theirs is None:
            continue
        for a, b in zip(mine.parts, theirs.parts):
            if isinstance(a, Failure) or isinstance(b, Failure):
                return False
            try:
                if not np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True):
                    return False
            except (TypeError, ValueError):
                pass
    return True

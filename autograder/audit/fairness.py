"""Two students with the same function get the same marks, whatever inputs are drawn for them."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from ..answers.calls import Respondent
from ..assignments import Assignment
from ..assignments.draws import Draws
from ..diagnosis.imitation import Imitation
from ..grading import Student, ask_all
from ..sandbox import DEFAULT, Limits


def unfair(
    assignment: Assignment,
    number: int,
    sandbox: str = DEFAULT,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[str]:
    """A sentence on each correct solution that loses a point in one of `number` draws, and on each
    known mistake that does not lose the same points in all of them.

    Raises:
        FileNotFoundError: there is no correct solution to try.
        SandboxUnavailable: student code cannot be sealed on this machine.
    """
    draws = [Draws.of_submission(b"fairness %d" % i) for i in range(number)]

    def of_solution(path: os.PathLike[str]) -> str:
        with open(path, encoding="utf-8") as file:
            cells = [(1, file.read())]
        about = cells, assignment.exam.functions, Limits(), sandbox
        for draw in draws:
            with Student(*about) as student:
                if _lost(assignment, student, draw):
                    return f"{os.fspath(path)} is correct, and loses points in a draw"
        return ""

    def sentences() -> Iterator[str]:
        total = len(assignment.solutions) + len(assignment.catalogue)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for done, said in enumerate(pool.map(of_solution, assignment.solutions), 1):
                progress(done, total)
                yield said
        for done, mistake in enumerate(assignment.catalogue, len(assignment.solutions) + 1):
            made = {mistake.id}
            found = [_lost(assignment, Imitation(assignment, made), draw) for draw in draws]
            progress(done, total)
            different = [lost for lost in found if lost != found[0]]
            yield f"{mistake.id} loses {found[0]}, and {different[0]} too" if different else ""

    return [sentence for sentence in sentences() if sentence]


def _lost(assignment: Assignment, respondent: Respondent, draws: Draws) -> dict[str, float]:
    """{question: points lost}, of those on which some were."""
    results = ask_all(assignment, respondent, draws=draws, explain=False)
    lost = {result.question: round(result.max_score - result.score, 2) for result in results}
    return {question: points for question, points in lost.items() if points}

"""Grading again after a check changed: who gains or loses what; scores that stay as they are."""

from dataclasses import dataclass, replace

from ..answers import Result


@dataclass(frozen=True)
class Change:
    """One student whose marks would change.

    Attributes:
        questions: {question: (old score, new score)} of those that change; a score is None where
            there was or will be no such question.
        was_status: how the earlier run ended.
    """

    student: str
    old: float
    new: float
    questions: dict
    was_status: str
    status: str


def between(verdicts):
    """The Changes among [(submission, verdict)] of which there are old entries, by student."""
    differences = []
    for item, verdict in verdicts:
        if item.old is None:
            continue
        before = {name: kept["score"] for name, kept in item.old.questions.items()}
        after = {result.question: result.score for result in verdict.results}
        names = dict.fromkeys([*before, *after])
        both = {name: (before.get(name), after.get(name)) for name in names}
        differing = {name: pair for name, pair in both.items() if pair[0] != pair[1]}
        statuses = item.old.status, verdict.status
        if differing or statuses[0] != statuses[1]:
            scores = item.old.score, verdict.score
            differences.append(Change(item.student, *scores, differing, *statuses))
    return differences


def only(verdict, old, questions):
    """The verdict with new scores for `questions`, and those of an old Entry for all others."""
    results = [
        result
        if result.question in questions or _same_cases(old.questions, result)
        else Result.from_json(result.question, old.questions[result.question])
        for result in verdict.results
    ]
    return replace(verdict, results=results)


def _same_cases(old, result):
    """Has a question no old cases, or does the new result pass and fail the same ones?"""
    if result.question not in old:
        return True
    before = [(case["name"], case["passed"]) for case in old[result.question]["cases"]]
    now = [(case.name, case.passed) for case in result.cases]
    return before == now and old[result.question]["score"] == result.score

"""What is said about a submission: cases make a question's score, questions make the verdict."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..course.notes import Note, for_staff
from .evidence import Evidence

NOT_ASKED = "all"  # name of the one case of a question that could not be asked


@dataclass(frozen=True)
class Diagnosis:
    """What a wrong answer looks like to somebody who has seen many.

    Attributes:
        headline: the mistake by name, or the structure of the difference, in a sentence or two.
        hint: what to think about; never the code.
        reread: where the lecture or a textbook explains it.
        mistakes: ids of the recognised mistakes; several where they cannot be told apart or come
            together.
        found: where it was searched for: what is so in a program that answers as the student does,
            or in which quantities something is.
        besides: is that on top of a mistake that an earlier question has shown?
    """

    headline: str
    hint: str = ""
    reread: str = ""
    mistakes: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    besides: bool = False

    def advice(self) -> str:
        """Hint and reading as one text, or nothing."""
        reread = f"Reread: {self.reread}." if self.reread else ""
        return " ".join(part for part in (self.hint, reread) if part)


@dataclass(frozen=True)
class Detail:
    """A closer look at one wrong answer.

    Attributes:
        case: name of the case that is looked at.
        rows: (place, expected, received) as texts, of the first wrong entries.
        more: number of further wrong entries.
        picture: HTML of a small picture, made from numbers alone, or "".
    """

    case: str
    rows: tuple[tuple[str, str, str], ...]
    more: int = 0
    picture: str = ""


@dataclass
class Case:
    """One thing that was tried.

    Attributes:
        name: what was tried, in a few words.
        passed: whether the answer was right.
        message: what was seen, what was expected, where; may be empty when passed.
        weight: share of the question's points, relative to its other cases.
        credited: did it pass because it follows from an earlier mistake?
        evidence: what came back beside what was expected, until the diagnosis has looked at it.
        in_place: the part of the message that is about arguments changed in place.
        diagnosis: why it failed, where that could be seen.
        detail: of a failed case: a few values, a picture.
    """

    name: str
    passed: bool
    message: str = ""
    weight: float = 1.0
    evidence: Evidence | None = None
    in_place: str = ""
    diagnosis: Diagnosis | None = None
    detail: Detail | None = None
    credited: bool = False

    def credit(self, why: str) -> None:
        """Let it pass, since it follows from an earlier mistake."""
        self.passed = self.credited = True
        self.message = why

    def say(self, sentence: str) -> None:
        """Add to the message."""
        self.message = f"{self.message}; {sentence}" if self.message else sentence

    def mention_in_place(self, sentence: str) -> None:
        """Add to the message that arguments were changed in place."""
        self.in_place = sentence
        self.say(sentence)

    @property
    def misconception(self) -> str | None:
        """Id of the (first) recognised mistake, or None."""
        known = self.diagnosis.mistakes if self.diagnosis else ()
        return known[0] if known else None

    def sentences(self) -> str:
        """Everything there is to say of it: why, what was seen, a hint."""
        if self.diagnosis is None:
            return self.message
        parts = (self.diagnosis.headline, self.message, self.diagnosis.advice())
        return " ".join(
            part if part.endswith((".", "?", "!", ")")) else part + "." for part in parts if part
        )


@dataclass
class Result:
    """The cases of one question and what they are worth together.

    Attributes:
        kept_score: the score of an earlier run, where that is to stay.
    """

    question: str
    max_score: float
    cases: list[Case] = field(default_factory=list)
    kept_score: float | None = None

    @classmethod
    def from_json(cls, question: str, data: Mapping[str, Any]) -> "Result":
        """A question as an earlier run left it (its part of the contract's JSON)."""
        cases = []
        for kept in data["cases"]:
            known, message = kept["misconception"], kept["message"]
            why = Diagnosis(message, mistakes=(known,)) if known else None
            cases.append(Case(kept["name"], kept["passed"], "" if why else message, diagnosis=why))
        return cls(question, data["max_score"], cases, data["score"])

    @property
    def was_asked(self) -> bool:
        """Was there something to ask it of?"""
        return [case.name for case in self.cases] != [NOT_ASKED]

    @property
    def is_credited(self) -> bool:
        """Did one of its cases pass because it follows from an earlier mistake?"""
        return any(case.credited for case in self.cases)

    def without_credit(self) -> "Result":
        """The same, where nothing was credited."""
        cases = [replace(case, passed=case.passed and not case.credited) for case in self.cases]
        return replace(self, cases=cases)

    def remarks(self) -> Counter[str]:
        """What is to be said of cases that passed (credit after an earlier mistake): {sentence:
        number of cases}.
        """
        return Counter(case.message for case in self.cases if case.passed and case.message)

    def reasons(self) -> list[list[Case]]:
        """[[Case]] of the cases that failed: those that failed for one reason come together."""
        by_reason: dict[Diagnosis | str, list[Case]] = {}
        for case in self.cases:
            if not case.passed:
                by_reason.setdefault(case.diagnosis or case.message, []).append(case)
        return list(by_reason.values())

    @property
    def score(self) -> float:
        """Points x the weighted fraction of cases that passed, rounded to two decimals."""
        if self.kept_score is not None:
            return self.kept_score
        total = sum(case.weight for case in self.cases)
        earned = sum(case.weight for case in self.cases if case.passed)
        return round(self.max_score * earned / total, 2) if total else 0.0


@dataclass
class Verdict:
    """Everything the grader has to say about one submission of one assignment.

    Attributes:
        status: `graded`, `damaged`, `wrong_file`, `timeout`, `crashed` or `out_of_memory`.
        notes: sentences about repairs, failing cells and lost processes.
        seconds: wall time it took.
        python: the version that the notebook says it was written on, or "".
    """

    assignment: str | None
    status: str
    results: list[Result]
    notes: list[Note] = field(default_factory=list)
    seconds: float = 0.0
    python: str = ""

    @property
    def score(self) -> float:
        return round(sum(result.score for result in self.results), 2)

    @property
    def max_score(self) -> float:
        return float(sum(result.max_score for result in self.results))

    def staff_notes(self) -> list[Note]:
        """The notes on faults that are the grader's, not the student's."""
        return for_staff(self.notes)

    def to_json(self) -> dict[str, Any]:
        """The JSON object of the contract, as a dict."""
        return {
            "assignment": self.assignment,
            "status": self.status,
            "score": self.score,
            "max_score": self.max_score,
            "seconds": round(self.seconds, 3),
            "questions": {
                result.question: {
                    "score": result.score,
                    "max_score": result.max_score,
                    "cases": [
                        {
                            "name": case.name,
                            "passed": case.passed,
                            "message": case.sentences(),
                            "misconception": case.misconception,
                        }
                        for case in result.cases
                    ],
                }
                for result in self.results
            },
            "notes": [str(note) for note in self.notes],
        }

"""What is said about a submission: cases make a question's score, questions make the verdict."""

from collections import Counter
from dataclasses import dataclass, field

STAFF = "STAFF"  # begins the notes that staff have to act on


def staff_notes(notes):
    """Those of a submission's notes that staff have to act on."""
    return [note for note in notes if note.startswith(STAFF)]


@dataclass(frozen=True)
class Diagnosis:
    """What a wrong answer looks like to somebody who has seen many.

    Attributes:
        headline: the mistake by name, or the structure of the difference, in a sentence or two.
        hint: what to think about; never the code.
        reread: where the lecture or a textbook explains it.
        mistakes: ids of the recognised mistakes; several where they cannot be told apart or come
            together.
    """

    headline: str
    hint: str = ""
    reread: str = ""
    mistakes: tuple[str, ...] = ()

    def advice(self):
        """Hint and reading as one text, or nothing."""
        reread = f"Reread: {self.reread}." if self.reread else ""
        return " ".join(part for part in (self.hint, reread) if part)


@dataclass
class Case:
    """One thing that was tried.

    Attributes:
        name: what was tried, in a few words.
        passed: whether the answer was right.
        message: what was seen, what was expected, where; may be empty when passed.
        weight: share of the question's points, relative to its other cases.
        evidence: what came back beside what was expected (`compare.Comparison` and its like), until
            the diagnosis has looked at it.
        diagnosis: why it failed, where that could be seen.
        detail: `detail.Detail` of a failed case: a few values, a picture.
    """

    name: str
    passed: bool
    message: str = ""
    weight: float = 1.0
    evidence: object = None
    diagnosis: Diagnosis | None = None
    detail: object = None

    @property
    def misconception(self):
        """Id of the (first) recognised mistake, or None."""
        known = self.diagnosis.mistakes if self.diagnosis else ()
        return known[0] if known else None

    def sentences(self):
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
    def from_json(cls, question, data):
        """A question as an earlier run left it (its part of the contract's JSON)."""
        cases = []
        for kept in data["cases"]:
            known, message = kept["misconception"], kept["message"]
            why = Diagnosis(message, mistakes=(known,)) if known else None
            cases.append(Case(kept["name"], kept["passed"], "" if why else message, diagnosis=why))
        return cls(question, data["max_score"], cases, data["score"])

    def remarks(self):
        """What is to be said of cases that passed (credit after an earlier mistake): {sentence:
        number of cases}.
        """
        return Counter(case.message for case in self.cases if case.passed and case.message)

    def reasons(self):
        """[[Case]] of the cases that failed: those that failed for one reason come together."""
        found = {}
        for case in self.cases:
            if not case.passed:
                found.setdefault(case.diagnosis or case.message, []).append(case)
        return list(found.values())

    @property
    def score(self):
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
        status: `graded`, `damaged`, `timeout`, `crashed` or `out_of_memory`.
        notes: sentences about repairs, failing cells and lost processes.
        seconds: wall time it took.
    """

    assignment: str | None
    status: str
    results: list[Result]
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def score(self):
        return round(sum(result.score for result in self.results), 2)

    @property
    def max_score(self):
        return float(sum(result.max_score for result in self.results))

    def staff_notes(self):
        """The notes on faults that are the grader's, not the student's."""
        return staff_notes(self.notes)

    def to_json(self):
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
            "notes": self.notes,
        }

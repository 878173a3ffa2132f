"""What a class can and cannot do, from the verdicts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean, median

from ..answers.verdict import NOT_ASKED
from ..assignments import Assignment
from ..course import Entry
from ..course.notes import UNSEALED

SLOW = 10  # submissions that are listed


@dataclass(frozen=True)
class Question:
    """How a class did on one question.

    Attributes:
        full, some, none: shares of the class with all points, some, none.
        share: of the points, on average.
        cases: [(name, share that passed)] in the order in which they were tried.
        unnamed: students who lost points by a mistake that has no name.
    """

    id: str
    max_score: float
    full: float
    some: float
    none: float
    share: float
    cases: list[tuple[str, float]]
    unnamed: int


@dataclass(frozen=True)
class Seen:
    """A known mistake, and how many made it.

    Attributes:
        students: who.
        share: of the class.
    """

    id: str
    title: str
    hint: str
    reread: str
    questions: tuple[str, ...]
    students: tuple[str, ...]
    share: float


class Statistics:
    """Figures on one run over a class.

    Attributes:
        assignment: its name.
        entries: {student: Entry} of everybody.
        judged: the entries that say something about a student: neither damaged nor a fault of ours.
    """

    def __init__(self, assignment: Assignment, entries: Mapping[str, Entry]):
        self.assignment, self.entries = assignment.name, entries
        self.judged = {s: e for s, e in entries.items() if e.is_usable and not e.faults}
        self.scores = [entry.score for entry in self.judged.values()]
        self.max_score = max((entry.max_score for entry in entries.values()), default=0.0)
        self.seconds = [entry.seconds for entry in entries.values()]
        self.questions = [self._question(name) for name in self._names()]
        self.mistakes = self._mistakes({mistake.id: mistake for mistake in assignment.catalogue})

    @property
    def mean(self) -> float | None:
        return mean(self.scores) if self.scores else None

    @property
    def median(self) -> float | None:
        return median(self.scores) if self.scores else None

    @property
    def full(self) -> int:
        """How many have every automatic point."""
        return sum(score >= self.max_score for score in self.scores)

    @property
    def unsealed(self) -> int:
        """How many were graded without walls."""
        return sum(any(n.kind == UNSEALED for n in e.notes) for e in self.entries.values())

    def classes(self, number: int = 6) -> list[tuple[float, float, int]]:
        """[(from, to, how many)] of the scores, in equal steps; the last one takes full marks."""
        step = self.max_score / number
        places = [min(int(score / step), number - 1) if step else 0 for score in self.scores]
        return [(i * step, (i + 1) * step, places.count(i)) for i in range(number)]

    def trouble(self) -> list[tuple[str, Entry]]:
        """[(student, entry)] of what staff should look at: damaged, lost, not recorded."""
        to_see = [pair for pair in self.entries.items() if pair[1].to_see]
        return sorted(to_see, key=lambda pair: (not pair[1].faults, pair[1].status, pair[0]))

    def slowest(self) -> list[tuple[str, float]]:
        """[(student, seconds)], the slowest first."""
        times = [(student, entry.seconds) for student, entry in self.entries.items()]
        return sorted(times, key=lambda pair: -pair[1])[:SLOW]

    def _names(self):
        return dict.fromkeys(name for entry in self.judged.values() for name in entry.questions)

    def _question(self, name):
        answers = [e.questions[name] for e in self.judged.values() if name in e.questions]
        shares = [a["score"] / a["max_score"] if a["max_score"] else 1.0 for a in answers]
        tried, passed = Counter(), Counter()
        for answer in answers:
            for case in answer["cases"]:
                tried[case["name"]] += 1
                passed[case["name"]] += case["passed"]
        # A question that could not be asked has one case, which nobody else has.
        cases = [
            (case, passed[case] / tried[case])
            for case in tried
            if tried[case] > 1 or case != NOT_ASKED
        ]
        unnamed = [
            a
            for a in answers
            if any(not c["passed"] and not c["misconception"] for c in a["cases"])
        ]
        return Question(
            name,
            max((a["max_score"] for a in answers), default=0.0),
            _share(shares, lambda share: share >= 1),
            _share(shares, lambda share: 0 < share < 1),
            _share(shares, lambda share: share <= 0),
            mean(shares) if shares else 0.0,
            cases,
            len(unnamed),
        )

    def _mistakes(self, known):
        who, where = {}, {}
        for student, entry in self.judged.items():
            for question, answer in entry.questions.items():
                for case in answer["cases"]:
                    if name := case["misconception"]:
                        who.setdefault(name, {})[student] = None
                        where.setdefault(name, {})[question] = None
        seen = []
        for name, students in who.items():
            words = known.get(name)
            said = (words.title, words.hint, words.reread) if words else (name, "", "")
            share = len(students) / len(self.judged)
            seen.append(Seen(name, *said, tuple(where[name]), tuple(students), share))
        return sorted(seen, key=lambda mistake: (-len(mistake.students), mistake.id))


class Comparison:
    """Two runs over the same or another class.

    Attributes:
        questions: [(id, share of points before, now)].
        changed: [(student, score before, now)] of those who are in both and differ; None where
            there was none.
        mistakes: [(title, share of the class before, now)] of the most common ones.
    """

    def __init__(self, before: Statistics, now: Statistics):
        self.before, self.now = before, now
        shares = {question.id: question.share for question in before.questions}
        self.questions = [(q.id, shares.get(q.id), q.share) for q in now.questions]
        both = [student for student in now.entries if student in before.entries]
        pairs = [(s, _mark(before.entries[s]), _mark(now.entries[s])) for s in both]
        self.changed = [row for row in pairs if row[1] != row[2]]
        self.new = [student for student in now.entries if student not in before.entries]
        earlier = {mistake.id: mistake.share for mistake in before.mistakes}
        self.mistakes = [(m.title, earlier.get(m.id, 0.0), m.share) for m in now.mistakes[:10]]


def _mark(entry):
    return entry.score if entry.is_usable and not entry.faults else None


def _share(values, condition):
    return sum(map(condition, values)) / len(values) if values else 0.0

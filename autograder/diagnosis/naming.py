"""Which known mistakes give exactly these answers?

Every mistake of the catalogue that may cost the question is made on the same inputs, alone, on top
of those that earlier questions have shown, and in pairs. One is named only if its answers are the
student's, to float precision, in every case that failed, differ from the right ones there, and are
right wherever the student's are.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .imitation import Imitation
from .tape import Replay, Tape

PAIRS = 500  # at most, of one question
TELLING = 2  # what wrong answers must amount to before anything is named
CALL = 2000  # a call costs about as much as drawing so many numbers
ALIKE = 3  # mistakes that cannot be told apart are named, but not more of them


@dataclass(frozen=True)
class Explanation:
    """The mistakes that explain a case: `together`, all of them, or any of `either`."""

    together: tuple[str, ...] = ()
    either: tuple[str, ...] = ()

    @classmethod
    def one_of(cls, names):
        """Of one mistake, or of several that cannot be told apart."""
        return cls(together=names) if len(names) == 1 else cls(either=names)


class Naming:
    """Looks for the mistakes behind one question's failed cases.

    Attributes:
        wrong: the cases that failed because their answers are wrong or an argument was changed.
        credited: cases with a wrong answer that passed, because it follows from an earlier mistake.
        right: the cases with right answers.
        unseen: has a case failed of whose answer nothing was kept?
    """

    def __init__(self, assignment, question, cases, calls, shown=(), fine=()):
        """
        Args:
            assignment: the `assignments.Assignment`.
            calls: the student's Calls since the question began.
            shown: ids of the mistakes that earlier questions have shown.
            fine: earlier questions on which nothing was wrong; mistakes that would have shown there
                are out of the question.
        """
        self.assignment = assignment
        self.tape = Tape(calls)
        catalogue = assignment.catalogue
        own = [m for m in catalogue if question in m.questions]
        self.known = [m.id for m in own if not set(m.questions) & set(fine)]
        # The same ideas may be written out inside a later function, their own question being fine.
        inside = assignment.inside.get(question, ())
        self.inside = [
            m.id
            for m in catalogue
            if question not in m.questions and set(m.questions) & set(inside)
        ]
        self.shown = tuple(shown)
        self.earlier = tuple(m for m in shown if m not in self.known)
        self.sources, self.unseen = {}, False
        self.wrong, self.right, self.credited = [], [], []
        for case in cases:
            parts = [None]
            if case.evidence is not None:
                parts = [self.tape.source(part, case.evidence.what) for part in case.evidence.parts]
            if None in parts:
                self.unseen |= not case.passed
                continue
            self.sources[id(case)] = parts
            if case.evidence.right and not (self._changed(case) and not case.passed):
                self.right.append(case)
            else:
                (self.credited if case.passed else self.wrong).append(case)
        self.wrong.sort(key=self._cost)
        self.right.sort(key=self._cost)

    def find(self):
        """{id of a case: Explanation}; empty where nothing known fits."""
        if self.unseen or sum(case.evidence.telling for case in self.wrong) < TELLING:
            return {}
        # What passed after an earlier mistake helps to tell mistakes apart where that one is known.
        for cases in (self.wrong + self.credited + self.right, self.wrong + self.right):
            for candidates in self._levels():
                fitting = [m for m in candidates if self._explains(m, cases)]
                if fitting:
                    return self._attribute(fitting)
            if not self.credited:
                break
        return self._by_value()

    def _levels(self):
        """Sets of mistakes to try, the simplest explanations first."""
        singles, earlier = [(m,) for m in self.known], self.earlier
        if not any(case.evidence.comparable for case in self.wrong):
            # Exceptions prove no mistake, but one that was proved before may be behind them.
            singles = [(m,) for m in self.known if m in self.shown]
            yield singles
            yield [earlier] if earlier and self.wrong else []
            return
        pairs = list(combinations(self.known, 2))[:PAIRS]
        if not any(case.evidence.rich for case in self.wrong):
            pairs = []  # flags and small numbers agree by chance too easily
        yield singles
        if earlier:
            yield [earlier]
            yield [(*earlier, *single) for single in singles]
        yield [(m,) for m in self.inside]
        yield pairs
        if earlier:
            yield [(*earlier, *pair) for pair in pairs]

    def _explains(self, mistakes, cases):
        replay = Replay(self.tape, Imitation(self.assignment, mistakes))
        return all(self.fits(replay, case) for case in cases)

    def fits(self, replay, case):
        """Does somebody else's Replay answer a case as the student did?"""
        sources = self.sources[id(case)]
        if any(replay.is_cut_off(number) for number, _ in sources):
            return False
        if not case.evidence.matches([replay.value(source) for source in sources]):
            return False
        theirs = {name for number, _ in sources for name in replay.answer(number).changed}
        changed = self._changed(case)
        only_changed = case.evidence.right and not case.passed
        return theirs == changed if only_changed else theirs <= changed

    def name_of(self, case):
        """What an answer is called: by its question, or else by the contract; None where it is
        about whole Answers.
        """
        [(_, name), *_] = self.sources[id(case)]
        return case.evidence.what or name

    def _changed(self, case):
        """Names of the arguments that the calls behind a case modified in place."""
        calls = (self.tape.calls[number] for number, _ in self.sources[id(case)])
        return {name for call in calls for name in call.answer.changed}

    def _attribute(self, fitting):
        """Which of the sets of mistakes that fit is behind which case."""
        known = [set(mistakes) - set(self.earlier) or set(mistakes) for mistakes in fitting]
        if all(len(mistakes) == 1 for mistakes in known):
            either = self._likeliest([m for mistakes in known for m in mistakes])
            if len(either) > ALIKE:
                return {}
            return {id(case): Explanation.one_of(either) for case in self.wrong}
        common = set.intersection(*known) or known[0]
        return {id(case): self._share(case, common, fitting[0]) for case in self.wrong}

    def _likeliest(self, either):
        """Of mistakes that cannot be told apart here, those that earlier questions have shown."""
        return tuple([m for m in either if m in self.shown] or either)

    def _share(self, case, mistakes, together):
        """The one mistake of several that alone explains a case, or all of them."""
        earlier = tuple(m for m in together if m in self.earlier)
        alone = [m for m in self._ordered(mistakes) if self._explains((*earlier, m), [case])]
        return Explanation(
            together=tuple(alone) if len(alone) == 1 else tuple(self._ordered(mistakes))
        )

    def _by_value(self):
        """Mistakes that explain all cases of one returned value, where the others are another
        matter.
        """
        names = {case.evidence.what for case in self.wrong} - {""}
        explained = {}
        for name in sorted(names):
            wrong = [case for case in self.wrong if case.evidence.what == name]
            if not any(case.evidence.comparable for case in wrong):
                continue
            if not any(_says_something(case.evidence) for case in wrong):
                continue  # nan is like nan, wherever it came from
            if len(wrong) == len(self.wrong):
                continue
            cases = wrong + self.right
            either = [m for m in self.known if len(wrong) > 1 and self._explains((m,), cases)]
            either = self._likeliest(either)
            if 0 < len(either) <= ALIKE:
                explained |= {id(case): Explanation.one_of(either) for case in wrong}
        return explained

    def _ordered(self, mistakes):
        return [m for m in (*self.earlier, *self.known, *self.inside) if m in mistakes]

    @staticmethod
    def _cost(case):
        """How long it takes to ask again, roughly: cheap cases weed out most candidates."""
        return sum(CALL + getattr(part, "size", 1) for part in case.evidence.parts)


def _says_something(evidence):
    """Is there a finite number in a wrong answer, or anything else than numbers?"""
    got = evidence.parts[0]
    if not isinstance(got, (np.ndarray, np.generic, float)):
        return True
    got = np.asarray(got)
    return got.dtype.kind not in "fc" or bool(np.isfinite(got).any())

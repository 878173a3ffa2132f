"""From wrong answers that no list holds to the edit that gives them, and the question to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...answers.calls import Answer
from ...answers.evidence import Comparison
from ...answers.verdict import Diagnosis
from ..naming import TELLING, Naming
from ..tape import Replay
from .neighbours import Neighbour, made, mathematics_of, table_of

TRIED = 80  # neighbours that are asked everything, for one group of cases
DRAWN = 12  # of those whose answers are samples, which are long


@dataclass(frozen=True)
class Found:
    """Neighbours that answer as the student does: those of one question that cannot be told apart,
    the likeliest first.
    """

    neighbours: tuple[Neighbour, ...]


class Search:
    """Looks for the neighbours behind what is still unexplained of one question.

    Attributes:
        found: {id of a case: Found}.
    """

    def __init__(
        self,
        naming: Naming,
        question: Any,
        cases: Sequence[Any],
        draws: Any,
        earlier: Mapping[str, Any],
    ):
        """
        Args:
            naming: what is known of the question's cases.
            cases: all cases of the question.
            draws: where its inputs come from.
            earlier: {function: what stands for it}, of functions known to be wrong.
        """
        self.naming, self.question, self.draws = naming, question, draws
        self.number = {id(case): number for number, case in enumerate(cases)}
        self.assignment, self.earlier = naming.assignment, earlier
        self.mathematics = mathematics_of(self.assignment)

    def find(self, explained: Mapping[int, Any]) -> dict[int, Found]:
        """{id of a case: Found} of the wrong cases that are not explained yet."""
        naming = self.naming
        wrong = [c for c in naming.wrong if id(c) not in explained and c.evidence.comparable]
        others = [c for c in naming.wrong if id(c) not in explained]
        if not wrong or naming.unseen or sum(c.evidence.telling for c in wrong) < TELLING:
            return {}
        bases = [{}] + ([dict(self.earlier)] if self.earlier else [])
        for base in bases:
            table = self._table(base)
            fitting = self._fitting(table, others, base)
            if fitting:
                return {id(case): Found(fitting) for case in others}
        found: dict[int, Found] = {}
        names = dict.fromkeys(case.evidence.what for case in wrong)
        for base in bases if len(names) > 1 else ():
            for name in names:
                of_name = [c for c in wrong if c.evidence.what == name and id(c) not in found]
                telling = sum(c.evidence.telling for c in of_name if not _is_trivial(c.evidence))
                fitting = ()
                if telling >= TELLING:
                    fitting = self._fitting(self._table(base), of_name, base)
                if fitting:
                    found |= {id(case): Found(fitting) for case in of_name}
        return found

    def _table(self, base):
        if base:
            return made(self.assignment, self.question, self.draws, base)
        return table_of(self.assignment, self.question, self.draws)

    def _fitting(self, table, wrong, base):
        """The Neighbours that are wrong in these cases as the student is, and right where the
        student is right; the likeliest, and those that say the same.
        """
        values = {
            self.number[id(case)]: (case.evidence.parts[0], _share_of_slack(case.evidence))
            for case in wrong
            if not isinstance(case.evidence.parts[0], Answer)
        }
        right = {self.number[id(case)] for case in self.naming.right}
        for same_draws in (True, False) if table.drawn.any() else (True,):
            candidates = table.may_be(values, right, same_draws)
            fitting = self._of(candidates, DRAWN if table.drawn.any() else TRIED, wrong, base)
            if fitting:
                return tuple(fitting)
        return ()

    def _of(self, candidates, most, wrong, base):
        """Of some candidates those that answer everything so."""
        fitting: list[Neighbour] = []
        for neighbour in sorted(candidates, key=lambda n: n.rank)[:most]:
            if fitting and neighbour.rank > fitting[0].rank + 2:
                break
            if self._answers_so(neighbour, wrong, base):
                fitting.append(neighbour)
        return fitting

    def _answers_so(self, neighbour, wrong, base):
        respondent = self.mathematics.respondent(neighbour.sources, base)
        replay = Replay(self.naming.tape, respondent)
        return all(self.naming.fits(replay, case) for case in (*wrong, *self.naming.right))


def _is_trivial(evidence):
    """Is an answer nothing but zeros? Many neighbours give these."""
    got = evidence.parts[0]
    return isinstance(got, np.ndarray) and got.dtype.kind == "f" and not got.any()


def _share_of_slack(evidence):
    """What two answers that count as equal may differ by, as a share of their size."""
    if not isinstance(evidence, Comparison) or isinstance(evidence.want, list):
        return 0.0
    size = np.abs(evidence.want).max(initial=0.0)
    return float(5 * np.max(evidence.slack, initial=0.0) / size) if size else 0.0


def diagnosis_of(found: Found, whats: Sequence[str]) -> Diagnosis:
    """What is said of the cases that a Found explains.

    Args:
        whats: names of the values that are wrong in them.
    """
    first = found.neighbours[0]
    names = list(dict.fromkeys(whats))
    if len(names) > 3:
        subject, verb = "answers are", "come"
    elif len(names) > 1:
        subject, verb = f"{', '.join(names[:-1])} and {names[-1]} are", "come"
    else:
        subject, verb = f"{names[0]} is", "comes"
    what = " and ".join(dict.fromkeys(first.says))
    headline = f"Your {subject} exactly what {verb} out when {what}."
    asks = " ".join(dict.fromkeys(first.asks))
    return Diagnosis(headline, asks, found=first.says)


def respondents(assignment: Any, question: Any, draws: Any, says: tuple[str, ...]) -> Any:
    """Everybody who answers as the neighbours of which this is said, for the audit."""
    mathematics = mathematics_of(assignment)
    for neighbour in table_of(assignment, question, draws).neighbours:
        if neighbour.says == says:
            yield mathematics.respondent(neighbour.sources)

"""From wrong answers that no list holds to the edit that gives them, and the question to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...answers.calls import Answer
from ...answers.evidence import Comparison
from ...answers.verdict import Diagnosis
from ..naming import ALIKE, TELLING, Naming
from ..tape import Replay
from . import asks
from .neighbours import Neighbour, mathematics_of
from .tables import table_of

TRIED = 80  # neighbours that are asked everything, for one group of cases
UNSEEN = 600  # of those that the table cannot tell apart, being right in all that it holds
MANY = 3  # values, beyond which they are not listed
DRAWN = 12  # of those whose answers are samples, which are long


@dataclass(frozen=True)
class Found:
    """What answers as the student does.

    Attributes:
        either: the likeliest neighbour, and others that answer differently on other inputs.
        besides: is it so on top of a mistake that an earlier question has shown?
        common: the quantities, at most two, in which all of these lie, where they are too many to
            be told; else none.
    """

    either: tuple[Neighbour, ...]
    common: tuple[str, ...] = ()
    besides: bool = False


class Search:
    """Looks for the neighbours behind what is still unexplained of one question."""

    def __init__(
        self,
        naming: Naming,
        question: Any,
        cases: Sequence[Any],
        draws: Any,
        earlier: Mapping[str, Any],
        shown: Sequence[str] = (),
        known: Sequence[Neighbour] = (),
    ):
        """
        Args:
            naming: what is known of the question's cases.
            cases: all cases of the question.
            draws: where its inputs come from.
            earlier: {function: what stands for it}, of functions known to be wrong.
            shown: ids of the mistakes that make them so.
            known: what earlier questions have found, which is tried first.
        """
        self.naming, self.question, self.draws = naming, question, draws
        self.number = {id(case): number for number, case in enumerate(cases)}
        self.assignment, self.earlier, self.known = naming.assignment, earlier, known
        self.shown = tuple(shown)
        self.mathematics = mathematics_of(self.assignment, draws)

    def find(self, explained: Mapping[int, Any]) -> dict[int, Found]:
        """{id of a case: Found} of the wrong cases that are not explained yet."""
        naming = self.naming
        wrong = [c for c in naming.wrong if id(c) not in explained and c.evidence.comparable]
        others = [c for c in naming.wrong if id(c) not in explained]
        if naming.unseen or sum(c.evidence.telling for c in wrong) < TELLING:
            return {}
        for neighbour in self.known:
            if self._answers_so(neighbour, others, {}):
                return {id(case): Found((neighbour,)) for case in others}
        bases = [{}] + ([dict(self.earlier)] if self.earlier else [])
        for base in bases:
            fitting = self._fitting(self._table(base), others, base)
            if fitting:
                return {id(case): fitting for case in others}
        found: dict[int, Found] = {}
        names = dict.fromkeys(case.evidence.what for case in wrong)
        for base in bases if len(names) > 1 else ():
            for name in names:
                of_name = [c for c in wrong if c.evidence.what == name and id(c) not in found]
                if sum(c.evidence.telling for c in of_name) < TELLING:
                    continue
                fitting = self._fitting(self._table(base), of_name, base)
                if fitting:
                    found |= {id(case): fitting for case in of_name}
        return found

    def _table(self, base):
        shown = self.shown if base else ()
        return table_of(self.assignment, self.question, self.draws, base, shown)

    def _fitting(self, table, wrong, base):
        """What is wrong in these cases as the student is, and right where the student is right: a
        Found, or None.
        """
        values = {
            self.number[id(case)]: (
                case.evidence.parts[0],
                _share_of_slack(case.evidence),
                case.evidence.right,
            )
            for case in wrong
            if not isinstance(case.evidence.parts[0], Answer)
        }
        right = {self.number[id(case)] for case in self.naming.right}
        most = TRIED if values.keys() & set(table.cases) else UNSEEN
        if table.drawn.any():
            most = DRAWN
        for same_draws in (True, False) if table.drawn.any() else (True,):
            candidates = table.may_be(values, right, same_draws)
            fitting = self._of(candidates, most, wrong, base)
            if fitting:
                kinds = {_trivial(c.evidence) for c in wrong if c.evidence.comparable}
                return self._said_of(fitting, kinds.pop() if len(kinds) == 1 else "", base)
        return None

    def _of(self, candidates, most, wrong, base):
        """Of some candidates those that answer everything so, with as few edits as possible."""
        fitting: list[Neighbour] = []
        for neighbour in sorted(candidates, key=lambda n: n.rank)[:most]:
            if fitting and len(neighbour.says) > len(fitting[0].says):
                break
            if self._answers_so(neighbour, wrong, base):
                fitting.append(neighbour)
        return fitting

    def _said_of(self, fitting, trivial, base):
        """The Found of neighbours that fit, or None where they have nothing in common.

        Args:
            trivial: "zeros" or "nan" where nothing else was answered, which many ways lead to.
        """
        if trivial and len(places := _places(fitting)) != 1:
            # Zeros are also what an unfinished function gives; nan comes of something.
            told = Found(tuple(fitting[:1]), places, bool(base))
            return told if places and trivial == "nan" else None
        either, answers = fitting[:1], []
        for other in fitting[1:]:
            answers = answers or [self.mathematics.held_out(self.question, fitting[0], base)]
            found = self.mathematics.held_out(self.question, other, base)
            if not any(_same(found, known) for known in answers):
                answers.append(found)
                either.append(other)
        if len(either) <= ALIKE:
            return Found(tuple(either), besides=bool(base))
        places = _places(either)
        return Found(tuple(either[:1]), places, bool(base)) if places else None

    def _answers_so(self, neighbour, wrong, base):
        respondent = self.mathematics.respondent(neighbour.sources, base)
        replay = Replay(self.naming.tape, respondent)
        return all(self.naming.fits(replay, case) for case in (*wrong, *self.naming.right))


def _places(neighbours):
    """The quantity in which all of them have an edit, or the two in which all lie; else ()."""
    called = [set(neighbour.called) for neighbour in neighbours]
    if shared := set.intersection(*called):
        return (min(shared),)
    every = set.union(*called)
    return tuple(sorted(every)) if len(every) == 2 else ()


def _same(some, others):
    return np.allclose(some, others, rtol=1e-6, atol=1e-6, equal_nan=True)


def _trivial(evidence):
    """Is an answer nothing but "zeros" or "nan", or empty ("zeros")? Many neighbours give these."""
    got = evidence.parts[0]
    if not isinstance(got, (np.ndarray, np.generic, float)) or np.asarray(got).dtype.kind != "f":
        return ""
    if not np.size(got) or not np.any(got):
        return "zeros"
    return "" if np.isfinite(got).any() else "nan"


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
    names = list(dict.fromkeys(whats))
    subject = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    if len(names) > MANY:
        subject = "answers"
    plural = len(names) > 1 or _is_plural(names[0])
    subject, comes = f"{subject} {'are' if plural else 'is'}", "come" if plural else "comes"
    your = "Besides the earlier mistake, your" if found.besides else "Your"
    if found.common:
        headline = (
            f"{your} {subject} what {comes} out when something is different in "
            f"{' or in '.join(found.common)}; more than one change there gives the same."
        )
        return Diagnosis(headline, asks.SEVERAL, found=found.common, besides=found.besides)
    ways = [_without(", and ".join(dict.fromkeys(n.says)), names) for n in found.either]
    ways = list(dict.fromkeys(ways))
    headline = f"{your} {subject} exactly what {comes} out when {'; or when '.join(ways)}."
    questions = [question for neighbour in found.either for question in neighbour.asks]
    says = tuple(text for neighbour in found.either for text in neighbour.says)
    asked = " ".join(dict.fromkeys(questions))
    return Diagnosis(headline, asked, found=says, besides=found.besides)


def _is_plural(name):
    return name.endswith("s") and not name.endswith(("ss", "bias"))


def _without(text, names):
    """A sentence without naming once more what it is about."""
    for name in names:
        text = text.removesuffix(f", in {name}").removesuffix(f" in {name}")
    return text


def respondents(assignment: Any, question: Any, draws: Any, says: tuple[str, ...]) -> Any:
    """Everybody who answers as the neighbours of which this is said, for the audit."""
    mathematics = mathematics_of(assignment, draws)
    for neighbour in table_of(assignment, question, draws).neighbours:
        if {*neighbour.says} <= {*says} or {*neighbour.called} & {*says}:
            yield mathematics.respondent(neighbour.sources)

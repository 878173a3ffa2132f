"""From a wrong array to a sentence: which known mistake it is, or else what is wrong with it."""

from typing import Any

import numpy as np

from ..answers.calls import Call, Failure, shape_of
from ..answers.evidence import Comparison
from ..answers.verdict import Diagnosis, Result
from . import detail, exceptions, structure
from .catalogue import Known
from .imitation import functions_with
from .naming import Naming
from .search import Search, diagnosis_of

BY_ACCIDENT = "Here the shapes happen to fit, and the values are wrong: see the error elsewhere."

LOOKED_AT = 4  # cases, for one that makes a picture


class Diagnostician:
    """Looks at one student's questions in order, since later answers follow from earlier mistakes.

    Attributes:
        shown: ids of the mistakes recognised so far.
        fine: ids of the questions on which nothing was wrong so far.
    """

    def __init__(self, assignment: Known, draws: Any):
        """
        Args:
            assignment: the `assignments.Assignment`.
            draws: the `assignments.draws.Draws` of the inputs.
        """
        self.assignment, self.draws = assignment, draws
        self.shown: list[str] = []
        self.fine: set[str] = set()
        self._found: list[Any] = []  # what the search has found so far
        self._catalogue = {mistake.id: mistake for mistake in assignment.catalogue}

    @np.errstate(all="ignore")  # wrong answers overflow
    def look_at(self, result: Result, calls: list[Call]) -> None:
        """Give a question's failed cases their Diagnosis, and forget the evidence."""
        failed = [case for case in result.cases if not case.passed]
        if failed:
            self._explain(result, failed, calls)
        elif not result.remarks():
            self.fine.add(result.question)
        for case in result.cases:
            case.evidence = None

    def _explain(self, result, failed, calls):
        about = (self.assignment, result.question, result.cases, calls)
        naming, own = Naming(*about, self.shown, self.fine), self.assignment.remarks
        explained = naming.find()
        found = self._search(result, naming, explained)
        unnamed = [
            c
            for c in result.cases
            if c.evidence is not None and id(c) not in explained and id(c) not in found
        ]
        described = structure.explain(unnamed, naming.tape, naming.sources, own)
        described |= own.explain(unnamed)
        for case in failed:
            failure = case.evidence.failure if case.evidence else None
            if id(case) in explained:
                case.diagnosis = self._by_name(explained[id(case)])
                self._remember(case.diagnosis.mistakes)
            elif id(case) in found:
                case.diagnosis = found[id(case)]
                if failure:
                    case.message = of_failure(failure)[1]
            elif failure:
                case.diagnosis, case.message = of_failure(failure)
                if case.in_place:
                    case.say(case.in_place)
            else:
                case.diagnosis = described.get(id(case))
        _by_accident(failed)
        for cases in result.reasons():
            cases[0].detail = self._detail(cases, naming)

    def _search(self, result, naming, explained):
        """{id of a case: Diagnosis} of what no known mistake explains and a neighbour does."""
        if self.assignment.mathematics is None:
            return {}
        [question] = [q for q in self.assignment.exam.questions if q.id == result.question]
        helpers = self._wrong_helpers()
        about = (question, result.cases, self.draws, helpers, tuple(self.shown), self._found)
        found = Search(naming, *about).find(explained)
        for kept in dict.fromkeys(found.values()):
            if not (kept.common or kept.besides):
                self._found += [n for n in kept.either if n not in self._found]
        whats = {}
        for case in result.cases:
            name = naming.name_of(case) if id(case) in found and case.evidence.comparable else None
            if name:
                whats.setdefault(found[id(case)], []).append(name)
        said = {kept: diagnosis_of(kept, names) for kept, names in whats.items()}
        return {case: said[kept] for case, kept in found.items() if kept in said}

    def _wrong_helpers(self):
        """{name: function} of those that earlier questions have shown to be a known mistake, as far
        as they can stand in for our own: what caches are made of is not agreed on.
        """
        if not self.shown:
            return {}
        catalogue = self.assignment.catalogue
        lost = {q for m in catalogue if m.id in self.shown for q in m.questions}
        known = functions_with(self.assignment, frozenset(self.shown))
        contract = self.assignment.exam.functions
        kept = {name for function in contract.values() for name in function.keeps}
        return {
            name: known[name]
            for name, function in contract.items()
            if name in lost and not kept & {*function.parameters, *function.returns}
        }

    def _detail(self, cases, naming):
        """A closer look at one of the cases that failed alike, if possible with a picture."""
        first, own = None, self.assignment.remarks
        for case in [case for case in cases if case.evidence is not None][:LOOKED_AT]:
            if isinstance(case.evidence, Comparison):
                subject = structure.subject_of(case, naming.tape, naming.sources)
                look = detail.of(case, subject, own)
            else:
                look = own.look(case)
            if look and look.picture:
                return look
            first = first or look
        return first

    def _by_name(self, explanation):
        known = [self._catalogue[name] for name in explanation.together or explanation.either]
        first = known[0]
        if len(known) == 1:
            return Diagnosis(first.title + ".", first.hint, first.reread, (first.id,))
        titles = [f"“{m.title}”" for m in known]
        if explanation.together:
            headline = f"Two mistakes together: {' and '.join(titles)}."
        else:
            headline = f"One of these, which give the same here: {' or '.join(titles)}."
        hints = " ".join(dict.fromkeys(m.hint for m in known))
        reread = "; ".join(dict.fromkeys(m.reread for m in known))
        return Diagnosis(headline, hints, reread, tuple(m.id for m in known))

    def _remember(self, names):
        self.shown += [name for name in names[:2] if name not in self.shown]


def _by_accident(failed):
    """Where other cases end in arrays that do not fit, wrong values come of the same line."""
    failures = (case.evidence.failure for case in failed if case.evidence)
    errors = [failure.error for failure in failures if failure and failure.error]
    if any(kind == "ValueError" and exceptions.MISFIT.search(text) for kind, text in errors):
        for case in failed:
            evidence = case.evidence
            if case.diagnosis is None and isinstance(evidence, Comparison) and not evidence.right:
                shape = shape_of(evidence.got)
                if shape is not None and shape == shape_of(evidence.want):
                    case.diagnosis = Diagnosis(BY_ACCIDENT)


def of_failure(failure: Failure) -> tuple[Diagnosis | None, str]:
    """(Diagnosis or None, message) of a value that could not be had."""
    if failure.headline:
        return Diagnosis(failure.headline + ".", failure.hint), failure.sentence
    if failure.hint:
        return Diagnosis(failure.sentence, failure.hint), ""
    return None, failure.sentence

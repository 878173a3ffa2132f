"""From a wrong array to a sentence: which known mistake it is, or else what is wrong with it."""

import numpy as np

from ..answers.calls import shape_of
from ..answers.verdict import Diagnosis
from ..assignments import solutions
from ..assignments.xavier import remarks
from . import detail, exceptions, structure
from .naming import Naming

BY_ACCIDENT = "Here the shapes happen to fit, and the values are wrong: see the error elsewhere."

LOOKED_AT = 4  # cases, for one that makes a picture


class Diagnostician:
    """Looks at one student's questions in order, since later answers follow from earlier mistakes.

    Attributes:
        shown: ids of the mistakes recognised so far.
        fine: ids of the questions on which nothing was wrong so far.
    """

    def __init__(self, assignment, contract):
        self.assignment, self.contract = assignment, contract
        self.shown, self.fine = [], set()
        self._catalogue = {m.id: m for m in solutions.load(assignment).CATALOGUE}

    @np.errstate(all="ignore")  # wrong answers overflow
    def look_at(self, result, calls):
        """Give a question's failed cases their Diagnosis, and forget the evidence."""
        failed = [case for case in result.cases if not case.passed]
        if failed:
            self._explain(result, failed, calls)
        elif not result.remarks():
            self.fine.add(result.question)
        for case in result.cases:
            case.evidence = None

    def _explain(self, result, failed, calls):
        about = (self.assignment, self.contract, result.question, result.cases, calls)
        naming = Naming(*about, self.shown, self.fine)
        found = naming.find()
        unnamed = [c for c in result.cases if c.evidence is not None and id(c) not in found]
        described = structure.explain(unnamed, naming.tape, naming.sources)
        described |= remarks.explain(unnamed)
        for case in failed:
            failure = case.evidence.failure if case.evidence else None
            if id(case) in found:
                case.diagnosis = self._by_name(found[id(case)])
                self._remember(case.diagnosis.mistakes)
            elif failure:
                changed = case.message.removeprefix(failure.sentence)  # what was added to it
                case.diagnosis, case.message = of_failure(failure)
                case.message += changed
            else:
                case.diagnosis = described.get(id(case))
        _by_accident(failed)
        for cases in result.reasons():
            cases[0].detail = self._detail(cases, naming)

    def _detail(self, cases, naming):
        """A closer look at one of the cases that failed alike, if possible with a picture."""
        found = None
        for case in [case for case in cases if case.evidence is not None][:LOOKED_AT]:
            about = None
            if hasattr(case.evidence, "want"):
                about = structure.subject_of(case, naming.tape, naming.sources)
            look = detail.of(case, about)
            if look and look.picture:
                return look
            found = found or look
        return found

    def _by_name(self, found):
        known = [self._catalogue[name] for name in found.together or found.either]
        first = known[0]
        if len(known) == 1:
            return Diagnosis(first.title + ".", first.hint, first.reread, (first.id,))
        titles = [f"“{m.title}”" for m in known]
        if found.together:
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
            if case.diagnosis is None and evidence is not None and not evidence.right:
                shape = shape_of(getattr(evidence, "got", None))
                if shape is None or shape != shape_of(getattr(evidence, "want", None)):
                    continue
                case.diagnosis = Diagnosis(BY_ACCIDENT)


def of_failure(failure):
    """(Diagnosis or None, message) of a value that could not be had."""
    if failure.headline:
        return Diagnosis(failure.headline + ".", failure.hint), failure.sentence
    if failure.hint:
        return Diagnosis(failure.sentence, failure.hint), ""
    return None, failure.sentence

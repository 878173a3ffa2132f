"""Hidden inputs on which chance decides nothing.

Some mistakes show on one draw of an input and not on the next: two largest values that happen to be
in one image, weights that happen to have the same sum. Whoever makes such a mistake would get more
or fewer points by luck. So these inputs are drawn until every known mistake of the question loses
just what it always loses on them.
"""

import functools
from collections.abc import Callable, Iterable

import numpy as np

from ..answers.calls import Respondent
from ..answers.verdict import Case
from ..diagnosis.imitation import Imitation
from .draws import Draws

TRIES = 300  # then an input is taken as it is

Make = Callable[[np.random.Generator], Iterable[tuple]]
Cases = Callable[[Respondent, tuple], Iterable[Case]]


@functools.lru_cache(64)
def settled(
    draws: Draws,
    package: str,
    question: str,
    make: Make,
    cases: Cases,
    chancy: tuple[str, ...],
    usual: int = 0,
) -> list[tuple]:
    """The inputs of a question, each of which begins with its name.

    Args:
        package: the assignment's name.
        make: draws them all from a generator.
        cases: what is asked of a respondent on one of them.
        chancy: ids of the mistakes that may lose more or less by chance.
        usual: seed of a draw on which they lose what they most often do.
    """
    imitations = _imitations(package, chancy)
    wanted = _canonical(imitations, make, cases, usual)
    found: dict[str, tuple] = {}
    for attempt in range(TRIES):
        missing = False
        for item in make(draws(f"{question} {attempt}")):
            if item[0] not in found:
                if _lost(imitations, cases, item) == wanted[item[0]]:
                    found[item[0]] = item
                else:
                    missing = True
        if not missing:
            break
    else:
        found = {item[0]: found.get(item[0], item) for item in make(draws(question))}
    return [found[name] for name in wanted]


@functools.cache
def _canonical(
    imitations: tuple[Imitation, ...], make: Make, cases: Cases, usual: int
) -> dict[str, list[bool]]:
    """{name of an input: what known mistakes lose on it}, on a draw that is always the same."""
    items = make(np.random.default_rng(usual))
    return {item[0]: _lost(imitations, cases, item) for item in items}


def _lost(imitations: tuple[Imitation, ...], cases: Cases, item: tuple) -> list[bool]:
    """Which cases are right for whom, of those who make the mistakes."""
    with np.errstate(all="ignore"):
        return [case.passed for one in imitations for case in cases(one, item)]


@functools.cache
def _imitations(package: str, chancy: tuple[str, ...]) -> tuple[Imitation, ...]:
    from . import load  # which needs this module

    assignment = load(package)
    return tuple(Imitation(assignment, {mistake}) for mistake in chancy)

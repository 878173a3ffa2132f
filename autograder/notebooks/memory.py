"""What was found out about a cell's source is remembered: it is asked for again and again, and most
cells of a class are the same.
"""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

SHORT, LONG = 5_000, 4  # characters of a short source; long ones of which something is remembered

P = ParamSpec("P")
Result = TypeVar("Result")


def remembered(number: int) -> Callable[[Callable[P, Result]], Callable[P, Result]]:
    """Of a function of a source: remember its last results on so many short ones, and on a few
    long ones, of which a syntax tree takes megabytes.
    """

    def decorate(function: Callable[P, Result]) -> Callable[P, Result]:
        of_short, of_long = (functools.lru_cache(n)(function) for n in (number, LONG))

        @functools.wraps(function)
        def answered(*args: P.args, **kwargs: P.kwargs) -> Result:
            is_short = len(str(args[0])) <= SHORT
            return (of_short if is_short else of_long)(*args, **kwargs)  # type: ignore[arg-type]

        return answered

    return decorate

"""In which cases an answer is wrong, when it is right in others."""

import numpy as np

from .subject import WORDS, letters_of


def cases_told_apart(wrong, right, tape, sources):
    """A sentence where one property of the call tells the wrong cases from the right ones."""
    if not wrong or not right:
        return ""

    def properties(case):
        source = sources.get(id(case))
        return _properties(tape.calls[source[0][0]]) if source else set()

    of_wrong = set.intersection(*map(properties, wrong))
    of_right = set.union(*map(properties, right))
    telling = sorted(of_wrong - of_right)
    return (
        f"It is so only {' and '.join(telling[:2])}; the other cases are right." if telling else ""
    )


def _properties(call):
    """What may be special about a call."""
    given, special = call.arguments(), set()
    arrays = [(name, v) for name, v in given.items() if isinstance(v, np.ndarray)]
    for name, value in given.items():
        if isinstance(value, (bool, np.bool_)):
            special.add(f"with {name}={value}")
    if "mask" in call.function.parameters:
        special.add("without a mask" if given.get("mask") is None else "with a mask")
    if not arrays:
        return special
    if any(value.dtype == np.float32 for _, value in arrays):
        special.add("with float32 inputs")
    first = arrays[0][1]
    axes = call.function.axes.get(arrays[0][0], ())
    if first.ndim and len(first) == 1 and axes[:1] == ("N",):
        special.add("with a single example")
    if first.ndim > 2 and "..." in axes:
        special.add("with more than two axes")
    if first.ndim == 3 and axes[1:2] == ("T",) and first.shape[1] == 1:
        special.add("with a single step")
    for name, value in arrays:
        if value.dtype.kind == "f" and value.ndim > 1 and len(value) > 1 and value.size:
            if (np.ptp(value, axis=tuple(range(value.ndim - 1))) == 0).any():
                letter = letters_of(call.function, name, value.ndim)[-1]
                special.add(f"where a {WORDS.get(letter, 'feature')} is constant")
        if value.dtype.kind == "f" and value.size and np.abs(value).max() > 1e3:
            special.add("with large numbers")
    omitted = [p for p in call.function.parameters if p not in given and p != "mask"]
    if omitted:
        verb = "is left at its default" if len(omitted) == 1 else "are left at their defaults"
        special.add(f"where {' and '.join(omitted)} {verb}")
    return special

"""What a question asks, and which of it neighbours are asked before they are found."""

from ...answers.calls import size_in_bytes
from ...sandbox import wire

CALLS, FEW_CALLS = 4, 2  # of a question
WELL_KNOWN = 10_000  # numbers, of which the spread is known well enough


def sources_of(tape, cases):
    """{number of a case: [where its answer is from]} of those whose answer is one value, or begins
    with one.
    """
    sources = {}
    for number, case in enumerate(cases):
        if case.evidence is not None:
            parts = [tape.source(part, case.evidence.what) for part in case.evidence.parts]
            if parts and None not in parts and parts[0][1] is not None:
                sources[number] = parts[:1]
    return sources


def is_drawn(tape, source):
    """Does a call get a generator? What it draws is told by its spread."""
    return any(isinstance(value, wire.Rng) for value in tape.calls[source[0]].args)


def cheapest(tape, sources, calls):
    """Numbers of the cases that come from the calls which cost least, of each sort of call: with a
    mask and without, in training and in inference.
    """
    costs = {}
    for number, [(call, _)] in sources.items():
        sort, cost = _sort_and_cost(tape, call)
        costs.setdefault(sort, {}).setdefault((cost, call), []).append(number)
    most = max(1, calls // max(1, len(costs)))
    chosen = [n for calls in costs.values() for _, ns in sorted(calls.items())[:most] for n in ns]
    return sorted(chosen)


def _sort_and_cost(tape, number):
    call = tape.calls[number]
    sort, cost = [call.function.name], 0
    for value in call.arguments().values():
        if born := tape.given(value):
            of_before, more = _sort_and_cost(tape, born[0])
            sort.append(of_before)
            cost += more
        else:
            sort.append(str(value) if isinstance(value, bool) else type(value).__name__)
            cost += size_in_bytes(value)
    if any(isinstance(value, wire.Rng) for value in call.args):
        # Of few numbers the spread is hardly known, and many take long to draw.
        numbers = size_in_bytes(list(call.answer.values.values())) / 8
        cost = max(numbers, WELL_KNOWN**2 / max(numbers, 1))
    return tuple(sort), cost

"""What was asked of a student in one question, so that it can be asked of somebody else."""

import numpy as np

from ..answers.calls import Answer, RemoteValue, first_failure


class Tape:
    """The calls of one question, and where the evidence of its cases came from.

    A value that was answered by one call and given to another (a cache, moving statistics) is
    recognised by identity, so that a replay hands on its own.
    """

    def __init__(self, calls):
        self.calls = calls
        self._born, self._last, self._taken = {}, -1, set()
        for i, call in enumerate(calls):
            for name, value in call.answer.values.items():
                if isinstance(value, (np.ndarray, RemoteValue, list, tuple, float)):
                    self._born[id(value)] = (i, name)

    def source(self, part, what=""):
        """(number of the call, name of the value) that a piece of evidence is from, or None; the
        name is None where it is a whole Answer.
        """
        if isinstance(part, Answer):
            numbers = (i for i, call in enumerate(self.calls) if call.answer is part)
            return next(((i, None) for i in numbers), None)
        if id(part) in self._born:
            return self._born[id(part)]
        # Small integers, None and what stands for all values of a call that failed are the same
        # object in several places. Cases come in the order of calls: it is the next one.
        for i, call in enumerate(self.calls[max(self._last, 0) :], max(self._last, 0)):
            for name, value in call.answer.values.items():
                if value is part and (i, name) not in self._taken and what in ("", name):
                    self._last = i
                    self._taken.add((i, name))
                    return i, name
        return None

    def given(self, value):
        """Where an argument was born, or None where the question made it."""
        return self._born.get(id(value)) if isinstance(value, (np.ndarray, RemoteValue)) else None


class Replay:
    """Somebody else's answers to the calls on a tape, each asked when it is needed."""

    def __init__(self, tape, other):
        """
        Args:
            other: has `call(function, args, kwargs)`, as an Imitation.
        """
        self.tape, self.other, self.answers = tape, other, {}

    def answer(self, number):
        """Their Answer to a call."""
        if number not in self.answers:
            call = self.tape.calls[number]
            args = tuple(self._own(value) for value in call.args)
            kwargs = {name: self._own(value) for name, value in call.kwargs.items()}
            self.answers[number] = self.other.call(call.function, args, kwargs)
        return self.answers[number]

    def is_cut_off(self, number):
        """Could the student's call not be made, because what it was to be given was not there?"""
        call = self.tape.calls[number]
        return first_failure([*call.args, *call.kwargs.values()]) is not None

    def value(self, source):
        """What they gave where the student gave the evidence at `source`."""
        number, name = source
        return self.answer(number).values[name] if name else self.answer(number)

    def _own(self, value):
        born = self.tape.given(value)
        return self.value(born) if born else value

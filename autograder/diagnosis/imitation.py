"""A student who makes known mistakes, played in this process: the diagnosis asks what each mistake
would have answered, the audit puts it to every question.
"""

import functools
import threading
from collections.abc import Callable, Collection
from types import FunctionType
from typing import Any

import numpy as np

from ..answers.calls import (
    Answer,
    Call,
    Failure,
    Function,
    Loss,
    RemoteValue,
    all_failed,
    changed_in_place,
    first_failure,
)
from ..course.notes import Note
from ..sandbox import wire
from ..sandbox.worker import same, same_state
from .catalogue import NONE, Known

_global_state = threading.Lock()  # some mistakes draw from np.random itself


class Imitation:
    """Answers as `student.Student` does, without a sealed process: the code is ours.

    Attributes:
        mistakes: ids of those it makes.
        notes, lost, calls, interrupted: as a Student's.
    """

    interrupted = False

    def __init__(self, assignment: Known, mistakes: Collection[str] = NONE):
        """
        Args:
            assignment: the `assignments.Assignment`.
            mistakes: ids of the mistakes to make.
        """
        self.notes: list[Note] = []
        self.lost: dict[str, Loss] = {}
        self.calls: list[Call] = []
        self.spent: dict[tuple[str, ...], float] = {}
        self._contract = assignment.exam.functions
        self._changes: list[str] = []
        self._generators: dict[wire.Rng, np.random.Generator] = {}
        self._assignment, self.mistakes = assignment, frozenset(mistakes)
        self._functions = functions_with(assignment, self.mistakes)

    def __getattr__(self, name: str) -> Callable[..., Answer]:
        if name.startswith("_") or name not in self._contract:
            raise AttributeError(name)
        return lambda *args, **kwargs: self.call(self._contract[name], args, kwargs)

    def with_right(self, *functions: Callable[..., Any]) -> "Imitation":
        other = Imitation(self._assignment, self.mistakes)
        other._functions = _making(self._assignment.functions, self.mistakes)
        other._functions |= {function.__name__: function for function in functions}
        return other

    def take_changes(self) -> list[str]:
        changes, self._changes = self._changes, []
        return changes

    def call(self, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Answer:
        """The Answer of one call; an exception makes it a Failure, as everywhere."""
        answer = self._answer(function, args, kwargs)
        self.calls.append(Call(function, args, kwargs, answer))
        return answer

    def _answer(self, function, args, kwargs):
        if failure := first_failure([*args, *kwargs.values()]):
            return all_failed(function, failure)
        given = [self._fresh(value) for value in args]
        named = {name: self._fresh(value) for name, value in kwargs.items()}
        generators = [value for value in args if isinstance(value, wire.Rng)]
        try:
            with np.errstate(all="ignore"):
                if generators:
                    watched = any(generator.watched for generator in generators)
                    result, untouched = self._draw(function, given, named, watched)
                else:
                    result, untouched = self._functions[function.name](*given, **named), True
        except Exception as error:  # known mistakes may be of the kind that raises
            sentence = f"{function.name} raised {type(error).__name__}: {error}"
            return all_failed(function, Failure(sentence, (type(error).__name__, str(error))))
        before = list(zip(function.parameters, given, args))
        before += [(name, named[name], value) for name, value in kwargs.items()]
        changed = [
            n for n, now, then in before if not (isinstance(then, RemoteValue) or same(now, then))
        ]
        if changed:
            self._changes.append(changed_in_place(function, changed))
        result = (result,) if len(function.returns) == 1 else result
        if not isinstance(result, (tuple, list)) or len(result) != len(function.returns):
            return all_failed(function, f"{function.name} returned something else")
        values = {
            name: RemoteValue(value, 0) if name in function.keeps else value
            for name, value in zip(function.returns, result)
        }
        return Answer(values, untouched, tuple(changed))

    def _draw(self, function, given, named, watched):
        """The result, and whether `np.random` is as it was (True where nobody asks)."""
        with _global_state:
            before = np.random.get_state() if watched else None
            result = self._functions[function.name](*given, **named)
            return result, not watched or same_state(before, np.random.get_state())

    def _fresh(self, value):
        """A copy of what a call is given, so that it may spoil it; generators go on."""
        if isinstance(value, np.ndarray):
            return value.copy()
        if isinstance(value, wire.Rng):
            return self._generators.setdefault(value, np.random.default_rng(value.seed))
        if isinstance(value, list):
            return [self._fresh(item) for item in value]
        return value.kept if isinstance(value, RemoteValue) else value


def imitation_of(student, questions, assignment):
    """Somebody who makes the one known mistake with which a student answered every call of these
    questions, as far as they lost points; None where there is none.
    """
    losses = [student.lost[question] for question in questions if question in student.lost]
    known = vars(student).setdefault("_known", {})  # {questions: (their losses, id or None)}
    if questions not in known or not _are(known[questions][0], losses):
        known[questions] = losses, _mistake_of(losses, questions, assignment)
    mistake = known[questions][1]
    return Imitation(assignment, {mistake}) if mistake else None


def _are(some, others):
    """Are these the same objects?"""
    return len(some) == len(others) and all(a is b for a, b in zip(some, others))


def _mistake_of(losses, questions, assignment):
    calls = [call for loss in losses for call in loss.calls]
    own = [mistake for mistake in assignment.catalogue if {*questions} & {*mistake.questions}]
    for mistake in own if calls else ():
        imitation = Imitation(assignment, {mistake.id})
        if all(call.is_answered_alike(imitation) for call in calls):
            return mistake.id
    return None


def _making(functions, mistakes):
    """{name: function} of an assignment's functions, each with these mistakes as its default, and
    calling one another.
    """
    namespace = dict(functions[0].__globals__)
    for function in functions:
        changed = FunctionType(function.__code__, namespace, None, function.__defaults__)
        changed.__kwdefaults__ = {"mistakes": mistakes}
        namespace[function.__name__] = changed
    return namespace


def functions_with(assignment: Known, mistakes: frozenset[str]) -> dict[str, Any]:
    """{name: function} of an assignment's functions that make these mistakes."""
    return _made(assignment.functions, mistakes)


_made = functools.lru_cache(256)(_making)  # of which nothing is changed

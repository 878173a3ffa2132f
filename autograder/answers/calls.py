"""What calls to a student's functions are made of: functions of the contract, answers, failures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from ..course.notes import Note
from ..sandbox import wire

HEAVY = 4 << 20  # bytes; of heavier answers nothing is kept for the diagnosis


@dataclass(frozen=True)
class Function:
    """One function of the contract.

    Attributes:
        parameters, returns: their names, in order.
        keeps: names of returned values that never leave the student's process.
        axes: {name of a parameter or a returned value: its axes as letters, "..." for any number}.
        normalises: is it about means and variances of a batch?
    """

    name: str
    parameters: tuple[str, ...]
    returns: tuple[str, ...]
    keeps: tuple[str, ...] = ()
    axes: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    normalises: bool = False

    @classmethod
    def parse(cls, text: str, keeps: tuple[str, ...] = (), normalises: bool = False) -> "Function":
        """Read `name(a: N D, b) -> y: N D, z`."""
        call, _, returned = text.partition("->")
        name, _, parameters = call.strip().rstrip(")").partition("(")
        split: list[tuple[str, ...]] = []
        axes: dict[str, tuple[str, ...]] = {}
        for listed in (parameters, returned):
            pairs = [part.partition(":")[::2] for part in listed.split(",")]
            split.append(tuple(word.strip() for word, _ in pairs))
            axes |= {word.strip(): tuple(letters.split()) for word, letters in pairs if letters}
        return cls(name, split[0], split[1], keeps, axes, normalises)


@dataclass(frozen=True)
class Failure:
    """Stands for a value that could not be had, with the sentence that says why.

    Attributes:
        error: (type, message) of the exception that was raised, where it was one.
        hint: what to do about it.
        headline: what is the same in every case, where the sentence says more of one.
    """

    sentence: str
    error: tuple[str, str] | None = None
    hint: str = ""
    headline: str = ""


@dataclass(frozen=True)
class RemoteValue:
    """A value kept inside the seal (a cache), and the number of the process that keeps it."""

    kept: wire.Kept
    process: int


@dataclass(frozen=True)
class Answer:
    """What one call returned, by the names of the contract: `answer.dx`.

    Attributes:
        global_state: of a call with a generator: is `np.random`'s global state as it was before?
        changed: names of the arguments that the call modified in place.
    """

    values: dict[str, Any]
    global_state: bool = True
    changed: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True)
class Call:
    """One call to a student's function and its Answer, as the diagnosis reads it afterwards."""

    function: Function
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    answer: Answer

    def arguments(self) -> dict[str, Any]:
        """{parameter: value} of what was given."""
        return dict(zip(self.function.parameters, self.args)) | self.kwargs

    def is_bound(self) -> bool:
        """Is something of it tied to the process that it was made in: a cache, a generator?"""
        return any(
            isinstance(v, (RemoteValue, wire.Rng)) for v in [*self.args, *self.kwargs.values()]
        )

    def is_answered_alike(self, respondent: "Respondent") -> bool:
        """Does somebody else answer the same call as it was answered here, up to rounding?"""
        again = getattr(respondent, self.function.name)(*self.args, **self.kwargs)
        pairs = [(value, again.values[name]) for name, value in self.answer.values.items()]
        return all(_alike(a, b) for a, b in pairs)


def size_in_bytes(value: object) -> int:
    """Bytes of the arrays in a value, inside lists and dicts too."""
    if isinstance(value, (list, tuple)):
        return sum(size_in_bytes(item) for item in value)
    if isinstance(value, dict):
        return sum(size_in_bytes(item) for item in value.values())
    return getattr(value, "nbytes", 0)


def is_heavy(value: object) -> bool:
    """Is it too much to be kept for the diagnosis?"""
    return size_in_bytes(value) > HEAVY


def _alike(a: Any, b: Any) -> bool:
    """Are two returned values the same, up to the rounding of another run?"""
    if isinstance(a, (list, tuple)):
        same = type(a) is type(b) and len(a) == len(b)
        return same and all(_alike(x, y) for x, y in zip(a, b))
    if isinstance(a, (np.ndarray, np.generic, int, float)):
        if np.shape(a) != np.shape(b) or not isinstance(b, (np.ndarray, np.generic, int, float)):
            return False
        with np.errstate(all="ignore"):
            return bool(np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True))
    return type(a) is type(b)


def first_failure(values: Iterable[object]) -> Failure | None:
    """The first Failure among these values, or None."""
    return next((value for value in values if isinstance(value, Failure)), None)


def shape_of(value: object) -> tuple[int, ...] | None:
    """The shape of an array or a number; None of anything else."""
    return np.shape(value) if isinstance(value, (np.ndarray, np.generic, int, float)) else None


def changed_in_place(function: Function, names: Sequence[str]) -> str:
    """The sentence about arguments that a call modified."""
    return (
        f"{function.name} modified its argument{'s' * (len(names) > 1)} {', '.join(names)} "
        "in place: the caller's data must stay as it was (work on a copy)"
    )


def all_failed(function: Function, failure: Failure | str) -> Answer:
    """The Answer of a call that could not be carried out: every value is the Failure (or one with
    this sentence).
    """
    if isinstance(failure, str):
        failure = Failure(failure)
    return Answer({name: failure for name in function.returns})


@dataclass(frozen=True)
class Loss:
    """What was lost on one question, and with which answers: follow-through builds on these alone.

    Attributes:
        points: lost.
        values: {name of a case that was lost by a wrong value: that value}.
        calls: of the question.
    """

    points: float
    values: dict[str, Any]
    calls: tuple[Call, ...]


class Respondent(Protocol):
    """Whoever is asked the questions: a `grading.Student`, an `Imitation`, or `Nobody`.

    The contract's functions are its methods: `respondent.rnn_step(...)` gives an Answer and never
    raises.

    Attributes:
        notes: about the submission as a whole.
        lost: {id of a question so far: Loss} of those that lost points (kept by whoever asks).
        calls: the Calls of the question that is being asked.
        spent: {earlier questions: points that were credited for what they cost} (`affordable`).
        interrupted: was a process killed for reasons that may not be the student's? Whoever asks
            may ask again.
    """

    lost: dict[str, Loss]
    calls: list[Call]
    spent: dict[tuple[str, ...], float]
    interrupted: bool

    @property
    def notes(self) -> list[Note]: ...

    def __getattr__(self, name: str) -> Callable[..., Answer]: ...

    def take_changes(self) -> list[str]:
        """Return and forget the sentences about arguments changed in place since the last time."""

    def with_right(self, *functions: Callable[..., Any]) -> "Respondent":
        """The same respondent with these functions of ours in place of the own ones: is what calls
        them right, once they are? Asked elsewhere, so that nothing comes back to the own ones.
        """


class Nobody:
    """Hands in nothing: every call fails at once, without any process."""

    interrupted = False

    def __init__(self, functions: dict[str, Function]):
        self.notes: list[Note] = []
        self.lost: dict[str, Loss] = {}
        self.calls: list[Call] = []
        self.spent: dict[tuple[str, ...], float] = {}
        self._functions = functions

    def __getattr__(self, name: str) -> Callable[..., Answer]:
        try:
            function = self.__dict__["_functions"][name]
        except KeyError:
            raise AttributeError(name) from None
        return lambda *args, **kwargs: all_failed(function, "nothing was handed in")

    def take_changes(self) -> list[str]:
        return []

    def with_right(self, *functions: Callable[..., Any]) -> "Nobody":
        return self

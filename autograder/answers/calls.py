"""What calls to a student's functions are made of: functions of the contract, answers, failures."""

from dataclasses import dataclass, field

import numpy as np

from ..sandbox import wire

HEAVY = 4 << 20  # bytes; of heavier answers nothing is kept for the diagnosis


@dataclass(frozen=True)
class Function:
    """One function of the contract.

    Attributes:
        parameters, returns: their names, in order.
        keeps: names of returned values that never leave the student's process.
        axes: {name of a parameter or a returned value: its axes as letters, "..." for any number}.
    """

    name: str
    parameters: tuple[str, ...]
    returns: tuple[str, ...]
    keeps: tuple[str, ...] = ()
    axes: dict = field(default_factory=dict, compare=False)

    @classmethod
    def parse(cls, text, keeps=()):
        """Read `name(a: N D, b) -> y: N D, z`."""
        call, _, returned = text.partition("->")
        name, _, parameters = call.strip().rstrip(")").partition("(")
        split, axes = [], {}
        for listed in (parameters, returned):
            pairs = [part.partition(":")[::2] for part in listed.split(",")]
            split.append(tuple(word.strip() for word, _ in pairs))
            axes |= {word.strip(): tuple(letters.split()) for word, letters in pairs if letters}
        return cls(name, *split, keeps, axes)


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
class Held:
    """A value kept in the sealed process, and the process (by number) that keeps it."""

    kept: wire.Kept
    process: int


@dataclass(frozen=True)
class Answer:
    """What one call returned, by the names of the contract: `answer.dx`.

    Attributes:
        global_state: of a call with a generator: is `np.random`'s global state as it was before?
        changed: names of the arguments that the call modified in place.
    """

    values: dict
    global_state: bool = True
    changed: tuple[str, ...] = ()

    def __getattr__(self, name):
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True)
class Call:
    """One call to a student's function and its Answer, as the diagnosis reads it afterwards."""

    function: Function
    args: tuple
    kwargs: dict
    answer: Answer

    def arguments(self):
        """{parameter: value} of what was given."""
        return dict(zip(self.function.parameters, self.args)) | self.kwargs

    def is_bound(self):
        """Is something of it tied to the process that it was made in: a cache, a generator?"""
        return any(isinstance(v, (Held, wire.Rng)) for v in [*self.args, *self.kwargs.values()])

    def is_answered_alike(self, student):
        """Does a student answer the same call as it was answered here, up to rounding?"""
        again = getattr(student, self.function.name)(*self.args, **self.kwargs)
        pairs = [(value, again.values[name]) for name, value in self.answer.values.items()]
        return all(_alike(a, b) for a, b in pairs)


def size_in_bytes(value):
    """Bytes of the arrays in a value, inside lists and dicts too."""
    if isinstance(value, (list, tuple)):
        return sum(size_in_bytes(item) for item in value)
    if isinstance(value, dict):
        return sum(size_in_bytes(item) for item in value.values())
    return getattr(value, "nbytes", 0)


def is_heavy(value):
    """Is it too much to be kept for the diagnosis?"""
    return size_in_bytes(value) > HEAVY


def _alike(a, b):
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


def first_failure(values):
    """The first Failure among these values, or None."""
    return next((value for value in values if isinstance(value, Failure)), None)


def shape_of(value):
    """The shape of an array or a number; None of anything else."""
    return np.shape(value) if isinstance(value, (np.ndarray, np.generic, int, float)) else None


def changed_in_place(function, names):
    """The sentence about arguments that a call modified."""
    return (
        f"{function.name} modified its argument{'s' * (len(names) > 1)} {', '.join(names)} "
        "in place: the caller's data must stay as it was (work on a copy)"
    )


def all_failed(function, failure):
    """The Answer of a call that could not be carried out: every value is the Failure (or one with
    this sentence).
    """
    if isinstance(failure, str):
        failure = Failure(failure)
    return Answer({name: failure for name in function.returns})


class Nobody:
    """A student who hands in nothing: every call fails at once, without any process."""

    interrupted = False

    def __init__(self, functions):
        self.notes, self.lost, self.calls, self._functions = [], set(), [], functions

    def __getattr__(self, name):
        function = self._functions[name]
        return lambda *args, **kwargs: all_failed(function, "nothing was handed in")

    def take_changes(self):
        return []

    def keep_calls(self):
        pass

    def apart(self, *names):
        return None

"""What calls to a student's functions are made of: functions of the contract, answers, failures."""

from dataclasses import dataclass

from .sandbox import wire


@dataclass(frozen=True)
class Function:
    """One function of the contract: its parameters, the names of what it returns, and what never
    leaves.
    """

    name: str
    parameters: tuple[str, ...]
    returns: tuple[str, ...]
    keeps: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text, keeps=()):
        """Read `name(a, b) -> y, z`."""
        call, _, returned = text.partition("->")
        name, _, parameters = call.strip().rstrip(")").partition("(")
        split = [tuple(part.strip() for part in s.split(",")) for s in (parameters, returned)]
        return cls(name, *split, keeps)


@dataclass(frozen=True)
class Failure:
    """Stands for a value that could not be had, with the sentence that says why."""

    sentence: str


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
    """

    values: dict
    global_state: bool = True

    def __getattr__(self, name):
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


def all_failed(function, sentence):
    """The Answer of a call that could not be carried out: every value is a Failure."""
    return Answer({name: Failure(sentence) for name in function.returns})


class Nobody:
    """A student who hands in nothing: every call fails at once, without any process."""

    def __init__(self, functions):
        self.notes, self.lost, self._functions = [], set(), functions

    def __getattr__(self, name):
        function = self._functions[name]
        return lambda *args, **kwargs: all_failed(function, "nothing was handed in")

    def take_changes(self):
        return []

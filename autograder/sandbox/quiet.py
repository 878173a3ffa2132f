"""Packages for show, which notebooks use around and inside the work: progress bars, displays,
widgets, a drive to mount; and a few that make Python faster or older. Grading does without; code
that uses them runs as if they were there.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Sized
from types import ModuleType
from typing import Any, Literal

HARMLESS = frozenset(
    "IPython altair bokeh colorama fastprogress future google graphviz icecream ipywidgets loguru "
    "matplotlib_inline nbgrader numba past plotly prettytable psutil pydot rich seaborn tabulate "
    "tensorboard tensorboardX termcolor tqdm wandb watermark winsound".split()
)


class Quiet:
    """Any object of such a package: every use of it does nothing, and as a number it is 0. A call
    gives back a function or a text that it was called with: it may be a decorator, or colour text.
    """

    def __getattr__(self, name: str) -> "Quiet":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        pass

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if args and (isinstance(args[0], str) or callable(args[0])) else self

    def __enter__(self) -> "Quiet":
        return self

    def __exit__(self, *exception: object) -> Literal[False]:
        return False

    def __getitem__(self, key: object) -> "Quiet":
        return self

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (Base,)

    def __float__(self) -> float:
        return 0.0

    def __int__(self) -> int:
        return 0

    def __format__(self, spec: str) -> str:
        try:
            return format(0.0, spec)
        except ValueError:
            return ""

    def __str__(self) -> str:
        return ""


def _as_zero(operation: Callable[[Any, Any], Any], reflected: bool) -> Callable[[Any, Any], Any]:
    def compute(self: Quiet, other: Any) -> Any:
        other = 0.0 if isinstance(other, Quiet) else other
        pair = (other, 0.0) if reflected else (0.0, other)
        try:
            return operation(*pair)
        except (ArithmeticError, TypeError):
            return 0.0

    return compute


for _name in "add sub mul truediv floordiv mod pow".split():
    for _reflected in (False, True):
        _method = f"__{'r' * _reflected}{_name}__"
        setattr(Quiet, _method, _as_zero(getattr(operator, _name), _reflected))
for _name in "lt le gt ge".split():
    setattr(Quiet, f"__{_name}__", _as_zero(getattr(operator, _name), False))

QUIET = Quiet()


class Base:
    """What a class of a student's derives from, where it should be one of such a package."""

    def __init__(self, *args: Any, **options: Any) -> None:
        pass


class Bar(Quiet):
    """A progress bar (`tqdm.tqdm`, also as a context manager) that shows nothing."""

    def __init__(self, iterable: Iterable[Any] | None = None, *args: Any, **options: Any) -> None:
        total = options.get("total")
        if total is None and isinstance(iterable, Sized):
            total = len(iterable)
        self.__dict__.update(iterable=iterable, n=options.get("initial", 0), total=total)

    def __iter__(self) -> Iterator[Any]:
        for item in () if self.iterable is None else self.iterable:
            yield item
            self.__dict__["n"] += 1

    def __len__(self) -> int:
        return self.__dict__["total"] or 0

    def __bool__(self) -> bool:
        return self.__dict__["total"] is None or self.__dict__["total"] > 0

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def update(self, n: float = 1) -> bool:
        self.__dict__["n"] += n
        return True

    @staticmethod
    def write(*args: Any, **options: Any) -> None:
        pass

    @classmethod
    def pandas(cls, *args: Any, **options: Any) -> None:
        pass


def bars(*counts: int, **options: Any) -> Bar:
    """`tqdm.trange`."""
    return Bar(range(*counts), **options)


def track(sequence: Iterable[Any], *args: Any, **options: Any) -> Iterator[Any]:
    """`rich.progress.track`, and `Progress.track`."""
    return iter(sequence)


def enumerated(iterable: Iterable[Any], start: int = 0, **options: Any) -> Iterator[Any]:
    """`tqdm.contrib.tenumerate`."""
    return enumerate(iterable, start)


def zipped(*iterables: Iterable[Any], **options: Any) -> Iterator[Any]:
    """`tqdm.contrib.tzip`."""
    return zip(*iterables)


class Progress(Quiet):
    """`rich.progress.Progress`."""

    def __init__(self, *columns: Any, **options: Any) -> None:
        pass

    def __enter__(self) -> "Progress":
        return self

    def track(self, sequence: Iterable[Any], *args: Any, **options: Any) -> Iterator[Any]:
        return iter(sequence)


def interact(*functions: Any, **options: Any) -> Any:
    """`ipywidgets.interact`, called or as a decorator with or without arguments."""
    return functions[0] if functions and callable(functions[0]) else lambda function: function


def same(value: Any = None, *args: Any, **options: Any) -> Any:
    """What gives back what it shows."""
    return value


def compiled(*functions: Any, **options: Any) -> Any:
    """`numba.njit`, bare or with a signature and options: the function, which Python runs too."""
    return functions[0] if functions and callable(functions[0]) else lambda function: function


def vectorized(*signatures: Any, **options: Any) -> Any:
    """`numba.vectorize`."""
    import numpy as np

    function = signatures[0] if signatures and callable(signatures[0]) else None
    return np.vectorize(function) if function else np.vectorize


FAITHFUL: dict[str, dict[str, Any]] = {
    "tqdm": {
        "tqdm": Bar,
        "tqdm_notebook": Bar,
        "trange": bars,
        "tnrange": bars,
        "tenumerate": enumerated,
        "tzip": zipped,
        "tmap": map,
    },
    "fastprogress": {"progress_bar": Bar, "master_bar": Bar},
    "icecream": {"ic": same},
    "numba": {"jit": compiled, "njit": compiled, "prange": range, "vectorize": vectorized},
    "past": {"xrange": range, "range": range, "basestring": str, "unicode": str, "long": int},
    "rich": {"track": track, "Progress": Progress, "print": print},
    "ipywidgets": {
        "fixed": same,
        "interact": interact,
        "interactive": interact,
        "interact_manual": interact,
    },
}


class QuietModule(ModuleType):
    """A module of such a package, whichever it is."""

    __version__ = "0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return FAITHFUL.get(self.__name__.partition(".")[0], {}).get(name, QUIET)

"""The answer key: what the right answer is to each hidden input.

Every reference has two sides. One asks the Keras layer itself; the other is the same mathematics in
NumPy, which the tests prove equal to Keras on thousands of draws. `key` asks Keras for everything
that a course is asked, sees to it that both sides agree there, and keeps Keras' answers on disk, in
a folder for each pair of versions. Where nothing is kept (inputs drawn for one submission, a worker
on a cluster, a machine without Keras) NumPy answers, at once. The sealed process sees none of it.
"""

import contextlib
import functools
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from ..course.course import key_folder
from ..errors import KerasDiffers, NoKeras
from ..sandbox import wire
from .differences import TOLERANCE

MOST = 20_000  # answers that a process remembers; a course asks a few hundred, the search 3000
MISSING = object()
AGREEMENT = TOLERANCE["float64"]  # of Keras and NumPy, as a share of the largest value

_answers: dict[tuple[str, bytes], Any] = {}
_mode = threading.local()  # .keras: ask it; .numpy: look nothing up
_lock = threading.Lock()


def folder() -> Path | None:
    """Where the answers of these versions of Keras and TensorFlow are kept; None without them."""
    installed = tuple(versions().items())
    return _in(key_folder(), installed) if installed else None


@functools.lru_cache(8)
def _in(folder: Path, installed: tuple[tuple[str, str], ...]) -> Path:
    return folder / "-".join(f"{package}-{version}" for package, version in sorted(installed))


@functools.cache
def versions() -> dict[str, str]:
    """Versions of Keras and TensorFlow, without importing either."""
    installed = {}
    for package in ("keras", "tensorflow", "tensorflow-cpu"):
        try:
            installed[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            pass
    return installed


def also_in(formula: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Of a function that asks Keras: `formula` takes the same arguments and says the same in NumPy.

    Both remain to be had, as `.keras` and `.formula`, for the tests that compare them.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def answered(*args: Any, **kwargs: Any) -> Any:
            asking = getattr(_mode, "keras", False)
            place = (str(folder()), digest(function, args, kwargs))
            answer = MISSING if asking else _answers.get(place, MISSING)
            if answer is MISSING:
                answer = _answer(function, formula, args, kwargs, asking)
                _remember(place, answer)
            return answer

        answered.keras, answered.formula = function, formula  # type: ignore[attr-defined]
        return answered

    return decorate


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Of a function that no layer of Keras answers: what it said is remembered."""

    @functools.wraps(function)
    def answered(*args: Any, **kwargs: Any) -> Any:
        place = ("", digest(function, args, kwargs))
        answer = _answers.get(place, MISSING)
        if answer is MISSING:
            answer = function(*args, **kwargs)
            _remember(place, answer)
        return answer

    return answered


def _remember(place: tuple[str, bytes], answer: Any) -> None:
    if len(_answers) >= MOST:
        _answers.clear()
    _answers[place] = answer


def _answer(
    function: Callable[..., Any],
    formula: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    asking: bool,
) -> Any:
    """What Keras said or, where it is not to be asked and has not been, what NumPy says."""
    place = folder()
    looks_up = place is not None and place.is_dir() and not getattr(_mode, "numpy", False)
    if place is None or not (asking or looks_up):
        return formula(*args, **kwargs)
    import joblib

    with _lock:  # TensorFlow is imported once, by one thread
        kept = joblib.Memory(place, verbose=0).cache(function)
        if not asking and not kept.check_call_in_cache(*args, **kwargs):
            return formula(*args, **kwargs)
        answer = kept(*args, **kwargs)
    if asking and not agree(answer, formula(*args, **kwargs)):
        raise KerasDiffers(
            f"{function.__name__}: {place.name} answers something else than the same "
            "mathematics in NumPy. Do not grade with it: use the versions in constraints.txt, and "
            "tell the maintainers"
        )
    return answer


def agree(a: Any, b: Any) -> bool:
    """Are two answers the same but for rounding?"""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(agree(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(agree, a, b))
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape:
        return False
    size = max(np.abs(a).max(initial=0.0), AGREEMENT)
    return bool(np.all(np.abs(a - b) <= AGREEMENT * size + AGREEMENT**2))


@contextlib.contextmanager
def asking_keras() -> Iterator[None]:
    """Ask Keras for everything that this thread needs to know meanwhile, and keep it on disk.

    Raises:
        NoKeras: it is not installed.
    """
    if "keras" not in versions():
        raise NoKeras(
            "Keras is not installed here, so that it cannot be asked for the answer key. Grading "
            "goes on without it (the answers then come from the same mathematics in NumPy)"
        )
    _mode.keras = True
    try:
        yield
    finally:
        _mode.keras = False


@contextlib.contextmanager
def from_numpy() -> Iterator[None]:
    """Let NumPy answer: inputs drawn for one submission have never been put to Keras."""
    _mode.numpy = True
    try:
        yield
    finally:
        _mode.numpy = False


def forget() -> None:
    """Forget what this process was asked for; the disk keeps it."""
    _answers.clear()


def digest(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """Which question it is: the arguments to the bit."""
    pieces = [f"{function.__module__} {function.__name__};".encode()]
    try:
        _feed(pieces, args)
        _feed(pieces, kwargs)
    except TypeError as error:  # two of them could not be told apart
        raise TypeError(f"{function.__name__}: {error}") from None
    return hashlib.blake2b(b"".join(pieces)).digest()


def _feed(pieces: list[bytes], value: Any) -> None:
    """Add a value, which says where it ends and of what kind it is."""
    kind = type(value)
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biufc":
        pieces += _of_kind(kind.__name__, value.dtype, value.shape), value.tobytes()
    elif isinstance(value, (list, tuple)):
        pieces.append(b"%s %d;" % (b"list" if isinstance(value, list) else b"tuple", len(value)))
        for item in value:
            _feed(pieces, item)
    elif isinstance(value, dict):
        pieces.append(b"dict %d;" % len(value))
        for item in value.items():
            _feed(pieces, item)
    elif value is None or isinstance(value, (bool, int, float, str, wire.Rng)):
        text = repr(value).encode("utf-8", "surrogatepass")
        pieces += b"%s %d;" % (kind.__name__.encode(), len(text)), text
    else:
        raise TypeError(f"expected arrays and plain values. Received: {value!r:.80}")


@functools.lru_cache(1024)
def _of_kind(kind: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """What is said of an array beside its values."""
    return f"{kind} {dtype.str} {shape};".encode()


def keras_and_tensorflow() -> tuple[Any, Any]:
    """Import Keras on TensorFlow, quietly and without a GPU; return both modules.

    The only place of the grader that imports them, and only for `key` and `audit`.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # the same last digits on every processor
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import tensorflow

    return keras, tensorflow

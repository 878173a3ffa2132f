"""Runs inside the sealed process: executes the student's cells and answers calls to their
functions.

It is handed sources and inputs, and gives back arrays. It knows no expected value and decides
nothing: a student who takes this module apart finds nothing to gain.
"""

import __future__

import io
import linecache
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from . import seccomp, standins, wire

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
NICENESS = 5
AFTERWARDS = 0.5  # seconds for all that follows in a cell that was stopped

Reply = tuple[dict[str, Any], bytes]  # header, payload


class Sink(io.TextIOBase):
    """Where prints go while grading: nowhere, however much is printed."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)

    def writable(self) -> bool:
        return True


class Channel:
    """Frames to and from the grader, on descriptors of their own (0, 1 and 2 are the student's, and
    empty).
    """

    def __init__(self) -> None:
        self._in, self._out = os.dup(0), os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.close(null)

    def receive(self) -> tuple[dict[str, Any], bytes]:
        header, payload = wire.unpack_lengths(self._read(wire.PREFIX.size))
        return wire.unpack_header(self._read(header)), self._read(payload)

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        view = memoryview(wire.pack(header, payload))
        while view:
            view = view[os.write(self._out, view) :]

    def _read(self, size: int) -> bytes:
        chunks = []
        while size:
            chunk = os.read(self._in, min(size, 1 << 20))
            if not chunk:
                raise SystemExit  # the grader has gone
            chunks.append(chunk)
            size -= len(chunk)
        return b"".join(chunks)


def future_flags(node: Any) -> int:
    """The compiler's flags for a `from __future__ import …`, which hold for later cells too."""
    features: list[Any] = [getattr(__future__, alias.name, None) for alias in node.names]
    return sum({f.compiler_flag for f in features if hasattr(f, "compiler_flag")})


class Worker:
    """The student's notebook, running."""

    def __init__(self) -> None:
        self.main = ModuleType("__main__")
        self.main.__dict__.update(display=standins.QUIET, get_ipython=standins.QUIET)
        sys.modules["__main__"] = self.main
        self.kept: list[Any] = []
        self.generators: dict[wire.Rng, np.random.Generator] = {}
        self.future = 0

    def answer(self, header: dict[str, Any], payload: bytes) -> Reply:
        """Carry out one request; return (reply header, reply payload)."""
        try:
            if header["op"] == "run":
                return self.run(header["source"], header["cell"], header.get("seconds"))
            return self.call(header, payload)
        except (
            BaseException
        ) as error:  # SystemExit and KeyboardInterrupt are answers like any other
            return {"error": describe(error)}, b""

    def run(self, source: str, cell: int, seconds: float | None) -> Reply:
        """Execute one cell's source in the notebook's namespace, statement by statement: one that
        fails costs itself, and not the functions below it.

        The reply says `done`, or what the first `error` was, or that the cell took longer than
        `seconds` and where it was `stopped`; the statements that follow have AFTERWARDS seconds.
        """
        filename = f"<cell {cell}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        options: dict[str, Any] = {"flags": self.future, "dont_inherit": True}
        tree = compile(source, filename, "exec", ONLY_AST | self.future, dont_inherit=True)
        reply: dict[str, Any] = {"done": True}
        end = seconds and time.monotonic() + seconds
        for node in tree.body:
            if type(node).__name__ == "ImportFrom" and node.module == "__future__":
                self.future |= future_flags(node)
                options["flags"] = self.future
            code = compile(type(tree)([node], []), filename, "exec", **options)
            try:
                with stopped_after(end and max(end - time.monotonic(), 0.01)):
                    exec(code, self.main.__dict__)
            except TooLong as error:
                if "stopped" not in reply:
                    reply, end = {"stopped": describe(error)}, time.monotonic() + AFTERWARDS
            except MemoryError:
                raise
            except BaseException as error:
                if "done" in reply:
                    reply = {"error": describe(error)}
        return reply, b""

    def call(self, header: dict[str, Any], payload: bytes) -> Reply:
        """Call one of the student's functions.

        The header names the `function`, its encoded `arguments` ([positional, by keyword]), how
        many values it `returns`, and which of them to `keep` here instead of sending them. The
        reply says which arguments were `changed` in place and, where a watched generator was among
        them, whether the `global_state` of `np.random` was left as it was.
        """
        name = header["function"]
        function = self.main.__dict__.get(name)
        if not callable(function):
            kind = "missing" if function is None else "not a function"
            return {"error": {"type": kind, "message": name}}, b""
        before = wire.decode(header["arguments"], payload)
        args, kwargs = self.with_ours(wire.decode(header["arguments"], payload))
        given = [*before[0], *before[1].values()]
        watched = any(isinstance(a, wire.Rng) and a.watched for a in given)
        state = np.random.get_state() if watched else None
        if "lines" in header:
            return {"lines": busiest_line(function, args, kwargs, header["lines"])}, b""
        result = function(*args, **kwargs)
        touched = watched and not same_state(state, np.random.get_state())
        changed = [i for i, (a, b) in enumerate(zip(args, before[0])) if not same(a, b)]
        changed += [key for key, b in before[1].items() if not same(kwargs[key], b)]
        tree, data = wire.encode(self.keep(result, header["keep"], header["returns"]))
        return {"result": tree, "changed": changed, "global_state": not touched}, data

    def keep(self, result: Any, positions: Sequence[int], expected: int) -> Any:
        """Replace the values at `positions` by their numbers, where `result` has the `expected`
        length.
        """
        if not (positions and isinstance(result, (tuple, list)) and len(result) == expected):
            return result
        result = list(result)
        for position in positions:
            self.kept.append(result[position])
            result[position] = wire.Kept(len(self.kept) - 1)
        return tuple(result)

    def with_ours(self, value: Any) -> Any:
        """Put kept objects and generators where the grader named them."""
        if isinstance(value, wire.Kept):
            return self.kept[value.number]
        if isinstance(value, wire.Rng):
            if value not in self.generators:
                self.generators[value] = np.random.default_rng(value.seed)
            return self.generators[value]
        if isinstance(value, (list, tuple)):
            return type(value)(self.with_ours(item) for item in value)
        if isinstance(value, dict):
            return {key: self.with_ours(item) for key, item in value.items()}
        return value


class TooLong(BaseException):
    """A cell did not come to an end in time."""


@contextmanager
def stopped_after(seconds: float | None) -> Iterator[None]:
    """Raise TooLong in the code within after so many seconds. Code that does not let itself be
    stopped so (that swallows the exception, or stays in C) is stopped by the grader, with the
    process.
    """
    if seconds is None or not hasattr(signal, "setitimer"):  # Windows has none
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class TooManyLines(BaseException):
    """A call was followed for as many lines as was asked for."""


def busiest_line(
    function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], limit: int
) -> dict[str, Any] | None:
    """Call a function for at most `limit` lines of the notebook's cells, or a second.

    Returns the cell, number, text and count of the line that ran most often, whether the call was
    `stopped`, and whether by its lines, so that they were `counted`.
    """
    counts: dict[tuple[str, int], int] = {}
    total, deadline = 0, time.monotonic() + 1.0

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        nonlocal total
        if not frame.f_code.co_filename.startswith("<cell "):
            return None
        if event == "line":
            key = frame.f_code.co_filename, frame.f_lineno
            counts[key] = counts.get(key, 0) + 1
            total += 1
            if total > limit or time.monotonic() > deadline:
                raise TooManyLines
        return trace

    stopped = False
    sys.settrace(trace)
    try:
        function(*args, **kwargs)
    except (TooManyLines, RecursionError):
        stopped = True
    finally:
        sys.settrace(None)
    if not counts:
        return None
    (filename, line), count = max(counts.items(), key=lambda item: item[1])
    text = linecache.getline(filename, line)[:200]
    cell = int(filename[len("<cell ") : -1])
    full = {"stopped": stopped, "counted": total > limit}
    return {"cell": cell, "line": line, "text": text, "count": count} | full


def same(value: Any, before: Any) -> bool:
    """Is an argument still what it was? Kept values and generators may change."""
    if isinstance(before, (wire.Kept, wire.Rng)):
        return True
    if isinstance(before, np.ndarray):
        return (
            isinstance(value, np.ndarray)
            and value.shape == before.shape
            and value.dtype == before.dtype
            and value.tobytes() == before.tobytes()
        )
    if isinstance(before, (list, tuple)):
        alike = isinstance(value, (list, tuple)) and len(value) == len(before)
        return alike and all(same(a, b) for a, b in zip(value, before))
    return True


def same_state(a: Any, b: Any) -> bool:
    """Are two states of the global `np.random` the same?"""
    return all(np.array_equal(x, y) for x, y in zip(a, b))


def describe(error: BaseException) -> dict[str, Any]:
    """Say what was raised and where in the student's cells, as plain JSON."""
    try:
        message = str(error)[:500]
    except BaseException:
        message = ""
    report: dict[str, Any] = {"type": type(error).__name__[:80], "message": message}
    if isinstance(error, MemoryError):
        report["type"] = "MemoryError"
    if isinstance(error, SyntaxError):
        report["line"] = error.lineno
        return report
    frames = [
        f
        for f in traceback.extract_tb(error.__traceback__, limit=200)
        if f.filename.startswith("<cell ")
    ]
    if frames:
        report["cell"] = int(frames[-1].filename[len("<cell ") : -1])
        report["line"], report["text"] = frames[-1].lineno, (frames[-1].line or "")[:200]
    return report


def set_limits(
    memory: int, cpu: int, file_size: int, descriptors: int, processes: int | None
) -> None:
    """Lower this process's own limits, soft and hard, before any student code runs: it cannot raise
    them again.
    """
    try:
        import resource
    except ImportError:  # Windows has none
        return
    for name, value in [
        ("RLIMIT_AS", memory),
        ("RLIMIT_CPU", cpu),  # SIGXCPU at the soft limit says why; SIGKILL follows a second later
        ("RLIMIT_FSIZE", file_size),
        ("RLIMIT_NOFILE", descriptors),
        ("RLIMIT_NPROC", processes),
        ("RLIMIT_CORE", 0),
    ]:
        if value is None or not hasattr(resource, name):
            continue
        try:
            hard = value + 1 if name == "RLIMIT_CPU" else value
            resource.setrlimit(getattr(resource, name), (value, hard))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS
            pass


def settle_chance() -> None:
    """Whatever draws without a seed draws the same numbers in every run: the same submission gets
    the same feedback. (PYTHONHASHSEED is set, too.)
    """
    seed = 0x5EA1ED  # none that a student would set: then the global state would look untouched
    random.seed(seed)
    np.random.seed(seed)
    # What `default_rng()` asks for entropy.
    entropy: Any = np.random.bit_generator
    entropy.randbits = random.Random(seed).getrandbits


def main(limits: dict[str, Any]) -> None:
    """Serve requests until the grader hangs up."""
    channel = Channel()
    filtered = limits.pop("filter")
    set_limits(**limits)
    if hasattr(os, "nice"):  # the grader, which waits for us, goes first
        os.nice(NICENESS)
    if filtered:
        seccomp.install()
    settle_chance()
    sink: Any = Sink()
    sys.stdout = sys.stderr = sink
    sys.__stdout__ = sys.__stderr__ = sink  # type: ignore[misc]
    sys.stdin = io.StringIO()
    standins.install()
    worker = Worker()
    channel.send({"ready": True})
    while True:
        try:
            header, payload = channel.receive()
            reply = worker.answer(header, payload)
        except wire.WireError as error:
            reply = {"error": describe(error)}, b""
        try:
            channel.send(*reply)
        except wire.WireError as error:
            channel.send({"error": describe(error)})

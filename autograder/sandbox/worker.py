"""Runs inside the sealed process: executes the student's cells and answers calls to their
functions.

It is handed sources and inputs, and gives back arrays. It knows no expected value and decides
nothing: a student who takes this module apart finds nothing to gain.
"""

import __future__

import _ast
import io
import linecache
import os
import random
import re
import sys
import traceback
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

from . import quiet, seccomp, standins, statements, wire
from .clock import Clock, TooLong
from .lines import busiest_line

NICENESS = 5
CHUNK = 1 << 16  # bytes: what a pipe holds
AFTERWARDS = 0.5  # seconds for what computes in a cell that was stopped, after that
BEGUN = 0.05  # seconds for what computes in a cell that comes late
IS_COROUTINE = 0x80  # inspect.CO_COROUTINE
ANNOTATIONS = __future__.annotations.compiler_flag  # a type hint may name what is not there
WRITTEN = re.compile(r"\s*%%(?:write)?file\s+(?:(-a)\s+)?([\w./~ \"'-]+)\.py[\"']?[ \t]*\n")

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
        self._came = bytearray()  # and was not asked for yet
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
        while len(self._came) < size:
            chunk = os.read(self._in, CHUNK)
            if not chunk:
                raise SystemExit  # the grader has gone
            self._came += chunk
        taken = bytes(self._came[:size])
        del self._came[:size]
        return taken


def future_flags(node: Any) -> int:
    """The compiler's flags for a `from __future__ import …`, which hold for later cells too."""
    features: list[Any] = [getattr(__future__, alias.name, None) for alias in node.names]
    return sum({f.compiler_flag for f in features if hasattr(f, "compiler_flag")})


class Worker:
    """The student's notebook, running."""

    def __init__(self) -> None:
        self.main = ModuleType("__main__")
        self.main.__dict__.update(display=quiet.QUIET, get_ipython=quiet.QUIET)
        sys.modules["__main__"] = self.main
        self.kept: list[Any] = []
        self.generators: dict[wire.Rng, np.random.Generator] = {}
        self.flags = ANNOTATIONS | statements.TOP_LEVEL_AWAIT
        self.missing: dict[str, str] = {}  # {name: module} of imports that failed

    def answer(self, header: dict[str, Any], payload: bytes) -> Reply:
        """Carry out one request; return (reply header, reply payload)."""
        try:
            if header["op"] == "run":
                return self.run(header), b""
            return self.call(header, payload)
        except (
            BaseException
        ) as error:  # SystemExit and KeyboardInterrupt are answers like any other
            return {"error": self.describe(error)}, b""

    def run(self, header: dict[str, Any]) -> dict[str, Any]:
        """Execute one cell in the notebook's namespace, statement by statement: one that fails
        costs itself, and not the functions below it.

        The header has the `source`, the number of the `cell`, and perhaps the `seconds` that the
        cell may take; one that is `late` has BEGUN seconds, of which imports and definitions use
        none. The reply says `done`, or what the first `error` was, or that the cell took too long
        and where it was `stopped`; the statements that follow have AFTERWARDS seconds. It names the
        modules that are `missing`, and the `decorators` that could not be applied.
        """
        source, cell = header["source"], header["cell"]
        filename = f"<cell {cell}>"
        if file := WRITTEN.match(source):
            standins.OWN.add(file[2], source[file.end() :], bool(file[1]))
            return {"done": True}
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        tree, torn = statements.parse(source, filename, self.flags)
        failed = Failed()
        for error in torn:
            failed.add(error)
        seconds = header.get("seconds")
        clock = Clock(seconds, BEGUN if header.get("late") else seconds)
        for node in statements.single(tree.body):
            if type(node).__name__ == "ImportFrom" and node.module == "__future__":
                self.flags |= future_flags(node)
            try:
                with clock.running(statements.is_definition(node)):
                    self.execute(node, filename, failed)
            except TooLong as error:
                failed.stopped = failed.stopped or describe(error)
                clock.left = AFTERWARDS
            except MemoryError:
                raise
            except BaseException as error:
                self.take(error, node, failed)
        return failed.reply()

    def execute(self, node: Any, filename: str, failed: "Failed") -> None:
        """Execute one statement. A decorator that cannot be applied, because it is not there
        perhaps, is left out.
        """
        try:
            self.evaluate([node], filename, "exec")
            return
        except Exception as error:
            decorators = getattr(node, "decorator_list", None)
            if not decorators:
                raise
            node.decorator_list = []
            try:
                self.evaluate([node], filename, "exec")
            except Exception:
                raise error from None
        for decorator in reversed(decorators):
            try:
                function = self.evaluate(decorator, filename, "eval")
                self.main.__dict__[node.name] = function(self.main.__dict__[node.name])
            except Exception:
                line = linecache.getline(filename, decorator.lineno).strip()
                failed.decorators.append(line[:80])

    def evaluate(self, part: Any, filename: str, mode: str) -> Any:
        """Run statements, or an expression, in the notebook's namespace."""
        tree: Any = _ast.Module(part, []) if mode == "exec" else _ast.Expression(part)
        code = compile(tree, filename, mode, flags=self.flags, dont_inherit=True)
        result = eval(code, self.main.__dict__)
        return finished(result) if code.co_flags & IS_COROUTINE else result

    def take(self, error: BaseException, node: Any, failed: "Failed") -> None:
        """Remember how a statement failed. What comes of a package that is not there is said of the
        package, once.
        """
        if isinstance(error, ImportError) and type(node).__name__ in ("Import", "ImportFrom"):
            names = statements.bound_by(node)
            self.missing |= names
            failed.missing += names.values()
        elif not statements.is_definition(node) and self.missing_for(error):
            failed.missing.append(self.missing_for(error))
        else:
            failed.add(error, self.describe(error))

    def missing_for(self, error: BaseException) -> str:
        """The module that is not there and of which a name was used, or ""."""
        name = getattr(error, "name", None) if isinstance(error, NameError) else None
        return self.missing.get(str(name), "")

    def describe(self, error: BaseException) -> dict[str, Any]:
        """What was raised, and whether because of a module that is not there."""
        report = describe(error)
        if module := self.missing_for(error):
            report["missing"] = module
        return report

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
        args, kwargs = self.with_ours(before)
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
        """A copy, with kept objects and generators where the grader named them."""
        if isinstance(value, np.ndarray):
            return value.copy()
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


class Failed:
    """What went wrong in one cell."""

    def __init__(self) -> None:
        self.error: dict[str, Any] | None = None
        self.stopped: dict[str, Any] | None = None
        self.missing: list[str] = []
        self.decorators: list[str] = []

    def add(self, error: BaseException, report: dict[str, Any] | None = None) -> None:
        self.error = self.error or report or describe(error)

    def reply(self) -> dict[str, Any]:
        """As `Worker.run` says; being stopped weighs more than an error."""
        main: dict[str, Any] = {"stopped": self.stopped} if self.stopped else {"error": self.error}
        reply: dict[str, Any] = main if self.stopped or self.error else {"done": True}
        for name in ("missing", "decorators"):
            if names := list(dict.fromkeys(getattr(self, name))):
                reply[name] = names[:20]
        return reply


def finished(coroutine: Any) -> Any:
    """What a coroutine at the top level of a cell gives, as far as it needs nothing but itself."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as result:
        return result.value


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
    if isinstance(before, (bool, int, float, str)):  # inside a list, it may have been replaced
        return type(value) is type(before) and value == before
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
        report["function"] = frames[-1].name[:80]
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
    """Serve requests until the grader hangs up.

    Args:
        limits: for `set_limits`; "filter": is there none yet? Then it starts no program and sends
            no signal to another process either.
    """
    channel = Channel()
    filtered = limits.pop("filter")
    set_limits(**limits)
    if hasattr(os, "nice"):  # the grader, which waits for us, goes first
        os.nice(NICENESS)
    if filtered and (code := seccomp.program(own=os.getpid())):
        seccomp.install(code)
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

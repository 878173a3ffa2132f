"""Our own code on what a student handed in, in a child with limits on time and memory.

Reading a notebook is done by libraries and by Python's own parser, which some inputs cost minutes
or gigabytes. Students' code has its seal; this is for the rest. One child serves a whole process,
and one that is stopped is replaced.
"""

import math
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

SECONDS = 2  # of processor time for one call
WALL = 20  # seconds: also where the machine is busy, or the child waits for something
NO_MEMORY = 77  # exit code of a child that got none
MEMORY = 1 << 30  # bytes on top of what the child has when it starts

WAITED = None  # instead of an exit code, where it was waited for long enough
OUR_LIMITS = (WAITED, NO_MEMORY, -getattr(signal, "SIGXCPU", 0))

Result = TypeVar("Result")


class TooMuch(Exception):
    """A call needed more time or memory than there is."""

    def __init__(self) -> None:
        super().__init__(
            f"more than {SECONDS} s of processor time, or {MEMORY >> 30} GiB of memory"
        )


def can_copy() -> bool:
    """Can a helper start as a copy of this process? That takes no time, and what is the same in
    both is in memory once; but other threads would be missing there, with what they hold.
    """
    return sys.platform == "linux" and threading.active_count() == 1


class Bounded:
    """A child that carries out functions of ours."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: Any = None
        self._pipe: Any = None
        self._exit_code: int | None = None  # of the last child that was lost

    def call(self, function: Callable[..., Result], *args: Any) -> Result:
        """What `function(*args)` returns or raises; both have to be picklable.

        Raises:
            TooMuch: it took too long, or too much memory.
        """
        with self._lock:  # a call takes a few milliseconds, and the sealed run after it far more
            reply = self._asked(function, args)
            if reply is None and self._exit_code not in OUR_LIMITS:  # by somebody else, perhaps
                reply = self._asked(function, args)
        if reply is None and self._exit_code not in OUR_LIMITS:
            raise RuntimeError(f"the process that reads ended twice (exit code {self._exit_code})")
        if reply is None:
            raise TooMuch
        [value] = reply
        if isinstance(value, _Raised):
            raise value.error
        result: Result = value
        return result

    def _asked(self, function: Callable[..., Any], args: tuple[Any, ...]) -> list[Any] | None:
        """[what came back], or None where the child was lost."""
        if self._process is None or not self._process.is_alive():
            self._start()
        try:
            self._pipe.send((function, args))
            if self._pipe.poll(WALL):
                reply: list[Any] = self._pipe.recv()
                return reply
            self._exit_code = WAITED
        except (EOFError, ConnectionError):
            self._process.join()
            self._exit_code = self._process.exitcode
        self.close()
        return None

    def close(self) -> None:
        """End the child."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
        self._process = None

    def begin(self) -> None:
        """Start the child, where that can be done quickly, before there are other threads."""
        with self._lock:
            if self._process is None and can_copy():
                self._start("fork")

    def _start(self, how: str = "spawn") -> None:
        context: Any = multiprocessing.get_context(how)
        self._pipe, theirs = context.Pipe()
        others = self._pipe if how == "fork" else None  # of which a copy must not keep its end
        self._process = context.Process(target=_serve, args=(theirs, others), daemon=True)
        self._process.start()
        theirs.close()


class _Raised:
    """An exception on its way back."""

    def __init__(self, error: BaseException):
        self.error = error


def _serve(pipe: Connection, others: Connection | None) -> None:
    """Carry out calls until the parent has gone."""
    if others:
        others.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this
    base = None
    while True:
        try:
            function, args = pipe.recv()
        except (EOFError, ConnectionError):
            return
        base = base or _memory_in_use()
        _limit(base)
        try:
            value: Any = function(*args)
        except MemoryError:
            os._exit(NO_MEMORY)  # what is left of it is no place to go on in
        except Exception as error:
            value = _Raised(error)
        try:
            pipe.send([value])
        except ConnectionError:
            return
        except Exception as error:  # what cannot be sent
            pipe.send([_Raised(RuntimeError(f"{error!r} on the way back of {value!r:.200}"))])


def _limit(base: int) -> None:
    """Limits of the next call; SIGXCPU and a failed allocation end the child."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime) + SECONDS
    for kind, value in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, base + MEMORY)):
        _, hard = resource.getrlimit(kind)
        try:
            resource.setrlimit(kind, (value, hard))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS
            pass


def _memory_in_use() -> int:
    """Bytes of address space, or of memory where that is not told."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 1 << 30


_child = Bounded()


def begin() -> None:
    """Let the child of this process start, where that is quicker now than later."""
    _child.begin()


def bounded(function: Callable[..., Result], *args: Any) -> Result:
    """What `function(*args)` returns or raises, in the one child of this process.

    Raises:
        TooMuch: it took too long, or too much memory.
    """
    return _child.call(function, *args)

"""The ways to start a sealed process: behind bubblewrap's walls, or with limits alone.

A backend is a class with a `name` (for --sandbox), what it promises (`sealed`), and `start`. A new
one is written here and named in BACKENDS; everything else asks for it by name.
"""

import json
import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from ..course import settings
from ..errors import SandboxUnavailable, UnknownName
from . import nursery, seccomp, walls
from .limits import Limits

DEFAULT = "bubblewrap"


class Running(Protocol):
    """A sealed process that was started.

    Attributes:
        read_end, write_end: descriptors, for its answers and for requests to it.
    """

    read_end: int
    write_end: int

    def ended(self, seconds: float) -> int | None:
        """Its exit code, -N or 128 + N where signal N ended it; None if it has not ended after so
        many seconds.
        """

    def end(self) -> None:
        """End the process and whatever it started, and clear away what it had."""

    def last_words(self) -> str:
        """End it, and say what it complained of."""


class Program:
    """A process that was started as a program.

    Args (of the constructor):
        command: the program and its arguments; `options` are Popen's.
        folder: its home, where it has one on this machine: then its children are in its session,
            and do not end with it.
    """

    def __init__(
        self,
        command: Iterable[str | Path],
        folder: tempfile.TemporaryDirectory[str] | None = None,
        **options: Any,
    ):
        self._folder = folder
        options |= dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            list(command), bufsize=0, **options
        )
        assert self._process.stdin and self._process.stdout
        self.read_end = self._process.stdout.fileno()
        self.write_end = self._process.stdin.fileno()

    def ended(self, seconds: float) -> int | None:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        process = self._process
        nursery.kill(process)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            try:
                if pipe:
                    pipe.close()
            except OSError:
                pass
        if self._folder:
            self._folder.cleanup()

    def last_words(self) -> str:
        return nursery.last_words(self._process)


class Backend(Protocol):
    """One way to run student code.

    Attributes:
        name: what --sandbox calls it.
        sealed: are there walls between the code and this machine's files and processes?
    """

    name: str
    sealed: bool

    def prepare(self) -> None:
        """Begin whatever makes the first start in this thread quicker, without waiting for it."""

    def how(self) -> str:
        """A sentence on how its processes have been started so far."""

    def start(self, limits: Limits) -> Running:
        """Start the worker.

        Raises:
            SandboxUnavailable: that cannot be done on this machine; the message says why.
        """


class Bubblewrap:
    """Linux namespaces, a read-only file system with Python and NumPy, a seccomp filter: for a
    process from the nursery, or, where there can be none, for one that is started afresh.
    """

    name = "bubblewrap"
    sealed = True

    def prepare(self) -> None:
        try:
            nursery.begin(walls.nursery())
        except SandboxUnavailable:
            pass  # which `start` says

    def how(self) -> str:
        if not nursery.is_used():
            return "no sealed process was started"
        if reason := nursery.refusal():
            return f"each sealed process was started afresh ({reason})"
        return "sealed processes were made by ones that had loaded NumPy (nurseries)"

    def start(self, limits: Limits) -> Running:
        warm = nursery.child(walls.nursery(), _own(limits), limits.tmp)
        return warm or self.start_afresh(limits)

    def start_afresh(self, limits: Limits) -> Running:
        """Start Python in a process behind bubblewrap's walls. Raises as `start`."""
        filter_end: int | None = None
        descriptors: tuple[int, ...] = ()
        if code := seccomp.program():
            filter_end, write_end = os.pipe()
            os.write(write_end, code)
            os.close(write_end)
            descriptors = (filter_end,)
        try:
            command = walls.bubblewrap(limits.tmp, filter_end)
            # bubblewrap's own first process keeps its environment readable: it gets an empty one.
            own = json.dumps(_own(limits))
            options: dict[str, Any] = {
                "env": {},
                "pass_fds": descriptors,
                "start_new_session": True,
            }
            return Program([*command, own], **options)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)


class Process:
    """Limits, a filter and a clean environment, but no walls: for machines where bubblewrap cannot
    run. AUTOGRADER_SANDBOX_USER names another user to run the code as.
    """

    name = "process"
    sealed = False

    def prepare(self) -> None:
        pass

    def how(self) -> str:
        return "each process was started afresh, without walls"

    def start(self, limits: Limits) -> Running:
        folder = tempfile.TemporaryDirectory(prefix="autograder-")
        try:
            home, user = folder.name, other_user()
            environment = walls.ENVIRONMENT | {"HOME": home, "MPLCONFIGDIR": home}
            # Where there is no filter, RLIMIT_NPROC is all there is against new processes; it does
            # not bind root.
            own = json.dumps(_own(limits, processes=0, filtered=True))
            options = {"user": user, "group": user, "extra_groups": []} if user else {}
            options |= {"env": environment, "cwd": home, "start_new_session": True}
            return Program([*walls.plain(home, user), own], folder, **options)
        except BaseException:
            folder.cleanup()
            raise


BACKENDS: dict[str, Backend] = {b.name: b for b in (Bubblewrap(), Process())}


def backend(name: str) -> Backend:
    """The backend of this name.

    Raises:
        UnknownName: there is none.
    """
    if name not in BACKENDS:
        raise UnknownName(f"sandbox: expected one of {', '.join(BACKENDS)}. Received: {name!r}")
    return BACKENDS[name]


def other_user() -> int | None:
    """The id of the user that AUTOGRADER_SANDBOX_USER names, as whom code without walls is to run;
    None without one.

    Raises:
        SandboxUnavailable: there is no such user, or only root may change to it.
    """
    name = settings.sandbox_user()
    if not name:
        return None
    try:
        uid = pwd.getpwnam(name).pw_uid
    except KeyError:
        raise SandboxUnavailable(f"{settings.SANDBOX_USER}: no user is named {name!r}") from None
    if os.geteuid() != 0 or uid == 0:
        raise SandboxUnavailable(
            f"{settings.SANDBOX_USER}: expected root, who may run code as another user than root"
        )
    return uid


def _own(limits: Limits, processes: int | None = None, filtered: bool = False) -> dict[str, Any]:
    """The limits that the worker sets on itself."""
    names = ("memory", "cpu", "file_size", "descriptors")
    own = {name: getattr(limits, name) for name in names}
    return own | {"processes": processes, "filter": filtered}

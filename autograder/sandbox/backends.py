"""The ways to start a sealed process: behind bubblewrap's walls, or with limits alone.

A backend is a class with a `name` (for --sandbox), what it promises (`sealed`), and `start`. A new
one is written here and named in BACKENDS; everything else asks for it by name.
"""

import json
import os
import pwd
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..course import settings
from ..errors import SandboxUnavailable, UnknownName
from . import seccomp, walls
from .limits import Limits

DEFAULT = "bubblewrap"


@dataclass
class Running:
    """A process that was started, and what has to be cleared away with it.

    Attributes:
        folder: its home, where it has one on this machine: then its children are in its session,
            and do not end with it.
    """

    process: subprocess.Popen[bytes]
    folder: tempfile.TemporaryDirectory[str] | None = None

    def end(self) -> None:
        """End the process and whatever it started."""
        if self.process.poll() is None:
            if self.folder:
                try:
                    os.killpg(self.process.pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    pass
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                if pipe:
                    pipe.close()
            except OSError:
                pass
        if self.folder:
            self.folder.cleanup()


class Backend(Protocol):
    """One way to run student code.

    Attributes:
        name: what --sandbox calls it.
        sealed: are there walls between the code and this machine's files and processes?
    """

    name: str
    sealed: bool

    def start(self, limits: Limits) -> Running:
        """Start the worker.

        Raises:
            SandboxUnavailable: that cannot be done on this machine; the message says why.
        """


class Bubblewrap:
    """Linux namespaces, a read-only file system with Python and NumPy, a seccomp filter."""

    name = "bubblewrap"
    sealed = True

    def start(self, limits: Limits) -> Running:
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
            return Running(_popen([*command, _own(limits)], env={}, pass_fds=descriptors))
        finally:
            for descriptor in descriptors:
                os.close(descriptor)


class Process:
    """Limits, a filter and a clean environment, but no walls: for machines where bubblewrap cannot
    run. AUTOGRADER_SANDBOX_USER names another user to run the code as.
    """

    name = "process"
    sealed = False

    def start(self, limits: Limits) -> Running:
        folder = tempfile.TemporaryDirectory(prefix="autograder-")
        try:
            home, user = folder.name, other_user()
            environment = walls.ENVIRONMENT | {"HOME": home, "MPLCONFIGDIR": home}
            # Where there is no filter, RLIMIT_NPROC is all there is against new processes; it does
            # not bind root.
            own = _own(limits, processes=0, filtered=True)
            options = {"user": user, "group": user, "extra_groups": []} if user else {}
            command = [*walls.plain(home, user), own]
            running = _popen(command, env=environment, cwd=home, start_new_session=True, **options)
        except BaseException:
            folder.cleanup()
            raise
        return Running(running, folder)


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


def _own(limits: Limits, processes: int | None = None, filtered: bool = False) -> str:
    """The worker's last argument: the limits it sets on itself."""
    names = ("memory", "cpu", "file_size", "descriptors")
    own = {"processes": processes, "filter": filtered}
    return json.dumps({n: getattr(limits, n) for n in names} | own)


def _popen(command: Iterable[str | Path], **options: Any) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    words = list(command)
    return subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, **options)

"""Starts sealed processes and talks to them, with a deadline on every exchange."""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass

from . import seccomp, walls, wire
from .walls import SandboxUnavailable

START_SECONDS = 30


@dataclass(frozen=True)
class Limits:
    """What one sealed process may use. Sizes in bytes, times in seconds."""

    memory: int = 1 << 30
    cpu: int = 60
    file_size: int = 16 << 20
    tmp: int = 32 << 20
    descriptors: int = 64
    call: float = 10.0  # wall time of one cell or one call, after which the process ends
    cell: float = 5.0  # wall time of one cell, after which it is stopped and the process goes on
    notebook: float = 60.0  # wall time of one submission, restarts included

    @property
    def cells(self):
        """Wall time of all cells together; of what comes later only definitions are run."""
        return self.notebook / 3


class Lost(Exception):
    """The sealed process did not survive.

    Attributes:
        status: `timeout`, `crashed` or `out_of_memory`.
        sentence: what happened, for the student.
        killed: by SIGKILL, which may have come from elsewhere: a machine short of memory, an
            administrator.
    """

    def __init__(self, status, sentence, killed=False):
        super().__init__(sentence)
        self.status, self.sentence, self.killed = status, sentence, killed


class SealedProcess:
    """One running worker. Use it as a context manager: leaving it ends the process and everything
    in it.
    """

    def __init__(self, limits=Limits(), sandbox="bubblewrap"):
        """Start the process.

        Args:
            sandbox: `bubblewrap`, or `process` for limits and a clean environment without walls.

        Raises:
            SandboxUnavailable: it did not start; the message says why.
        """
        self.limits = limits
        self._folder = None
        self._process = self._start(sandbox)
        for pipe in (self._process.stdin, self._process.stdout):
            os.set_blocking(pipe.fileno(), False)
        try:
            self._receive(time.monotonic() + START_SECONDS)
        except Lost as lost:
            complaint = self._last_words()
            self.close()
            raise SandboxUnavailable(
                f"The sealed process did not start: {complaint or lost.sentence} Where bubblewrap "
                "is not permitted (some containers), pass --sandbox process, which has limits but "
                "no walls."
            ) from lost

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def _start(self, sandbox):
        if sandbox == "bubblewrap":
            return self._start_sealed()
        if sandbox == "process":
            return self._start_plain()
        raise ValueError(f"sandbox must be 'bubblewrap' or 'process'. Received: {sandbox!r}")

    def _start_sealed(self):
        filter_end, descriptors = None, ()
        if code := seccomp.program():
            filter_end, write_end = os.pipe()
            os.write(write_end, code)
            os.close(write_end)
            descriptors = (filter_end,)
        try:
            command = walls.bubblewrap(self.limits.tmp, filter_end)
            # bubblewrap's own first process keeps its environment readable: it gets an empty one.
            return _popen([*command, self._worker_limits()], env={}, pass_fds=descriptors)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _start_plain(self):
        self._folder = tempfile.TemporaryDirectory(prefix="autograder-")
        home, user = self._folder.name, walls.other_user()
        environment = walls.ENVIRONMENT | {"HOME": home, "MPLCONFIGDIR": home}
        # Where there is no filter, RLIMIT_NPROC is all there is against new processes; it does not
        # bind root.
        command = [*walls.plain(home, user), self._worker_limits(processes=0, filtered=True)]
        options = {"user": user, "group": user, "extra_groups": []} if user else {}
        return _popen(command, env=environment, cwd=home, start_new_session=True, **options)

    def _worker_limits(self, processes=None, filtered=False):
        """The worker's last argument: the limits it sets on itself."""
        names = ("memory", "cpu", "file_size", "descriptors")
        own = {"processes": processes, "filter": filtered}
        return json.dumps({n: getattr(self.limits, n) for n in names} | own)

    def request(self, header, payload=b"", seconds=None):
        """Send one request and return (reply header, reply payload).

        Raises:
            Lost: no well-formed reply came within `seconds` (default: the limit per call).
        """
        seconds = self.limits.call if seconds is None else seconds
        deadline = time.monotonic() + seconds
        try:
            self._send(wire.pack(header, payload), deadline)
            return self._receive(deadline)
        except TimeoutError:
            self.close()
            raise Lost("timeout", f"no answer within {seconds:g} seconds: it was stopped") from None
        except wire.WireError as error:
            self.close()
            raise Lost("crashed", f"it sent something that is not an answer ({error})") from None

    def close(self):
        """End the process and whatever it started."""
        if self._process.poll() is None:
            if self._folder:  # without walls, its children are in its session and not tied to it
                try:
                    os.killpg(self._process.pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    pass
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            try:
                pipe.close()
            except OSError:
                pass
        if self._folder:
            self._folder.cleanup()

    def _send(self, frame, deadline):
        view, descriptor = memoryview(frame), self._process.stdin.fileno()
        while view:
            self._wait(descriptor, select.POLLOUT, deadline)
            try:
                view = view[os.write(descriptor, view[: 1 << 16]) :]
            except BrokenPipeError:
                raise self._epitaph() from None

    def _receive(self, deadline):
        header, payload = wire.unpack_lengths(self._read(wire.PREFIX.size, deadline))
        return wire.unpack_header(self._read(header, deadline)), self._read(payload, deadline)

    def _read(self, size, deadline):
        chunks, descriptor = [], self._process.stdout.fileno()
        while size:
            self._wait(descriptor, select.POLLIN, deadline)
            chunk = os.read(descriptor, min(size, 1 << 20))
            if not chunk:
                raise self._epitaph()
            chunks.append(chunk)
            size -= len(chunk)
        return b"".join(chunks)

    @staticmethod
    def _wait(descriptor, event, deadline):
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
            raise TimeoutError

    def _epitaph(self):
        """Why the process is gone, from its exit status."""
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return Lost("crashed", "it closed its connection to the grader")
        number = -code if code < 0 else code - 128
        if number == signal.SIGXCPU:
            return Lost(
                "timeout", f"it used more than its {self.limits.cpu} seconds of processor time"
            )
        if number > 0:
            try:
                name = signal.Signals(number).name
            except ValueError:
                name = f"signal {number}"
            return Lost("crashed", f"the Python process died ({name})", name == "SIGKILL")
        return Lost("crashed", f"the Python process ended itself (exit code {code})")

    def _last_words(self):
        self._process.kill()
        return self._process.stderr.read(2000).decode(errors="replace").strip()


def _popen(command, **options):
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, **options)

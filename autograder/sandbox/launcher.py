"""Starts sealed processes and talks to them, with a deadline on every exchange."""

import os
import select
import signal
import time
from typing import Any

from ..errors import SandboxUnavailable
from . import wire
from .backends import BACKENDS, DEFAULT, backend
from .limits import Limits

START_SECONDS = 30
CHUNK = 1 << 16  # bytes: what a pipe holds


class Lost(Exception):
    """The sealed process did not survive.

    Attributes:
        status: `timeout`, `crashed` or `out_of_memory`.
        sentence: what happened, for the student.
        killed: by SIGKILL, which may have come from elsewhere: a machine short of memory, an
            administrator.
    """

    def __init__(self, status: str, sentence: str, killed: bool = False):
        super().__init__(sentence)
        self.status, self.sentence, self.killed = status, sentence, killed


class Pipe:
    """Frames over two descriptors, with a deadline (on time.monotonic()) on every exchange.

    Raises (from both methods):
        TimeoutError: the deadline passed.
        ConnectionError: the other side has closed its end.
    """

    def __init__(self, read_end: int, write_end: int):
        self._read_end, self._write_end = read_end, write_end
        self._came = bytearray()  # and was not asked for yet
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(read_end, select.POLLIN)
        self._writable.register(write_end, select.POLLOUT)
        for descriptor in (read_end, write_end):
            os.set_blocking(descriptor, False)

    def send(self, frame: bytes, deadline: float) -> None:
        view = memoryview(frame)
        while view:
            try:
                view = view[os.write(self._write_end, view[:CHUNK]) :]
            except BlockingIOError:
                _wait(self._writable, deadline)

    def receive(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        """(header, payload) of the next frame.

        Raises:
            wire.WireError: it is not a frame.
        """
        header, payload = wire.unpack_lengths(self._read(wire.PREFIX.size, deadline))
        return wire.unpack_header(self._read(header, deadline)), self._read(payload, deadline)

    def _read(self, size: int, deadline: float) -> bytes:
        while len(self._came) < size:
            _wait(self._readable, deadline)
            chunk = os.read(self._read_end, CHUNK)
            if not chunk:
                raise ConnectionResetError
            self._came += chunk
        taken = bytes(self._came[:size])
        del self._came[:size]
        return taken


def _wait(poll: select.poll, deadline: float) -> None:
    if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
        raise TimeoutError


class SealedProcess:
    """One running worker. Use it as a context manager: leaving it ends the process and everything
    in it.
    """

    def __init__(self, limits: Limits = Limits(), sandbox: str = DEFAULT):
        """Start the process.

        Args:
            sandbox: the name of a backend.

        Raises:
            SandboxUnavailable: it did not start; the message says why.
            UnknownName: there is no such backend.
        """
        self.limits = limits
        for again in (True, False):
            self._running = backend(sandbox).start(limits)
            self._pipe = Pipe(self._running.read_end, self._running.write_end)
            try:
                self._exchange(b"", START_SECONDS)
                return
            except Lost as lost:
                complaint = self._running.last_words()
                self.close()
                if again and lost.killed:  # from elsewhere, with its nursery perhaps
                    continue
                raise SandboxUnavailable(
                    f"The sealed process did not start: {complaint or lost.sentence} Where "
                    "bubblewrap is not permitted (some containers), pass --sandbox process, which "
                    "has limits but no walls."
                ) from lost
            except BaseException:
                self.close()
                raise

    def __enter__(self) -> "SealedProcess":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def request(
        self, header: dict[str, Any], payload: bytes = b"", seconds: float | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """Send one request and return (reply header, reply payload).

        Raises:
            Lost: no well-formed reply came within `seconds` (default: the limit per call).
            wire.WireError: the request is too large.
        """
        seconds = self.limits.call if seconds is None else seconds
        try:
            return self._exchange(wire.pack(header, payload), seconds)
        except Lost:
            self.close()
            raise

    def close(self) -> None:
        """End the process and whatever it started."""
        self._running.end()

    def _exchange(self, frame: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Send a frame and return what comes back."""
        deadline = time.monotonic() + seconds
        try:
            self._pipe.send(frame, deadline)
            return self._pipe.receive(deadline)
        except TimeoutError:
            sentence = f"no answer within {seconds:g} seconds: it was stopped"
            raise Lost("timeout", sentence) from None
        except ConnectionError:
            raise self._epitaph() from None
        except wire.WireError as error:
            raise Lost("crashed", f"it sent something that is not an answer ({error})") from None

    def _epitaph(self) -> Lost:
        """Why the process is gone, from its exit status."""
        code = self._running.ended(seconds=5)
        if code is None:
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


def available() -> tuple[str, str]:
    """The first backend that can start a process here, and why those before it cannot.

    Returns:
        (name, sentence): the sentence is "" where the first one can.

    Raises:
        SandboxUnavailable: none can.
    """
    reasons: list[str] = []
    for name in BACKENDS:
        try:
            SealedProcess(sandbox=name).close()
            return name, " ".join(reasons)
        except SandboxUnavailable as reason:
            reasons.append(str(reason))
    raise SandboxUnavailable(" ".join(reasons))

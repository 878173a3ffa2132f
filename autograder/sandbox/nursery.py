"""The nursery, from outside: one sealed process for each thread that grades, which has loaded NumPy
and never runs student code, and from which sealed processes come at a twentieth of the cost of a
fresh one. What it does inside is in `warm`.

Where it cannot work (a kernel or a container that allows no namespaces inside namespaces), there
are fresh processes, and `refusal` says why.
"""

import json
import os
import select
import signal
import socket
import subprocess
import threading
import weakref
from typing import Any

SECONDS = 30  # for the nursery to start, or to answer
LARGEST = 1 << 12  # bytes of an answer
ENDS_WITHIN = 5.0  # seconds in which a killed child is gone

_of_thread = threading.local()
_refusal = ""  # why this process uses none
_is_used = _is_proven = False  # was any child asked for in this process; was one ever made?


class Gone(Exception):
    """The nursery has ended, or does not answer."""


class Refused(Exception):
    """A child could not be made; the message says why."""


class Child:
    """A sealed process that came from the nursery.

    Attributes:
        read_end, write_end: descriptors, for its answers and for requests to it.
    """

    def __init__(self, nursery: "Nursery", number: int, read_end: int, write_end: int):
        self._nursery, self._number = nursery, number
        self.read_end, self.write_end = read_end, write_end
        self._code: int | None = None
        self._open = True

    def ended(self, seconds: float) -> int | None:
        """Its exit code, -N or 128 + N where signal N ended it; None if it has not ended after so
        many seconds.
        """
        return self._ask("wait", seconds)

    def end(self) -> None:
        """End the process and whatever it started."""
        if self._open:
            self._open = False
            os.close(self.read_end)
            os.close(self.write_end)
            if self._ask("end", ENDS_WITHIN) is None:
                self._nursery.close()  # and with it the child

    def last_words(self) -> str:
        """What it complained of: nothing, since it was sealed when it was handed out."""
        return ""

    def _ask(self, what: str, seconds: float) -> int | None:
        if self._code is None:
            request = {"op": what, "child": self._number, "seconds": seconds}
            try:
                self._code = self._nursery.ask(request).get("code")
            except (Gone, Refused):
                self._code = -signal.SIGKILL  # what is left of a nursery's world dies with it
        return self._code


class Nursery:
    """A process that hands out sealed processes; it is on its way when the constructor returns."""

    def __init__(self, command: list[str]):
        self.command, self.owner = command, os.getpid()
        self.is_proven = False  # has it ever made a child?
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(SECONDS)
        environment: dict[str, str] = {}  # which its first process keeps readable
        with theirs:
            process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the grader, which ends it
            )
        self._process = process
        self._is_ready = False
        self.close = weakref.finalize(self, _end, process, self._control, self.owner)

    def _wait_until_ready(self) -> None:
        if self._is_ready:
            return
        try:
            self._received()
        except Gone as gone:
            raise Refused(last_words(self._process) or str(gone)) from None
        self._is_ready = True

    def start(self, own: dict[str, Any], tmp: int) -> Child:
        """A new child.

        Args:
            own: the limits that it sets on itself.
            tmp: bytes of its /tmp.

        Raises:
            Refused: it could not be sealed, or the nursery did not start.
            Gone: the nursery has ended.
        """
        self._wait_until_ready()
        theirs_in, write_end = os.pipe()
        try:
            read_end, theirs_out = os.pipe()
        except OSError:
            os.close(theirs_in)
            os.close(write_end)
            raise
        try:
            request = {"op": "start", "limits": own, "tmp": tmp}
            number = self.ask(request, [theirs_in, theirs_out])["child"]
        except BaseException:
            os.close(read_end)
            os.close(write_end)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        return Child(self, number, read_end, write_end)

    def ask(self, request: dict[str, Any], descriptors: list[int] | None = None) -> dict[str, Any]:
        """Send a request and return the answer.

        Raises:
            Refused: what was asked for could not be done.
            Gone: the nursery has ended.
        """
        with self._lock:
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], descriptors or [])
                answer: dict[str, Any] = json.loads(self._received())
            except OSError as error:
                self.close()
                raise Gone(str(error)) from None
            except BaseException:  # an answer that comes later would be taken for the next one's
                self.close()
                raise
        if "error" in answer:
            raise Refused(answer["error"])
        return answer

    def _received(self) -> bytes:
        try:
            message = self._control.recv(LARGEST)
        except OSError as error:
            raise Gone(f"no answer within {SECONDS} seconds ({error})") from None
        if not message:
            raise Gone("it ended")
        return message


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that has a session of its own, and whatever is in that: bubblewrap's second
    process would wait for the first for ever, until it has asked to end with it.
    """
    if process.returncode is None:  # its number is still its own
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        process.kill()


def last_words(process: subprocess.Popen[bytes]) -> str:
    """End a process, and say what it complained of."""
    kill(process)
    assert process.stderr is not None
    if not select.select([process.stderr], [], [], 1.0)[0]:  # something else may hold it open
        return ""
    return os.read(process.stderr.fileno(), 2000).decode(errors="replace").strip()


def _end(process: subprocess.Popen[bytes], control: socket.socket, owner: int) -> None:
    """End a nursery, and with it whatever it has made, unless it is another process's: this one is
    a fork of that.
    """
    control.close()
    if owner != os.getpid():
        return
    kill(process)
    process.wait()
    assert process.stderr is not None
    process.stderr.close()


def child(command: list[str], own: dict[str, Any], tmp: int) -> Child | None:
    """A sealed process from this thread's nursery; None where there can be none.

    Args:
        command: starts a nursery.
        own: the limits that the child sets on itself.
        tmp: bytes of its /tmp.
    """
    global _refusal, _is_used, _is_proven
    _is_used = True
    for again in (True, False):  # one that was lost is replaced
        nursery = begin(command)
        if nursery is None:
            return None
        try:
            child = nursery.start(own, tmp)
            _is_proven = nursery.is_proven = True
            return child
        except Gone:
            leave()
        except Refused as reason:
            if nursery.is_proven:
                return None  # at this moment
            leave()
            if not (again or _is_proven):
                _refusal = str(reason)
    return None


def begin(command: list[str]) -> Nursery | None:
    """This thread's nursery, without waiting until it is ready; None where there can be none."""
    if _refusal:
        return None
    nursery: Nursery | None = getattr(_of_thread, "nursery", None)
    if nursery is None or (nursery.command, nursery.owner) != (command, os.getpid()):
        leave()
        nursery = _of_thread.nursery = Nursery(command)
    return nursery


def leave() -> None:
    """End this thread's nursery."""
    nursery: Nursery | None = _of_thread.__dict__.pop("nursery", None)
    if nursery:
        nursery.close()


def is_used() -> bool:
    """Was any child asked for in this process?"""
    return _is_used


def refusal() -> str:
    """Why sealed processes are started afresh in this process, or ""."""
    return _refusal

"""The nursery, from inside: a sealed process that has loaded NumPy and the worker, never runs
student code, and hands out children that do.

A child starts as a copy of this process, in a twentieth of the time that Python with NumPy takes,
and then is sealed off from it and from its siblings: a user, process numbers, mounts and System V
objects of its own, an empty /tmp, a session of its own (a signal to "my group" would leave the
namespace), no privileges, the filter, its limits. What happens, in order:

    nursery ── fork into new namespaces ── guard     mounts; tells in the end how the worker ended
                                             └─ fork ── worker     sealed, then as if started afresh

The guard is the nursery's own child, and dies with it; as number 1 of its world it takes with it
whatever is there. Nothing of an earlier child is here: a request holds limits and two descriptors,
which are closed.
"""

import gc
import json
import linecache
import os
import resource  # noqa: F401  (the worker would import these, in each child)
import signal
import socket
import time
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
import numpy.random  # noqa: F401

from . import namespaces, seccomp, wire, worker

PROC = "/sealed/proc"  # seen by the nursery alone
LARGEST = 1 << 12  # bytes of a request or an answer
DESCRIPTORS = 1 << 10  # more than the nursery ever has
ENDED = 128  # added to the number of the signal that ended a worker, as shells do
SEALED = b"sealed"


class Refused(Exception):
    """A child could not be made; the message says why."""


class Born(BaseException):
    """Leaves everything that is the nursery's, in a process that is a worker now.

    Attributes:
        limits: which it is to set on itself.
    """

    def __init__(self, limits: dict[str, Any]):
        super().__init__()
        self.limits = limits


class Nursery:
    """Hands out children, on request of the grader at the other end of a socket."""

    def __init__(self, control: socket.socket):
        self.control = control
        self.children: set[int] = set()  # the numbers of their guards
        self.filter = seccomp.program()

    def serve(self) -> None:
        """Answer requests until the grader has gone."""
        while True:
            message, descriptors, *_ = socket.recv_fds(self.control, LARGEST, 2)
            if not message:
                return
            try:
                answer = self.answer(json.loads(message), descriptors)
            except Exception as error:
                answer = {"error": f"{error}"[:500] or repr(error)}
            for descriptor in descriptors:
                os.close(descriptor)
            self.control.send(json.dumps(answer).encode())

    def answer(self, request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        """Carry out a request: `start` a child, `wait` for one, or `end` it."""
        if request["op"] == "start":
            return {"child": self.start(request["limits"], request["tmp"], descriptors)}
        child = request["child"]
        if child not in self.children:
            raise ValueError(f"there is no child {child}")
        if request["op"] == "end":
            os.kill(child, signal.SIGKILL)
        return {"code": self.ended(child, request["seconds"])}

    def start(self, limits: dict[str, Any], tmp: int, descriptors: list[int]) -> int:
        """Make a child that reads requests from the first descriptor and answers on the second.

        Raises:
            Refused: the system does not let it be sealed.
        """
        told, tell = os.pipe()
        try:
            guard = namespaces.fork()
        except OSError:
            os.close(told)
            os.close(tell)
            raise
        if not guard:
            _last(tell, lambda: self.guard(limits, tmp, descriptors, tell))
        os.close(tell)
        said = _rest(told)
        os.close(told)
        if said != SEALED:
            os.kill(guard, signal.SIGKILL)
            os.waitpid(guard, 0)
            raise Refused(said.decode(errors="replace") or "a child ended at once")
        self.children.add(guard)
        return guard

    def guard(self, limits: dict[str, Any], tmp: int, descriptors: list[int], tell: int) -> int:
        """The first process: as number 1 it keeps the namespace, and says how the worker ended."""
        namespaces.keep_user(PROC)
        namespaces.die_with_parent()
        namespaces.cover(PROC, 4096)
        namespaces.cover("/tmp", tmp, writable=True)
        os.setsid()
        child = os.fork()
        if not child:
            _last(tell, lambda: self.worker(limits, descriptors, tell))
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what number 1 does not handle, it ignores
        os.closerange(0, DESCRIPTORS)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return code if code >= 0 else ENDED - code

    def worker(self, limits: dict[str, Any], descriptors: list[int], tell: int) -> None:
        """The second process: the worker, as if it had been started afresh."""
        os.setsid()  # "everybody in my group" would be the nursery and its other children
        os.chdir("/tmp")
        namespaces.drop_privileges()
        for number, descriptor in enumerate([*descriptors, tell]):
            os.dup2(descriptor, number)
        os.closerange(3, DESCRIPTORS)
        if self.filter and not seccomp.install(self.filter):
            raise OSError("the filter was refused")
        os.write(2, SEALED)  # which the worker closes
        raise Born(limits)

    def ended(self, child: int, seconds: float) -> int | None:
        """How a child ended; None if it has not, after so many seconds."""
        deadline = time.monotonic() + seconds
        while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
            if time.monotonic() > deadline:
                return None
            time.sleep(0.001)
        self.children.discard(child)
        return os.waitstatus_to_exitcode(ended[1])


def _last(tell: int, action: Callable[[], int | None]) -> NoReturn:
    """Do what a forked process is for, and nothing of what the one that it is a copy of would do
    next. What is raised before it is sealed is told.
    """
    code: int | None = 1
    try:
        code = action()
    except Born:
        raise
    except BaseException as error:
        try:
            os.write(tell, f"{type(error).__name__}: {error}"[:500].encode())
        except OSError:
            pass
    os._exit(code or 0)


def _rest(descriptor: int) -> bytes:
    """What comes until the other end is closed."""
    chunks = []
    while chunk := os.read(descriptor, LARGEST):
        chunks.append(chunk)
    return b"".join(chunks)


REHEARSAL = """
import numpy as np
def rehearse(x, w, size=2.0):
    mean, spread = x.mean(axis=0), np.sqrt(x.var(axis=0) + 1e-3)
    y = np.tanh((x - mean) / spread @ w) * size
    return y, {"x": x}
"""


def rehearse() -> None:
    """Do what a worker does with a notebook of ours: Python and NumPy prepare themselves as they
    go, which each child would do again.
    """
    stage = worker.Worker()
    x, w = np.arange(12.0).reshape(4, 3), np.ones((3, 2))
    tree, payload = wire.encode([(x, w), {"size": 2.0}])
    call = {"op": "call", "function": "rehearse", "arguments": tree, "keep": [1], "returns": 2}
    for number in range(12):
        for request in ({"op": "run", "cell": number, "source": REHEARSAL, "seconds": 5.0}, call):
            reply = stage.answer(wire.unpack_header(json.dumps(request).encode()), payload)
            wire.pack(*reply)
    linecache.clearcache()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def serve() -> dict[str, Any]:
    """Serve the grader, at the other end of descriptor 0. Returns in workers alone, which then see
    nothing of this: the limits to set.

    Raises:
        SystemExit: the grader has gone.
    """
    control = socket.socket(fileno=os.dup(0))
    rehearse()
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page that it looks at
    control.send(b"ready")
    try:
        Nursery(control).serve()
    except Born as born:
        control.detach()  # it is closed
        return born.limits
    raise SystemExit

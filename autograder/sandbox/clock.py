"""The time that a cell may take, inside the sealed process."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooLong(BaseException):
    """A cell did not come to an end in time."""


class Clock:
    """The time of one cell: what computes shares `left` seconds, a definition has `each` of its
    own. None is without an end.
    """

    def __init__(self, each: float | None, left: float | None) -> None:
        self.each, self.left = each, left

    @contextmanager
    def running(self, defines: bool) -> Iterator[None]:
        started = time.monotonic()
        left = self.each if defines or self.left is None else max(self.left, 0.01)
        try:
            with stopped_after(left):
                yield
        finally:
            if self.left is not None and not defines:
                self.left -= time.monotonic() - started


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

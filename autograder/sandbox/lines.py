"""Which line of a call runs most often, inside the sealed process: of a call that does not end."""

import linecache
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any


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

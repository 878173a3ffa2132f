"""Who marks the submissions of a class: threads on this machine, since the work is in sealed
processes, or the machines of a cluster. Whatever happens to a worker, there is a verdict on each.
"""

import logging
import os
import pickle
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice

from .. import grading
from ..assignments import Assignment
from ..errors import Damaged, SandboxUnavailable
from ..sandbox import TooMuch, bounded
from . import cluster

log = logging.getLogger(__name__)
POLL = 5  # seconds without news from a cluster
LARGE = 1 << 20  # bytes of a notebook that is rather read again than kept
AHEAD = 200  # submissions that may be under way, and that may wait to be written


@dataclass(frozen=True)
class Marker:
    """Marks one submission; whatever happens to it, there is a verdict.

    Attributes:
        how: the options of `grading.mark`.
        notebooks: {student: cells of the repaired notebook, pickled} of what was read and is not
            recorded yet, where that is not too large to be kept.
    """

    assignment: Assignment
    how: dict = field(default_factory=dict)
    notebooks: dict[str, bytes] = field(default_factory=dict)

    def mark(self, item):
        """The Verdict on a `Submission`.

        Raises:
            SandboxUnavailable: student code cannot be sealed.
        """
        started = time.monotonic()
        try:
            work = self.read(item)
            is_work = isinstance(work, grading.Work)
            verdict = grading.examine(work, **self.how) if is_work else work
        except SandboxUnavailable:
            raise
        except Exception as error:
            return self.fault(item, error)
        verdict.seconds = time.monotonic() - started
        return verdict

    def read(self, item):
        """The Work of a `Submission`, or its Verdict, read within limits."""
        try:
            work, notebook = bounded(_prepared, item.folder.absolute(), self.assignment)
        except TooMuch as much:
            return grading.damaged(self.assignment, Damaged(f"reading it takes {much}"))
        if len(notebook) <= LARGE:
            self.notebooks[item.student] = notebook
        return work

    def fault(self, item, error):
        """The Verdict where the grader itself failed."""
        log.error("Grading %s failed", ascii(item.student), exc_info=error)
        return grading.faulty(self.assignment, error)


def _prepared(folder, assignment):
    """(Work, the repaired notebook's cells, pickled) of a folder, or (its Verdict, no bytes)."""
    try:
        notebook, reading = grading.repaired(folder, assignment)
    except Damaged as damage:
        return grading.damaged(assignment, damage), b""
    return grading.Work.of(notebook, assignment, reading), pickle.dumps(notebook.cells)


class Here:
    """Threads on this machine.

    Args (of the constructor):
        number: how many at a time (default: the number of cores).
    """

    patience = None  # seconds to wait for news: there is always some

    def __init__(self, marker, number=None):
        self.marker, self.number = marker, number or os.cpu_count()
        self.ahead = min(AHEAD, 4 * self.number)

    def pool(self):
        """A context manager of the executor."""
        return ThreadPoolExecutor(self.number)

    def start(self, pool, item):
        """Have a submission marked: a Future of its verdict."""
        return pool.submit(self.marker.mark, item)

    def outcome(self, item, future):
        """The verdict of a finished future."""
        try:
            return future.result()
        except SandboxUnavailable:
            raise
        except Exception as error:
            return self.marker.fault(item, error)

    def replacement(self, pool):
        """Who does the rest where no worker is left; None as long as one is."""
        return None


class Elsewhere:
    """The workers of a Dask cluster.

    Args (of the constructor):
        scheduler: address of its scheduler.
    """

    patience, ahead = POLL, AHEAD

    def __init__(self, marker, scheduler):
        self.marker, self.scheduler = marker, scheduler

    def pool(self):
        """A context manager of the executor.

        Raises:
            ClusterError: the scheduler or its workers cannot be used.
        """
        return cluster.executor(self.scheduler, self.marker.assignment)

    def start(self, pool, item):
        """Have a submission marked: a Future of its verdict. Only what its cells say travels."""
        try:
            work = self.marker.read(item)
            if isinstance(work, grading.Work):
                return pool.submit(cluster.examine, work, **self.marker.how)
        except Exception as error:
            work = self.marker.fault(item, error)
        known = Future()
        known.set_result(work)
        return known

    def outcome(self, item, future):
        """The verdict of a finished future, whose worker may have vanished."""
        try:
            return future.result()
        except SandboxUnavailable:
            raise
        except Exception as error:
            log.warning("%s was lost on the cluster: marked here (%r)", ascii(item.student), error)
            return self.marker.mark(item)

    def replacement(self, pool):
        """Who does the rest where no worker is left; None as long as one is."""
        if not cluster.is_deserted(pool):
            return None
        log.warning("no worker is left at %s: the rest is marked on this machine", self.scheduler)
        return Here(self.marker)


@contextmanager
def marked(place, items):
    """An iterator over (item, verdict) of everything, as it comes; the first are under way at once.
    What is given up is cancelled first; then the pool is waited for.

    Args:
        place: a `Here` or an `Elsewhere`.

    Raises:
        SandboxUnavailable: student code cannot be sealed.
        ClusterError: the scheduler or its workers cannot be used.
    """
    with place.pool() as pool:
        waiting, running = iter(items), {}
        _start(place, pool, waiting, running)
        with closing(_in_turn(place, pool, waiting, running)) as pairs:
            yield pairs


def _start(place, pool, waiting, running):
    """Only so many are under way that a large class needs no more memory than a small one."""
    for item in islice(waiting, place.ahead - len(running)):
        running[place.start(pool, item)] = item


def _in_turn(place, pool, waiting, running):
    try:
        while running:
            done = wait(running, place.patience, FIRST_COMPLETED).done
            if not done and (other := place.replacement(pool)):
                with marked(other, chain(running.values(), waiting)) as pairs:
                    yield from pairs
                return
            for future in done:
                item = running.pop(future)
                _start(place, pool, waiting, running)
                yield item, place.outcome(item, future)
    finally:
        for future in running:
            future.cancel()

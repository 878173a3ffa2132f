"""Who marks the submissions of a class: threads on this machine, since the work is in sealed
processes, or the machines of a cluster. Whatever happens to a worker, there is a verdict on each.
"""

import logging
import os
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from itertools import islice

from ..grading import grade
from ..sandbox.walls import SandboxUnavailable

log = logging.getLogger(__name__)
POLL = 5  # seconds without news from a cluster
AHEAD = 200  # submissions that may be under way, and that may wait to be written


class Workers:
    """Marks the submissions of one assignment.

    Args (of the constructor):
        how: the options of `grade.mark`.
        number: how many sealed processes at a time (default: the number of cores).
        scheduler: the address of a Dask scheduler whose workers do it instead.
    """

    def __init__(self, assignment, how, number=None, scheduler=None):
        self.assignment, self.how = assignment, how
        self.number, self.scheduler = number, scheduler

    @contextmanager
    def marked(self, items):
        """An iterator over (item, verdict) of everything, as it comes. What is given up is
        cancelled first; then the pool is waited for.

        Raises:
            SandboxUnavailable: student code cannot be sealed.
            cluster.ClusterError: the scheduler or its workers cannot be used.
        """
        with self._pool() as pool, closing(self._in_turn(pool, items)) as found:
            yield found

    def _pool(self):
        if self.scheduler is None:
            return ThreadPoolExecutor(self.number or os.cpu_count())
        from . import cluster

        return cluster.executor(self.scheduler, self.assignment)

    def _in_turn(self, pool, items):
        """Only so many are under way that a large class needs no more memory than a small one."""
        waiting, running = iter(items), {}
        try:
            while True:
                for item in islice(waiting, AHEAD - len(running)):
                    running[self._start(pool, item)] = item
                if not running:
                    return
                patience = None if self.scheduler is None else POLL
                done = wait(running, patience, FIRST_COMPLETED).done
                if not done and self._is_deserted(pool):
                    with ThreadPoolExecutor(os.cpu_count()) as here:
                        yield from self._in_turn(here, [*running.values(), *waiting])
                    return
                for future in done:
                    item = running.pop(future)
                    yield item, self._outcome(item, future)
        finally:
            for future in running:
                future.cancel()

    def _is_deserted(self, pool):
        """Is there no worker on the cluster any more? Then the rest is marked here."""
        from . import cluster

        if not cluster.is_deserted(pool):
            return False
        log.warning("no worker is left at %s: the rest is marked on this machine", self.scheduler)
        self.scheduler = None
        return True

    def _start(self, pool, item):
        """Have a submission marked: a Future of its verdict."""
        if self.scheduler is None:
            return pool.submit(self._mark, item)
        from . import cluster

        try:
            work = grade.prepare(item.folder, self.assignment)
            if isinstance(work, grade.Work):
                return pool.submit(cluster.examine, work, **self.how)
        except Exception as error:
            work = self._fault(item, error)
        known = Future()
        known.set_result(work)
        return known

    def _mark(self, item):
        """The verdict on one submission; whatever happens to it, there is one."""
        try:
            return grade.mark(item.folder, self.assignment, **self.how)
        except SandboxUnavailable:
            raise
        except Exception as error:
            return self._fault(item, error)

    def _outcome(self, item, future):
        """The verdict of a future, whose worker may have vanished."""
        try:
            return future.result()
        except SandboxUnavailable:
            raise
        except Exception as error:
            if self.scheduler is None:
                return self._fault(item, error)
            log.warning("%s was lost on the cluster: marked here (%r)", ascii(item.student), error)
            return self._mark(item)

    def _fault(self, item, error):
        log.error("Grading %s failed", ascii(item.student), exc_info=error)
        return grade.faulty(self.assignment, error)

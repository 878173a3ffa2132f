"""Sealed grading on many machines: a Dask cluster that looks like a pool of threads.

Only what a submission's cells say travels, and the verdict comes back. Each worker is told once
what hidden inputs are drawn from, so that it needs neither Keras nor a shared disk; none sees the
gradebook.
"""

from contextlib import contextmanager

from .. import grading
from ..course import settings
from ..course.secret import secret, use_secret
from ..errors import ClusterError

CONNECT = 30  # seconds to wait for the scheduler, and for its first worker
PATIENCE = 60  # seconds to wait for another worker, where the last one has gone


@contextmanager
def executor(address, assignment):
    """A `concurrent.futures.Executor` of the workers of the scheduler at `address`, which know what
    the inputs of an `Assignment` are drawn from.

    Raises:
        ClusterError: nobody is there, or the workers have another version of this project.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "--scheduler needs Dask: install it with the extra `cluster`, as in "
            "pip install 'autograder[cluster]'"
        ) from None
    try:
        client = Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        _introduce(client, address, assignment)
        pool = client.get_executor(pure=False)  # the same work twice is to be done twice
        try:
            yield pool
        finally:
            pool.shutdown(wait=False)  # a run that is given up waits for nobody


def is_deserted(pool):
    """Has the cluster of an executor no worker, and does none come for a while?"""
    try:
        pool._client.wait_for_workers(1, timeout=PATIENCE)
        return not pool._client.nthreads()
    except Exception:  # no worker came, or the scheduler is not there any more
        return True


def _introduce(client, address, assignment):
    """See to it that there are workers, and that each knows the secret, also those to come."""
    try:
        client.wait_for_workers(1, timeout=CONNECT)
    except TimeoutError:
        raise ClusterError(f"the scheduler at {address} has no workers") from None
    told = Told(assignment.fingerprint(), settings.term(), secret())
    try:
        client.register_plugin(told.as_plugin(), name=f"autograder-{assignment.name}")
        versions = set(client.run(has_version, assignment).values())
    except Exception as error:
        raise ClusterError(
            f"the workers cannot load this project: {error}. Install it on them (without its "
            "dependencies it is enough: pip install --no-deps, beside numpy and distributed)"
        ) from error
    if versions != {told.version}:
        raise ClusterError(
            f"the workers have other checks of {assignment.name} than this machine. Install the "
            "same version of the project everywhere"
        )


class Told:
    """What a worker must know before it can mark anything."""

    def __init__(self, version, term, secret):
        self.version, self.term, self.secret = version, term, secret

    def as_plugin(self):
        from distributed import WorkerPlugin

        class Carried(WorkerPlugin):
            def __init__(self, told):
                self.told = told

            def setup(self, worker):
                self.told.hand_over()

        return Carried(self)

    def hand_over(self):
        """Make it known to this process."""
        settings.use_term(self.term)
        use_secret(self.secret)


def has_version(assignment):
    """Which checks a worker has."""
    return assignment.fingerprint()


def examine(work, limits, sandbox):
    """What a worker does."""
    return grading.examine(work, limits=limits, sandbox=sandbox)

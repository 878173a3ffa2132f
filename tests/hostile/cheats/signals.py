"""Handlers for every signal, and signals to everybody."""
import os
import signal

for number in range(1, 65):
    try:
        signal.signal(number, lambda *args: None)
    except (OSError, ValueError):
        pass
for target in (-1, 0, 1, 2, os.getppid()):
    try:
        os.kill(target, signal.SIGUSR1)
    except OSError:
        pass
everywhere(lambda *args, **kwargs: args[0])

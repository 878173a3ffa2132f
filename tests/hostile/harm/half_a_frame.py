"""Half of an answer, and then silence."""
import os
import time


def half(*args, **kwargs):
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, bytes([0, 0, 1, 0, 0, 0]))
        except OSError:
            pass
    time.sleep(1000)


everywhere(half)

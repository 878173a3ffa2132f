"""Every descriptor closed, and the process still alive."""
import os
import time


def close(*args, **kwargs):
    os.closerange(0, 1000)
    time.sleep(1000)


everywhere(close)

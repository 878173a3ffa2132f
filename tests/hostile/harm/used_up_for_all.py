"""Descriptors, watches, locks and queued signals used up, so that the next process gets none."""
import ctypes
import fcntl
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
kept = []


def use_up(*args, **kwargs):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(34, 60))
    for _ in range(20_000):
        libc.kill(os.getpid(), 40)
    for _ in range(200):
        kept.append(libc.inotify_init())
    for folder, _, names in os.walk("/sealed"):
        for name in names:
            try:
                kept.append(open(os.path.join(folder, name)))
                fcntl.flock(kept[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                pass
    os._exit(7)


everywhere(use_up)

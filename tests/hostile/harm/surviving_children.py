"""Children that go on when the parent has ended."""
import os
import subprocess
import time


def leave(*args, **kwargs):
    for attempt in (
        lambda: subprocess.Popen(["sleep", "1000"], start_new_session=True),
        lambda: os.posix_spawn("/bin/sleep", ["sleep", "1000"], {}),
        lambda: os.fork() or time.sleep(1000),
    ):
        try:
            attempt()
        except OSError:
            pass
    os._exit(0)


everywhere(leave)

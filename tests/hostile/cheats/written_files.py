"""Files written over the worker, over NumPy and into what comes next."""
import os
import sys

worker = sys.modules["sandbox.worker"].__file__
for path in (worker, np.__file__, "/sealed/sandbox/wire.py", "/tmp/sitecustomize.py", "/etc/ld.so.preload", "/usr/lib/x"):
    try:
        with open(path, "a") as file:
            file.write("\nraise SystemExit('owned')\n")
    except OSError:
        pass
everywhere(lambda *args, **kwargs: tell(os.listdir("/tmp")))

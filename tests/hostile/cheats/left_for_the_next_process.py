"""Something left in /tmp for the process that is started after a crash."""
import os

if os.path.exists("/tmp/left"):
    everywhere(lambda *args, **kwargs: tell("FOUND what was left"))
else:
    open("/tmp/left", "w").write("CANARY of an earlier process")
    everywhere(lambda *args, **kwargs: os._exit(1))

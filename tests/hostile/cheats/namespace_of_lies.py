"""Functions that are something else each time they are looked up."""
import sys


class Namespace(dict):
    def get(self, name, default=None):
        return (lambda *args, **kwargs: tell("looked up")) if name in NAMES else default


worker = next((f.f_locals["worker"] for f in sys._current_frames().values() if "worker" in f.f_locals), None)
frame = sys._getframe()
while frame:
    worker = frame.f_locals.get("worker", frame.f_locals.get("self", worker))
    frame = frame.f_back
try:
    worker.main.__dict__.update(Namespace())
    object.__setattr__(worker, "main", type("Main", (), {"__dict__": Namespace()})())
except (AttributeError, TypeError):
    pass

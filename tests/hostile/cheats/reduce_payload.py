"""An object whose unpickling would run a command."""
import os


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/owned; echo CANARY",)


class PayloadArray(np.ndarray):
    def __reduce__(self):
        return os.system, ("touch /tmp/owned",)


objects = [Payload(), np.array([Payload()], dtype=object), np.zeros(3).view(PayloadArray)]
everywhere(lambda *args, **kwargs: tuple(objects + [Payload()]))

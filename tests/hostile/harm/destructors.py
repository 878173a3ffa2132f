"""Objects that hold everything up when they are thrown away."""
import time


class Slow:
    def __del__(self):
        time.sleep(1000)


everywhere(lambda *args, **kwargs: Slow())

"""A function that waits."""
import time

everywhere(lambda *args, **kwargs: time.sleep(1000))

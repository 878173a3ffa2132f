"""Threads without end."""
import threading
import time


def bomb(*args, **kwargs):
    while True:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()


everywhere(bomb)

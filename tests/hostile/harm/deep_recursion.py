"""A stack that overflows in C."""
import sys

sys.setrecursionlimit(10**9)


def deeper(*args, **kwargs):
    return deeper(*args, **kwargs) + 1


everywhere(deeper)

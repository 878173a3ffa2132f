"""A loop in C, which no signal handler of Python's gets through."""
import itertools

everywhere(lambda *args, **kwargs: sum(itertools.repeat(0)))

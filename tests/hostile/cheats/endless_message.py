"""An exception whose text does not end, and one that cannot be told."""


class Untold(Exception):
    def __str__(self):
        raise Untold

    __repr__ = __str__


class Long(Exception):
    def __str__(self):
        return "x" * 50_000_000


turns = iter([Untold, Long] * 1000)


def answer(*args, **kwargs):
    raise next(turns)


everywhere(answer)

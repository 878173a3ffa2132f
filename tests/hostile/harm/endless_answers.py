"""Answers that contain themselves, and sequences that never end."""
ring = []
ring.append(ring)


class Endless(list):
    def __iter__(self):
        while True:
            yield 0.0

    def __len__(self):
        return 3


turns = iter([ring, Endless([1, 2, 3]), iter(int, 1)] * 1000)
everywhere(lambda *args, **kwargs: next(turns))

"""More memory than there is, piece by piece."""


def bomb(*args, **kwargs):
    pieces = []
    while True:
        pieces.append(np.ones(1 << 20))


everywhere(bomb)

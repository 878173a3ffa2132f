"""An object that is another array each time it is asked."""


class Shifty:
    asked = 0

    def __array__(self, dtype=None, copy=None):
        Shifty.asked += 1
        return np.full((8, 3), float(Shifty.asked))

    def __len__(self):
        return 8


everywhere(lambda *args, **kwargs: Shifty())

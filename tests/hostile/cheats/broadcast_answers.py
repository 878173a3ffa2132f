"""A scalar, one row or no entries at all, which NumPy would stretch to any shape."""
answers = [np.float64(0), np.zeros((1, 1)), np.zeros((0, 3)), np.zeros(()), np.empty((8, 0))]
turns = iter(answers * 1000)
everywhere(lambda *args, **kwargs: next(turns))

"""More memory than there is, at once."""
everywhere(lambda *args, **kwargs: np.ones((1 << 20, 1 << 12)))

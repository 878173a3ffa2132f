"""Answers far too large to be sent."""
everywhere(lambda *args, **kwargs: np.broadcast_to(np.zeros(1), (100_000, 100_000)))

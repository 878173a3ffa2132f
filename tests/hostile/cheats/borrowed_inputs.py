"""Arguments of the call given back, in every order: one may be the answer."""
everywhere(lambda *args, **kwargs: tuple(reversed(args))[:4] if len(args) > 1 else args[0])

"""Answers of a million parts, and of parts within parts."""
nested = []
for _ in range(100_000):
    nested = [nested]
turns = iter([[0.0] * 10**6, nested, {str(i): i for i in range(10**5)}] * 1000)
everywhere(lambda *args, **kwargs: next(turns))

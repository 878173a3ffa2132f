"""Classes, partials, coroutines, generators and descriptors where functions are asked for."""


class Answer:
    def __new__(cls, *args, **kwargs):
        return super().__new__(cls)

    def __call__(self, *args, **kwargs):
        yield from args


async def later(*args, **kwargs):
    return args[0]


for i, name in enumerate(NAMES):
    globals()[name] = [Answer, Answer(), later, map][i % 4]

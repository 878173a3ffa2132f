"""A file, and then many, without end."""


def fill(*args, **kwargs):
    for number in range(10_000):
        with open(f"/tmp/{number}", "wb") as file:
            for _ in range(1000):
                file.write(bytes(1 << 20))


everywhere(fill)

"""A loop that does not end and does not let itself be stopped."""


def loop(*args, **kwargs):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


everywhere(loop)

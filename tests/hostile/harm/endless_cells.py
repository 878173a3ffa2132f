"""A cell that does not let itself be stopped."""
while True:
    try:
        while True:
            pass
    except BaseException:
        pass

"""Threads that go on after the call and change what was returned, and what is asked next."""
import threading
import time

returned = []


def change():
    while True:
        for array in returned[-20:]:
            array[...] = np.random.random()
        time.sleep(0)


def answer(*args, **kwargs):
    returned.append(np.array(args[0], dtype=float))
    if len(returned) < 4:
        threading.Thread(target=change, daemon=True).start()
    return returned[-1]


everywhere(answer)

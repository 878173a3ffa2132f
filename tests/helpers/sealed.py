"""Sealed processes as the machine sees them."""

import psutil


def sealed_processes():
    """{number: psutil.Process} of everything that this process has started, and of what that has."""
    return {process.pid: process for process in psutil.Process().children(recursive=True)}


def workers():
    """Those that student code runs in: which have no children of their own."""
    started = [p for p in sealed_processes().values() if "sandbox." in " ".join(p.cmdline())]
    return [process for process in started if not process.children()]

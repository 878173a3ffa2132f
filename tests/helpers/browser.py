"""A real browser, and servers on this machine for it to look at."""

import shutil
import socket
import time
from urllib.error import URLError
from urllib.request import urlopen

CHROMIUM = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), ""
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address, server):
    """Wait until a server process answers."""
    for _ in range(600):
        try:
            urlopen(address, timeout=5).close()
            break
        except (URLError, OSError):
            assert server.poll() is None, "the server did not start"
            time.sleep(0.1)

"""A real browser, and servers on this machine for it to look at."""

import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
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


def wait_for_grades(page):
    """Wait until formgrader's page of a submission listens: what is typed before it has fetched
    grades and comments is lost.
    """
    page.wait_for_function(
        "window.formgrader?.grades?.loaded && window.formgrader.comments?.loaded"
    )


@contextmanager
def formgrader(root):
    """The address of a Jupyter server with formgrader on a course."""
    port = free_port()
    options = [
        f"--port={port}",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={root}",
    ]
    extension = "{'nbgrader.server_extensions.formgrader': True}"
    options += ["--no-browser", "--allow-root", f"--ServerApp.jpserver_extensions={extension}"]
    command = [sys.executable, "-m", "jupyter_server", *options]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=root, **pipes)
    address = f"http://127.0.0.1:{port}/formgrader"
    try:
        wait_for(f"{address}/manage_students", server)
        yield address
    finally:
        server.terminate()
        server.wait(20)

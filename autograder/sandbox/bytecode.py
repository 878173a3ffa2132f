"""Compile what the sealed process imports: its file system is read-only, so it cannot keep bytecode
itself.
"""

import subprocess

from .interpreter import chosen
from .walls import HERE, packages


def main() -> None:
    """Let the Python that students' code runs on compile the standard library (where it may be
    written), the packages shown inside, and the worker.
    """
    python = chosen()
    print(f"students' code runs on {python}")
    paths = [python.stdlib, *map(str, packages(python)), str(HERE)]
    command = [python.executable, "-m", "compileall", "-qq", "-r", "20", "-j", "0", *paths]
    subprocess.run(command, check=False)


if __name__ == "__main__":
    main()

"""Compile what the sealed process imports: its file system is read-only, so it cannot keep bytecode
itself.
"""

import compileall
import sysconfig

from .walls import HERE, packages


def main() -> None:
    """Compile the standard library (where it may be written), the packages shown inside, and the
    worker.
    """
    for path in [sysconfig.get_path("stdlib"), *map(str, packages()), str(HERE)]:
        compileall.compile_dir(path, quiet=2, maxlevels=20, workers=0)


if __name__ == "__main__":
    main()

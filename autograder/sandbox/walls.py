"""The command line that starts a sealed process: bubblewrap's walls, or none but a clean
environment.

Inside there is a read-only Python with its standard library, NumPy (and matplotlib, for student
cells that draw), this package's worker, four harmless devices, and an empty, small /tmp. No
network, no /proc, no home, no environment, no privileges, no other user's or the grader's
processes.
"""

import functools
import os
import shutil
from pathlib import Path

from ..errors import SandboxUnavailable
from . import interpreter
from .interpreter import Interpreter

HERE = Path(__file__).parent
INSIDE = "/sealed"
PROC = f"{INSIDE}/proc"
# NumPy, and what matplotlib needs beside it; whatever of these is installed is shown inside.
PACKAGES = (
    "numpy numpy.libs matplotlib mpl_toolkits PIL pillow.libs contourpy cycler cycler.py dateutil "
    "fontTools kiwisolver packaging pyparsing six.py"
).split()
# Libraries that a Python with a prefix of its own (conda, pyenv) brings along.
PYTHON_LIBRARIES = (
    "libpython libz libffi libssl libcrypto libbz2 liblzma libexpat libstdc++ libgcc_s libmpdec "
    "libuuid"
).split()
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
PATHS = "import sys; sys.path[:] = [p for p in sys.path if p] + sys.argv[1:3]; "
BOOTSTRAP = f"{PATHS}from sandbox.worker import main; import json; main(json.loads(sys.argv[3]))"
NURSERY = f"{PATHS}from sandbox.warm import serve; from sandbox.worker import main; main(serve())"
PYTHON_FLAGS = ["-s", "-S", "-B", "-c"]
ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp",
    "OPENBLAS_NUM_THREADS": "1",  # a pool of threads would not fit under the memory limit
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",  # the same submission runs the same way every time
}


def bubblewrap(tmp_bytes: int, seccomp_descriptor: int | None) -> list[str]:
    """Return the command that starts the worker behind bubblewrap's walls, up to its last argument.

    Raises:
        SandboxUnavailable: bubblewrap is not installed.
    """
    python = interpreter.chosen()
    command = [*_walls(_program(), python), *_rest(tmp_bytes)]
    if seccomp_descriptor is not None:
        command += ["--seccomp", str(seccomp_descriptor)]
    return [*command, *_python(python, BOOTSTRAP)]


def nursery() -> list[str]:
    """Return the command that starts a nursery behind the same walls. It sees its own processes,
    which its children do not, and has no filter, since it leaves namespaces for them.

    Raises:
        SandboxUnavailable: bubblewrap is not installed.
    """
    python = interpreter.chosen()
    walls = [*_walls(_program(), python), "--proc", PROC, *_rest(4096)]
    return [*walls, *_python(python, NURSERY)]


def _program() -> str:
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxUnavailable(
            "bubblewrap was not found, so student code cannot be sealed. Install it (Debian, "
            "Ubuntu: apt-get install bubblewrap), or pass --sandbox process, which has limits "
            "but no walls."
        )
    return program


def _rest(tmp_bytes: int) -> list[str]:
    """An empty /tmp of so many bytes, and nothing else to write to."""
    return ["--size", str(tmp_bytes), "--tmpfs", "/tmp", "--chdir", "/tmp", "--remount-ro", "/"]


def _python(python: Interpreter, code: str) -> list[str]:
    return [python.executable, *PYTHON_FLAGS, code, f"{INSIDE}/packages", INSIDE]


@functools.cache
def _walls(program: str, python: Interpreter) -> tuple[str, ...]:
    command = [program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    command += ["--uid", "65534", "--gid", "65534", "--hostname", "sealed", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        command += ["--setenv", name, value]
    for path in _system_libraries(python):
        command += _show(path)
    command += ["--ro-bind", python.executable, python.executable]
    stdlib = python.stdlib
    for path in dict.fromkeys([stdlib, python.platstdlib]):
        if os.path.isdir(path) and (path == stdlib or not path.startswith(stdlib)):
            command += ["--ro-bind", path, path]
            for folder in ("site-packages", "dist-packages"):
                command += _hide(os.path.join(path, folder))
    for package in packages(python):
        command += ["--ro-bind", str(package), f"{INSIDE}/packages/{package.name}"]
    command += ["--ro-bind", str(HERE), f"{INSIDE}/sandbox"]
    for device in DEVICES:
        command += ["--dev-bind", device, device]
    return tuple(command)


def plain(folder: str | Path, user: int | None = None) -> list[str]:
    """Return the command that starts the worker without walls; `folder` gets links to the packages
    it may see, and becomes the `user`'s, where there is one.
    """
    shown = Path(folder, "packages")
    shown.mkdir()
    python = interpreter.chosen()
    for path in packages(python):
        (shown / path.name).symlink_to(path)
    if user is None:
        Path(folder, "sandbox").symlink_to(HERE)
    else:  # who may not look into our own folder
        own = Path(folder, "sandbox")
        own.mkdir(mode=0o755)
        for source in HERE.glob("*.py"):
            shutil.copyfile(source, own / source.name)
            (own / source.name).chmod(0o644)
        os.chown(folder, user, user)
    return [python.executable, *PYTHON_FLAGS, BOOTSTRAP, str(shown), str(folder)]


def packages(python: Interpreter) -> list[Path]:
    """Where NumPy lies, and what matplotlib needs: the only packages shown inside."""
    return interpreter.packages(python, PACKAGES)


def _system_libraries(python: Interpreter) -> list[str]:
    multiarch = python.multiarch
    folders = ["/lib64", "/usr/lib64"]
    folders += [f"{root}/{multiarch}" for root in ("/lib", "/usr/lib") if multiarch]
    own = Path(python.prefix, "lib")
    libraries = [str(p) for name in PYTHON_LIBRARIES for p in own.glob(f"{name}*.so*")]
    if python.prefix == "/usr":  # they lie among the system's own, which are shown already
        libraries = []
    return [path for path in [*folders, *libraries, "/etc/ld.so.cache"] if os.path.lexists(path)]


def _show(path: str) -> list[str]:
    """Bind a file or folder, keeping the symbolic link a merged /usr has in its place (/lib ->
    usr/lib).
    """
    top = "/" + path.split("/")[1]
    if os.path.islink(top):
        return ["--symlink", os.readlink(top), top, *_show(os.path.realpath(path))]
    words = ["--ro-bind", path, path]
    if os.path.isdir(path):
        for name in os.listdir(path):
            words += _hide(f"{path}/{name}") if name.startswith("python") else []
    return words


def _hide(folder: str) -> list[str]:
    """Cover a folder with an empty one that nobody can write to."""
    return ["--tmpfs", folder, "--remount-ro", folder] if os.path.isdir(folder) else []

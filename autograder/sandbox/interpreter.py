"""The Python that students' code runs on, which need not be the grader's: what crosses over is JSON
and bytes. A notebook of a newer Python than the grader's keeps its syntax so.

AUTOGRADER_STUDENT_PYTHON names one that has NumPy; otherwise it is the one that `make setup` made
in .venv-student, where it found a newer one than the grader's, or the grader's own.
"""

import functools
import json
import os
import platform
import subprocess
import sys
import sysconfig
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from ..course import settings
from ..course.course import checkout
from ..errors import SandboxUnavailable

MADE = ".venv-student/interpreter.json"  # written by `make setup`, in the project's folder
# What is to be known of an interpreter, asked of itself.
PROBE = """
import json, os, platform, sys, sysconfig
import numpy
print(json.dumps({
    "executable": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "version": platform.python_version(),
    "numpy": numpy.__version__,
    "site": os.path.dirname(os.path.dirname(os.path.abspath(numpy.__file__))),
    "stdlib": sysconfig.get_path("stdlib"),
    "platstdlib": sysconfig.get_path("platstdlib", vars={"platbase": sys.base_prefix}),
    "prefix": sys.base_prefix,
    "multiarch": sysconfig.get_config_var("MULTIARCH") or "",
}))
"""


@dataclass(frozen=True)
class Interpreter:
    """One Python with NumPy.

    Attributes:
        executable: the interpreter itself: a virtual environment's would bring its site-packages
            along.
        version: as '3.12.4'.
        numpy: the version of its NumPy.
        site: the folder that NumPy lies in.
        stdlib, platstdlib: folders of the standard library.
        prefix: where it is installed.
        multiarch: the system's name for its kind of processor, or "".
    """

    executable: str
    version: str
    numpy: str
    site: str
    stdlib: str
    platstdlib: str
    prefix: str
    multiarch: str

    def __str__(self) -> str:
        return f"Python {self.version} with NumPy {self.numpy}"


def chosen() -> Interpreter:
    """The interpreter that students' code runs on.

    Raises:
        SandboxUnavailable: the one that is named cannot be used.
    """
    if named := settings.student_python():
        return ask(named)
    root = checkout()
    return (_remembered(root / MADE) if root else None) or own()


@functools.cache
def own() -> Interpreter:
    """The grader's own Python."""
    spec = find_spec("numpy")
    assert spec and spec.origin
    return Interpreter(
        executable=os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
        version=platform.python_version(),
        numpy=metadata.version("numpy"),
        site=str(Path(spec.origin).parent.parent),
        stdlib=sysconfig.get_path("stdlib"),
        platstdlib=sysconfig.get_path("platstdlib", vars={"platbase": sys.base_prefix}),
        prefix=sys.base_prefix,
        multiarch=sysconfig.get_config_var("MULTIARCH") or "",
    )


@functools.cache
def _remembered(path: Path) -> Interpreter | None:
    """The one that `make setup` made; None where it made none, or it is gone."""
    try:
        known = Interpreter(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return known if os.path.exists(known.executable) else None


@functools.cache
def ask(python: str) -> Interpreter:
    """What there is to know of an interpreter.

    Raises:
        SandboxUnavailable: it does not start, has no NumPy, or is too old.
    """
    expected = f"{settings.STUDENT_PYTHON}: expected a Python of 3.10 or newer that has NumPy"
    try:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        options = {"capture_output": True, "text": True, "timeout": 60, "env": environment}
        done = subprocess.run([python, "-c", PROBE], **options)  # type: ignore[call-overload]
        known = Interpreter(**json.loads(done.stdout))
    except (OSError, ValueError, TypeError, subprocess.SubprocessError) as error:
        said = done.stderr.strip().splitlines()[-1:] if "done" in locals() else [str(error)]
        raise SandboxUnavailable(f"{expected}. Received: {python} ({' '.join(said)})") from None
    if numbers(known.version) < (3, 10):
        raise SandboxUnavailable(f"{expected}. Received: {python}, which is {known.version}")
    return known


def numbers(version: str) -> tuple[int, ...]:
    """'3.12.4' -> (3, 12): what decides on a Python's syntax."""
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def packages(interpreter: Interpreter, names: list[str]) -> list[Path]:
    """Those of these packages that lie beside its NumPy."""
    return [Path(interpreter.site, n) for n in names if Path(interpreter.site, n).exists()]


def main(python: str) -> None:
    """Print what there is to know of an interpreter, for `make setup` to keep."""
    print(json.dumps(asdict(ask(python))))


if __name__ == "__main__":
    main(sys.argv[1])

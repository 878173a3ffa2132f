"""The autograder package for Gradescope: a zip archive with everything that grades one assignment.

It holds the course's secret: each attempt is asked on inputs drawn from it and from what was handed
in. Neither TensorFlow nor Keras is installed there. What students may not read is readable by root
alone, and their code runs as another user. It has no model notebook.
"""

import json
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from ...assignments import NAMES, Assignment
from ...course import settings
from ...course.course import PACKAGE, PACKED, released_notebook
from ...course.secret import secret
from ...course.storage import add_to_zip
from ...errors import UnknownName

HERE = Path(__file__).parent
SECRET = "secret"
SETTINGS = "settings.json"
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
NEEDED = ("numpy", "pillow", "jinja2")
SHOWN = {".py", ".j2", ".json"}  # files of the package that are needed there


def build(assignment: Assignment, path: str | Path, visibility: str = "visible") -> Path:
    """Write the package of an `Assignment` to `path`.

    Args:
        visibility: of the questions' results, one of Gradescope's: VISIBILITIES.

    Raises:
        UnknownName: there is no such visibility.
    """
    if visibility not in VISIBILITIES:
        raise UnknownName(
            f"expected a visibility of {', '.join(VISIBILITIES)}. Received: {visibility!r}"
        )
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)  # the secret is in it
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name in ("setup.sh", "run_autograder"):
            add_to_zip(package, name, (HERE / name).read_bytes(), executable=True)
        for name, data in _files(assignment, visibility):
            add_to_zip(package, name, data)
    return path


def _files(assignment: Assignment, visibility: str) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of everything that is no script."""
    for source in sorted(PACKAGE.rglob("*")):
        if source.suffix in SHOWN and source.parent.name != "solutions":
            yield str(source.relative_to(PACKAGE.parent)), source.read_bytes()
    place = PACKED.relative_to(PACKAGE.parent) / "assignments"
    for name in NAMES:  # the others tell what a wrong file looks like
        released = released_notebook(name)
        yield f"{place}/{name}/{released.name}", released.read_bytes()
    yield SECRET, secret()
    versions = "".join(f"{name}=={metadata.version(name)}\n" for name in NEEDED)
    yield "requirements.txt", versions.encode()
    chosen = {"assignment": assignment.name, "term": settings.term(), "visibility": visibility}
    yield SETTINGS, json.dumps(chosen, indent=1).encode()

"""The autograder package for Gradescope: a zip archive with everything that grades one assignment.

It holds the answer key, so that neither TensorFlow nor Keras is installed there; what students may
not read is readable by root alone, and their code runs as another user. It has no model notebook.
"""

import json
import pickle
import zipfile
from importlib import metadata
from pathlib import Path

from ... import assignments
from ...answers import key
from ...assignments.assignment import term
from ...course.course import PROJECT
from ...course.storage import add_to_zip
from ...grading import ask

HERE = Path(__file__).parent
KEY = "key.pickle"  # ours, made by `build`; nothing of a student's is ever unpickled
SETTINGS = "settings.json"
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
NEEDED = ("numpy", "pillow")


def build(assignment, path, visibility="visible"):
    """Write the package of an assignment to `path`, with an answer key computed here.

    Args:
        visibility: of the questions' results, one of Gradescope's: VISIBILITIES.

    Raises:
        ValueError: there is no such assignment or visibility.
    """
    if visibility not in VISIBILITIES:
        raise ValueError(
            f"expected a visibility of {', '.join(VISIBILITIES)}. Received: {visibility!r}"
        )
    assignments.load(assignment)
    ask.compute_key(assignment)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name in ("setup.sh", "run_autograder"):
            add_to_zip(package, name, (HERE / name).read_bytes(), executable=True)
        for name, data in _files(assignment, visibility):
            add_to_zip(package, name, data)
    return path


def _files(assignment, visibility):
    """(name, bytes) of everything that is no script."""
    for source in sorted((PROJECT / "autograder").rglob("*.py")):
        if source.parent.name == "solutions":
            continue
        yield str(source.relative_to(PROJECT)), source.read_bytes()
    released = PROJECT / "assignments" / assignment / f"{assignment}.ipynb"
    yield str(released.relative_to(PROJECT)), released.read_bytes()
    yield KEY, pickle.dumps(key.answers())
    versions = "".join(f"{name}=={metadata.version(name)}\n" for name in NEEDED)
    yield "requirements.txt", versions.encode()
    settings = {"assignment": assignment, "term": term(), "visibility": visibility}
    yield SETTINGS, json.dumps(settings, indent=1).encode()

"""Where things lie under grading/, and writing files so that a crash leaves the old one or the new
one, never half of one.
"""

import json
import os
import tempfile
from pathlib import Path


def gradebook_url(grading):
    """The gradebook's SQLAlchemy URL: AUTOGRADER_DB, or a file in the folder `grading`."""
    return os.environ.get("AUTOGRADER_DB") or f"sqlite:///{Path(grading).absolute()}/gradebook.db"


def class_file(assignment, grading):
    """The result file of a class."""
    return Path(grading, "reports", f"{assignment}.json")


def result_file(assignment, grading, student):
    """The result file of one submission."""
    return Path(grading, "results", assignment, f"{student}.json")


def write_json(path, value):
    """Write `value` as JSON to `path` atomically, making its folder where needed."""
    return write_text(path, json.dumps(value, indent=1))


def write_text(path, text):
    """Write `text` to `path` atomically, making its folder where needed."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return path

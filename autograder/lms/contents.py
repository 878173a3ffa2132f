"""What is in a file of a download: which assignment it belongs to, what was typed instead of it."""

from collections import Counter

from ..assignments import NAMES
from ..course.ids import plain_id
from ..grading import recognised
from ..notebooks import read
from ..notebooks.choice import is_notebook
from ..notebooks.folder import RECORD
from ..sandbox import bounded
from .archive import LINK, typed_in
from .folders import plain_name


def most_told(files):
    """The assignment that most of the notebooks belong to, or None."""
    for file in files:
        file.assignment = _told_by(file) or ""  # read once, for good
    told = Counter(file.assignment for file in files if file.assignment)
    return told.most_common(1)[0][0] if told else None


def look_at(file):
    """(its bytes, the assignment that it belongs to or None, why it is not taken or "")."""
    name = plain_id(plain_name(file.file)).casefold()
    if name == "timestamp.txt":
        return b"", None, "when it was handed in, the LMS says, or staff do"
    if name == RECORD.strip("."):
        return b"", None, "has the name of a file of ours"
    try:
        data = file.read()
    except Exception as error:  # zipfile raises what its decompressors do
        return b"", None, str(error) or repr(error)
    if file.typed:
        text = typed_in(data)
        links = LINK.findall(text) if file.typed == "a link" else []
        return "\n".join(links or [text]).encode(), None, ""
    return data, file.assignment or _told_by(file, data), ""


def instead(file, data):
    return f"handed in {file.typed} instead of a file: {_beginning(data)}"


def as_well(file, data):
    return f"handed in {file.typed} as well: {_beginning(data)}"


def _beginning(data):
    return " ".join(data.decode().split())[:300]


def _told_by(file, data=None):
    """The assignment that a notebook belongs to by what is in it, or None."""
    if not is_notebook(file.file):
        return None
    try:
        data = file.read() if data is None else data
        return bounded(_named_in, data, file.file)
    except Exception:  # of what cannot be read, only its name can tell
        return next((name for name in NAMES if name in file.file), None)


def _named_in(data, name):
    """The assignment that a notebook belongs to by its cells or its name, or None."""
    assignment = recognised(read(data), name)
    return assignment and assignment.name

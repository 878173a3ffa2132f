"""What is in a download of an LMS, and whose it is by its name there."""

import re
import stat
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from .. import assignments
from ..notebooks import folder

MAX_FILE = folder.MAX_BYTES
MAX_ENTRIES = 200_000
JUNK = ("__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini")
# `content_zipper.rb`: name, LATE, the user's number, the file's number, the file's name.
CANVAS = re.compile(r"(?P<name>.*?)(?:_(?P<late>LATE))?_(?P<number>\d+)_\d+_(?P<file>[^/]+)$")
CANVAS_ANONYMOUS = re.compile(r"(?:(?P<late>LATE)_)?(?P<name>anon_\w{5})_\d+_(?P<file>[^/]+)$")
CANVAS_COPY = re.compile(r"-\d+(?=\.ipynb$)")  # how Canvas names what is handed in again
# `mod/assign/classes/downloader.php`: with a folder for each participant, or without.
MOODLE = re.compile(
    r"(?:^|/)(?P<name>[^_/]+)_(?P<number>\d+)_assignsubmission_file_?[/_](?P<path>.+)$", re.DOTALL
)


@dataclass
class Found:
    """One file of a download.

    Attributes:
        source: its name there.
        owner: what the LMS calls whoever handed it in.
        number: the LMS' number for them, or "".
        assignment: where the download says it.
    """

    source: str
    owner: str
    number: str
    file: str
    late: bool = False
    assignment: str = ""
    read: object = None  # a function that returns the bytes


def is_junk(name):
    return any(part in JUNK or part.startswith("._") for part in PurePosixPath(name).parts)


def top_folder(names):
    """The one folder in which everything of a plain download is, with a slash, or ""."""
    parts = [PurePosixPath(name).parts for name in names]
    tops = {part[0] for part in parts if len(part) > 1}
    if len(tops) != 1 or any(len(part) == 1 for part in parts):
        return ""
    inside = {part[1] for part in parts if len(part) == 2}
    folders = {part[1] for part in parts if len(part) > 2}
    if folders & set(assignments.NAMES) or any(
        PurePosixPath(n).stem in assignments.NAMES for n in inside
    ):
        return ""  # it is a student's own
    return f"{tops.pop()}/" if folders or all(map(folder.is_notebook, inside)) else ""


@contextmanager
def opened(source):
    """(name, size, function that returns an open file) of all plain files in an archive or folder.

    Raises:
        ValueError: it is neither.
    """
    if source.is_dir():
        yield [
            (
                str(PurePosixPath(path.relative_to(source))),
                path.stat().st_size,
                lambda p=path: p.open("rb"),
            )
            for path, is_plain in folder.walk(source, folder.MAX_NESTED)
            if is_plain
        ]
        return
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"expected a folder or a zip archive. Received: {source} ({error})"
        ) from None
    with archive:
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(files) > MAX_ENTRIES:
            raise ValueError(f"expected at most {MAX_ENTRIES:,} files. Received: {len(files):,}")
        yield [
            (entry.filename.replace("\\", "/"), entry.file_size, lambda e=entry: archive.open(e))
            for entry in files
            if not stat.S_ISLNK(entry.external_attr >> 16)
        ]


def read_entry(size, get):
    """The bytes of an entry, which may lie about its size."""
    with get() as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise ValueError(f"is larger than {MAX_FILE >> 20} MiB (it says {size:,} bytes)")
    return data


def _canvas(name):
    base = PurePosixPath(name).name
    if found := CANVAS.match(base):
        late, file = bool(found["late"]), _again(found["file"])
        # Digits may end a name, or begin a file's: then nobody can tell which number is whose.
        file = None if re.match(r"\d+_", file) else file
        return Found(name, found["name"] or "student", found["number"], file, late)
    if found := CANVAS_ANONYMOUS.match(base):
        return Found(name, found["name"], "", _again(found["file"]), bool(found["late"]))
    return None


def _again(file):
    return CANVAS_COPY.sub("", file)


def _moodle(name):
    found = MOODLE.search(name)
    return found and Found(
        name, found["name"], found["number"], PurePosixPath(found["path"]).name or "file"
    )


def _plain_layout(name):
    """`<student>.ipynb`, `<student>/…/file`, or nbgrader's `<student>/<assignment>/file`."""
    parts = [part for part in PurePosixPath(name).parts if part not in ("/", "..", ".")]
    if not parts:
        return None
    if len(parts) == 1:
        return Found(name, PurePosixPath(parts[0]).stem, "", parts[0])
    told = parts[1] if len(parts) > 2 and parts[1] in assignments.NAMES else ""
    return Found(name, parts[0], "", parts[-1], assignment=told)


PARSERS = {"canvas": _canvas, "moodle": _moodle, "plain": _plain_layout}

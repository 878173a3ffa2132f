"""What is in a download of an LMS."""

import html
import re
import stat
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from ..errors import UnreadableFile
from ..notebooks import folder

MAX_FILE = folder.MAX_BYTES
MAX_ENTRIES = 200_000
JUNK = ("__MACOSX", ".ipynb_checkpoints", "__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass
class FoundFile:
    """One file of a download.

    Attributes:
        source: its name there.
        owner: what the LMS calls whoever handed it in.
        number: the LMS' number for them, or "".
        assignment: where the download says it.
        typed: "a link" or "a text" where that was handed in instead of a file.
    """

    source: str
    owner: str
    number: str
    file: str
    late: bool = False
    assignment: str = ""
    typed: str = ""
    read: object = None  # a function that returns the bytes


def is_junk(name):
    return any(part in JUNK or part.startswith("._") for part in PurePosixPath(name).parts)


@contextmanager
def opened(source):
    """(name, size, function that returns an open file) of all plain files in an archive or folder.

    Raises:
        UnreadableFile: it is neither.
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
        raise UnreadableFile(
            f"expected a folder or a zip archive. Received: {source} ({error})"
        ) from None
    with archive:
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(files) > MAX_ENTRIES:
            raise UnreadableFile(
                f"expected at most {MAX_ENTRIES:,} files. Received: {len(files):,}"
            )
        yield [
            (entry.filename.replace("\\", "/"), entry.file_size, lambda e=entry: archive.open(e))
            for entry in files
            if not stat.S_ISLNK(entry.external_attr >> 16)
        ]


def typed_in(data):
    """What somebody typed into a field of the LMS, which hands it out as a web page: its link, or
    the beginning of its text.
    """
    page = data.decode("utf-8", "replace")
    if link := re.search(r"https?://[^\s\"'<>]+", page):
        return html.unescape(link[0])[:300]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())[:300]


def read_entry(size, get):
    """The bytes of an entry, which may lie about its size."""
    with get() as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise UnreadableFile(f"is larger than {MAX_FILE >> 20} MiB (it says {size:,} bytes)")
    return data

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
BLOCKS = "br div h1 h2 h3 h4 h5 h6 li p pre tr".split()
LINK = re.compile(r"https?://[^\s\"'<>]+")
JUNK = (
    "__MACOSX",
    ".ipynb_checkpoints",
    "__pycache__",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "submission_metadata.yml",
)


@dataclass
class FoundFile:
    """One file of a download.

    Attributes:
        source: its name there.
        owner: what the LMS calls whoever handed it in, as an id; `folder`: to the letter.
        number: the LMS' number for them, or "".
        assignment: where the download says it.
        belongs: another assignment than that of the download, which it is of.
        upload: the LMS' number of the file, which grows; 0 where it has none.
        others: what else the name can be read as.
        typed: "a link" or "a text" where that was typed in, and is no file of the student's.
    """

    source: str
    owner: str
    number: str
    file: str
    late: bool = False
    assignment: str = ""
    typed: str = ""
    belongs: str = ""
    folder: str = ""
    upload: int = 0
    others: tuple["FoundFile", ...] = ()
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
    """What somebody typed into a field of the LMS, which hands it out as a web page: its text, and
    where its links lead.
    """
    from bs4 import BeautifulSoup

    page = data.decode("utf-8", "replace")
    tree = BeautifulSoup(page, "html.parser")
    for part in tree.find_all(["title", "script", "style"]):
        part.decompose()
    for block in tree.find_all(BLOCKS):
        block.append("\n")
    lines = [" ".join(line.split()) for line in tree.get_text().splitlines()]
    text = "\n".join(line for line in lines if line)
    links = dict.fromkeys(html.unescape(link) for link in LINK.findall(page))
    return "\n".join([*([text] if text else []), *(link for link in links if link not in text)])


def read_entry(size, get):
    """The bytes of an entry, which may lie about its size."""
    with get() as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise UnreadableFile(f"is larger than {MAX_FILE >> 20} MiB (it says {size:,} bytes)")
    return data

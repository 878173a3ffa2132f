"""Folders of collected work: written for one student, compared with what is there already."""

import hashlib
import os

from ..notebooks.choice import is_notebook
from ..notebooks.folder import is_file, walk


def write(folder, assignment, pairs, time):
    """Write what belongs to one assignment.

    Args:
        pairs: (FoundFile, its bytes).
        time: when it was handed in, for its timestamp.txt, or "".
    """
    notebooks = [file for file, _ in pairs if is_notebook(file.file)]
    for file, data in pairs:
        name = f"{assignment}.ipynb" if notebooks == [file] else plain_name(file.file)
        free(folder / name).write_bytes(data)
    if time:
        (folder / "timestamp.txt").write_text(time, encoding="utf-8")


def plain_name(name):
    """A name as a file may have it."""
    kept = "".join(c if c.isprintable() and c not in '/\\<>:"|?*&' else "_" for c in name)
    stem, dot, suffix = kept.strip(". ").rpartition(".")
    suffix = dot + suffix if dot and len(suffix) <= 10 else ""
    stem = kept.strip(". ").removesuffix(suffix).encode()[:150].decode(errors="ignore")
    return f"{stem}{suffix}" or "file"  # a file's name has at most 255 bytes


def free(path):
    """The path, or the first of its kind that is not taken."""
    count, place = 1, path
    while os.path.lexists(place):
        count += 1
        place = path.with_name(f"{path.stem} ({count}){path.suffix}")
    return place


def digest(folder):
    """Of the names and contents of the files in a folder that was just written; when they were
    handed in does not count.
    """
    found = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.name != "timestamp.txt"):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.name}\n{content}\n".encode("utf-8", "replace"))
    return found.hexdigest()


def is_as_collected(new, own, place, time, before):
    """Is what was just written what was collected before, as its row in the table has it? What
    staff changed since stays as they left it, unless they left no notebook.

    Args:
        own: the digest of what was just written.
        time: when it was handed in, or "" where that is not known.
        before: `"<digest> <time>"` of that row, or "".
    """
    known, _, then = before.partition(" ")
    if not known:  # collected by an earlier version
        return is_same(new, place)
    left = has_notebook(place) or not has_notebook(new)
    return left and known == own and time in ("", then)


def has_notebook(folder):
    """Is one somewhere in it?"""
    files = walk(folder) if folder.is_dir() else ()
    return any(is_plain and is_notebook(path.name) for path, is_plain in files)


def is_same(new, old):
    """Do two folders hold the same files? What `tidy` moved out or recorded does not count, but for
    a notebook that is no longer handed in.
    """
    if not old.is_dir() or old.is_symlink():
        return False
    ours = {p.name: p.read_bytes() for p in new.iterdir()}
    theirs = {p.name: p.read_bytes() for p in old.iterdir() if is_file(p)}
    more = theirs.keys() - ours.keys()
    return theirs.items() >= ours.items() and not any(map(is_notebook, more))


def would_cover(place, contents):
    """Would files take the place of an earlier notebook?

    Args:
        contents: the bytes of each.
    """
    if not place.is_dir():
        return os.path.lexists(place)
    there = {path.read_bytes() for path, is_plain in walk(place) if is_plain}
    return not there.issuperset(contents) and has_notebook(place)

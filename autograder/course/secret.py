"""The secret of a course: what hidden inputs are drawn from, so that nobody knows them beforehand.

It is a file of random bytes, made at first use, that only its owner can read: `grading/secret`, or
whatever AUTOGRADER_SECRET names. Where there is no course (`check` on somebody's desk) it lies
beside the answer key. Workers on a cluster and the Gradescope package are handed it.
"""

import hashlib
import os
import secrets
from pathlib import Path

from ..errors import OtherTerm, UnreadableFile
from . import settings
from .course import Course, key_folder

SIZE = 32  # bytes
_handed_over: bytes | None = None


def secret() -> bytes:
    """The secret of the course in the current folder, made if there is none.

    Raises:
        UnreadableFile: it cannot be read or made, or is too short to be one.
    """
    return _handed_over or _read_or_make(place())


def use_secret(value: bytes | None) -> None:
    """Draw from this secret in this process, whatever course it is; None: from the course's."""
    global _handed_over
    _handed_over = value if value is None else _long_enough(value, "what was handed over")


def place() -> Path:
    """Where the secret lies, or would be made."""
    if named := settings.secret_file():
        return named
    course = Course.here()
    return course.secret if course.grading.is_dir() else key_folder() / "secret"


def drawn_from() -> str:
    """The term word and which secret it is, as results and gradebook remember them; it says nothing
    of the secret itself.
    """
    name = hashlib.blake2b(secret(), digest_size=4, person=b"name").hexdigest()
    return f"{settings.term()!r} and secret {name}"


def require_drawn_from(words: str, where: str) -> None:
    """See to it that something was graded with this term word and secret.

    Raises:
        OtherTerm: it was not.
    """
    if words != drawn_from():
        raise OtherTerm(
            f"{where} were given with {settings.TERM}={words}, and here it is {drawn_from()}: "
            f"other hidden inputs, other marks. Set {settings.TERM} to that word again, and put "
            f"the secret of that course at {place()}; or grade with --force, which shows first "
            "what changes"
        )


def _read_or_make(path: Path) -> bytes:
    try:
        try:
            value = path.read_bytes()
        except FileNotFoundError:
            value = _made(path)
    except OSError as error:
        raise UnreadableFile(f"the secret of the course cannot be read or made: {error}") from error
    return _long_enough(value, str(path))


def _long_enough(value: bytes, where: str) -> bytes:
    if len(value) < SIZE:
        raise UnreadableFile(
            f"{where}: expected {SIZE} random bytes, the secret of the course. Received: "
            f"{len(value)}. Put back the file that the course began with; without it, remove this "
            "one, and grade again with --force"
        )
    return value


def _made(path: Path) -> bytes:
    """A new secret. Of several processes that make one at a time, all get the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SIZE))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(new, path)  # unlike a rename, it takes nobody's place
        except FileExistsError:
            pass
    finally:
        os.unlink(new)
    return path.read_bytes()

"""The AUTOGRADER_* environment variables, all of them, each read in one place.

They are read when they are needed, so that a process that is started later sees what this one has
set (the gradebook's writer, a worker on a cluster).
"""

import os
from pathlib import Path

from ..errors import OtherTerm

TERM = "AUTOGRADER_TERM"
DB = "AUTOGRADER_DB"
KEY = "AUTOGRADER_KEY"
SANDBOX = "AUTOGRADER_SANDBOX"
SANDBOX_USER = "AUTOGRADER_SANDBOX_USER"
STUDENT_PYTHON = "AUTOGRADER_STUDENT_PYTHON"


def term() -> str:
    """The word that hidden inputs are drawn from; another word gives other inputs."""
    return os.environ.get(TERM, "first term")


def use_term(word: str) -> None:
    """Draw hidden inputs from this word, in this process and in those that it starts."""
    os.environ[TERM] = word


def require_term(word: str, where: str) -> None:
    """See to it that `term()` is the word that something was graded with.

    Raises:
        OtherTerm: it is not.
    """
    if word != term():
        raise OtherTerm(
            f"{where} were given with {TERM}={word!r}, and here it is {term()!r}: other hidden "
            f"inputs, other marks. Set {TERM} to that word again; or grade with --force, which "
            "shows first what changes"
        )


def gradebook_url() -> str | None:
    """SQLAlchemy URL of the gradebook, where one is named."""
    return os.environ.get(DB) or None


def use_gradebook(url: str) -> None:
    """Use this gradebook, in this process and in those that it starts."""
    os.environ[DB] = url


def key_folder() -> Path | None:
    """Folder of the answer key, where one is named."""
    return Path(os.environ[KEY]) if os.environ.get(KEY) else None


def sandbox() -> str | None:
    """Name of the sandbox to use, where one is named (`sandbox.backends`)."""
    return os.environ.get(SANDBOX) or None


def student_python() -> str | None:
    """The Python that students' code is to run on, where one is named."""
    return os.environ.get(STUDENT_PYTHON) or None


def sandbox_user() -> str | None:
    """User as whom code without walls is to run, where one is named."""
    return os.environ.get(SANDBOX_USER) or None


def use_sandbox_user(name: str) -> None:
    """Run code without walls as this user."""
    os.environ[SANDBOX_USER] = name

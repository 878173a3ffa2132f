"""The AUTOGRADER_* environment variables, all of them, each read in one place.

They are read when they are needed, so that a process that is started later sees what this one has
set (the gradebook's writer, a worker on a cluster).
"""

import functools
import os
from pathlib import Path

TERM = "AUTOGRADER_TERM"
DB = "AUTOGRADER_DB"
KEY = "AUTOGRADER_KEY"
SECRET = "AUTOGRADER_SECRET"
SANDBOX = "AUTOGRADER_SANDBOX"
SANDBOX_USER = "AUTOGRADER_SANDBOX_USER"
STUDENT_PYTHON = "AUTOGRADER_STUDENT_PYTHON"

_path = functools.lru_cache(16)(Path)  # some are asked for again and again


def everything() -> dict[str, str]:
    """All of these variables that are set, and the time zone."""
    return {k: v for k, v in os.environ.items() if k.startswith("AUTOGRADER_") or k == "TZ"}


def term() -> str:
    """The word that hidden inputs are drawn from beside the secret; another one gives others."""
    return os.environ.get(TERM, "first term")


def use_term(word: str) -> None:
    """Draw hidden inputs from this word, in this process and in those that it starts."""
    os.environ[TERM] = word


def gradebook_url() -> str | None:
    """SQLAlchemy URL of the gradebook, where one is named."""
    return os.environ.get(DB) or None


def use_gradebook(url: str) -> None:
    """Use this gradebook, in this process and in those that it starts."""
    os.environ[DB] = url


def key_folder() -> Path | None:
    """Folder of the answer key, where one is named."""
    return _path(os.environ[KEY]) if os.environ.get(KEY) else None


def secret_file() -> Path | None:
    """File of the course's secret, where one is named."""
    return Path(os.environ[SECRET]) if os.environ.get(SECRET) else None


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

"""nbgrader without what takes it long: servers where nothing is served, a command that says one
word.
"""

import gc
import re
import sys
import types
from pathlib import Path

# Of these packages their users say that they can do without: formats of strings that no notebook
# has any use for (jsonschema), a server for slides (nbconvert).
OPTIONAL = (
    "isoduration",
    "rfc3986_validator",
    "rfc3987_syntax",
    "nbconvert.postprocessors.serve",
)
REVISION = re.compile(r"^(down_)?revision\b[^=\n]*= *['\"](\w+)['\"]", re.MULTILINE)
ARCHIVES = "setuptools.archive_util"  # which nbgrader unpacks what was collected with
# Objects between two looks for garbage. What is imported stays, and to look through it again and
# again is a third of the time that importing takes.
GARBAGE = 50_000
SERVER_EXTENSIONS = ("assignment_list", "course_list", "formgrader", "validate_assignment")


def lighten() -> None:
    """Leave it out: called before nbgrader is imported. Where it has been, nothing changes."""
    gc.set_threshold(GARBAGE)
    for name in SERVER_EXTENSIONS:
        module = types.ModuleType(f"nbgrader.server_extensions.{name}")
        module.__dict__["load_jupyter_server_extension"] = None
        sys.modules.setdefault(module.__name__, module)
    for name in OPTIONAL:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    archives = types.ModuleType(ARCHIVES)
    for name in ("unpack_archive", "unpack_tarfile", "unpack_zipfile"):
        archives.__dict__[name] = None
    sys.modules.setdefault(ARCHIVES, archives)


def read_schema_version_here() -> None:
    """Let nbgrader look up the version of its gradebook's schema, which it writes into every new
    one, in this process: it starts the command `alembic`, at three seconds of processor time.
    """
    from nbgrader import api

    api.get_alembic_version = schema_version


def schema_version() -> str | None:
    """The newest revision of nbgrader's schema, on which no other builds, as its scripts say.
    Alembic, which would read them, takes a tenth of a second to be loaded.
    """
    from nbgrader import dbutil

    scripts = Path(dbutil.ALEMBIC_DIR, "versions").glob("*.py")
    said = [found for script in scripts for found in REVISION.findall(script.read_text("utf-8"))]
    newest = {name for kind, name in said if not kind} - {name for kind, name in said if kind}
    return newest.pop() if len(newest) == 1 else _asked_of_alembic(dbutil.ALEMBIC_DIR)


def _asked_of_alembic(folder: str) -> str | None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", folder)
    return ScriptDirectory.from_config(config).get_current_head()

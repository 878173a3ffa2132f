"""nbgrader without what takes it long: servers where nothing is served, a command that says one
word.
"""

import sys
import types

# Of these packages their users say that they can do without: formats of strings that no notebook
# has any use for (jsonschema), a server for slides (nbconvert).
OPTIONAL = (
    "isoduration",
    "rfc3986_validator",
    "rfc3987_syntax",
    "nbconvert.postprocessors.serve",
)
ARCHIVES = "setuptools.archive_util"  # which nbgrader unpacks what was collected with
SERVER_EXTENSIONS = ("assignment_list", "course_list", "formgrader", "validate_assignment")


def lighten() -> None:
    """Leave it out: called before nbgrader is imported. Where it has been, nothing changes."""
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
    """The newest revision of nbgrader's schema."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from nbgrader import dbutil

    config = Config()
    config.set_main_option("script_location", dbutil.ALEMBIC_DIR)
    return ScriptDirectory.from_config(config).get_current_head()

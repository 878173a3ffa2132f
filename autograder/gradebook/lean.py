"""nbgrader without what takes it long: servers where nothing is served, a command that says one
word.
"""

import sys
import types

SERVER_EXTENSIONS = ("assignment_list", "course_list", "formgrader", "validate_assignment")


def leave_out_servers() -> None:
    """Call it before nbgrader is imported. Where it has been, nothing changes."""
    for name in SERVER_EXTENSIONS:
        module = types.ModuleType(f"nbgrader.server_extensions.{name}")
        module.__dict__["load_jupyter_server_extension"] = None
        sys.modules.setdefault(module.__name__, module)
    # jsonschema would build a grammar of IRIs, which no notebook has any use for.
    sys.modules.setdefault("rfc3987_syntax", None)


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

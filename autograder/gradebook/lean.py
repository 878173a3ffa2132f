"""nbgrader without what only a Jupyter server needs, which is most of the time that importing it
takes: for processes of ours that serve nothing.
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

"""The learning management systems: one module each, both directions, and one line here.

A module has `FROM` and `TO`, what `collect --from` and `export --to` call it; `ROSTER`, the columns
of number and name in the table that the system gives (None where folders have ids); `parse(name)`,
the `FoundFile` that an entry of its download is by its name, or None; and
`table(standings, assignment, roster, column, scale)`: (rows, [(student, why left out)], remarks).
"""

from ..errors import OtherSystem
from . import canvas, moodle, plain

SYSTEMS = (canvas, moodle, plain)


def require_system(names, system):
    """See to it that a download is of the system that it is said to be.

    Raises:
        OtherSystem: most of its names are another one's, and none is its own.
    """
    own = system is not plain and any(system.parse(name) for name in names)
    for other in SYSTEMS:
        if own or other in (plain, system):
            continue
        if sum(_is_named_by(other, name) for name in names) * 2 > len(names):
            raise OtherSystem(
                f"expected a download as {system.FROM} has it. Received names as {other.FROM} "
                f"gives them ({names[0][:80]!r}): collect it with --from {other.FROM}"
            )


def _is_named_by(system, name):
    found = system.parse(name)
    return found is not None and bool(found.number)

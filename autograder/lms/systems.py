"""The learning management systems: one module each, both directions, and one line here.

A module has `FROM` and `TO`, what `collect --from` and `export --to` call it; `ROSTER`, the columns
of number and name in the table that the system gives (None where folders have ids); `parse(name)`,
the `FoundFile` that an entry of its download is by its name, or None; and
`table(standings, assignment, roster, column, scale)`: (rows, [(student, why left out)], remarks).
"""

from . import canvas, moodle, plain

SYSTEMS = (canvas, moodle, plain)

"""What all commands share: options, and errors that a user can mend as one line."""

import click

from ..course import settings
from ..errors import AutograderError
from ..sandbox import BACKENDS, DEFAULT


def _use_gradebook(context, option, url):
    """Every process that this one starts uses it, too."""
    if url:
        settings.use_gradebook(url)


class AssignmentName(click.ParamType):
    """The name of an assignment, which becomes the `Assignment`."""

    name = "assignment"

    def convert(self, value, param, ctx):
        from ..assignments import load

        with plain_errors():
            return load(value)


ASSIGNMENT = AssignmentName()
DB = click.option(
    "--db",
    metavar="URL",
    envvar=settings.DB,
    expose_value=False,
    callback=_use_gradebook,
    help="SQLAlchemy URL of the gradebook [default: the file grading/gradebook.db].",
)
SANDBOX = click.option(
    "--sandbox",
    type=click.Choice(list(BACKENDS)),
    default=DEFAULT,
    envvar=settings.SANDBOX,
    show_default=True,
    help="'process' has limits but no walls: for machines where bubblewrap cannot run.",
)
ROSTER = click.Path(exists=True, dir_okay=False)


class plain_errors:
    """Turn what a user can mend into one line. Anything else is a bug and keeps its traceback."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, AutograderError):
            plain = click.ClickException(str(error))
            plain.exit_code = error.exit_code
            raise plain from error
        if isinstance(error, OSError):  # no such file, disk full, not permitted
            raise click.ClickException(
                f"{error}. What was finished is kept: put that right and run the same again."
            ) from error

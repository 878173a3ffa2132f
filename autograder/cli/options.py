"""What all commands share: options, and errors that a user can mend as one sentence."""

import os

import click


def _use_gradebook(context, option, url):
    """Every process that this one starts uses it, too."""
    if url:
        os.environ["AUTOGRADER_DB"] = url


DB = click.option(
    "--db",
    metavar="URL",
    envvar="AUTOGRADER_DB",
    expose_value=False,
    callback=_use_gradebook,
    help="SQLAlchemy URL of the gradebook [default: the file grading/gradebook.db].",
)
SANDBOX = click.option(
    "--sandbox",
    type=click.Choice(["bubblewrap", "process"]),
    default="bubblewrap",
    envvar="AUTOGRADER_SANDBOX",
    show_default=True,
    help="'process' has limits but no walls: for machines where bubblewrap cannot run.",
)


class plain_errors:
    """Turn what a user can mend into one sentence instead of a traceback."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if error is None:
            return
        from ..classroom.cluster import ClusterError
        from ..classroom.writer import GradebookError
        from ..course.storage import Busy
        from ..sandbox.walls import SandboxUnavailable

        plain = (SandboxUnavailable, GradebookError, ClusterError, Busy, ValueError)
        if isinstance(error, plain):
            raise click.ClickException(str(error)) from error
        if isinstance(error, OSError):  # no such file, disk full, not permitted
            raise click.ClickException(
                f"{error}. What was finished is kept: put that right and run the same again."
            ) from error

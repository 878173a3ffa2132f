"""The assignments, a folder each."""

from importlib import import_module

NAMES = ("batchnorm", "xavier", "simple_rnn", "convnet_visualization")


def load(assignment):
    """Return the Checks of an assignment.

    Raises:
        ValueError: there is no such assignment.
    """
    if assignment not in NAMES:
        raise ValueError(
            f"expected one of the assignments {', '.join(NAMES)}. Received: {assignment!r}"
        )
    return import_module(f"{__name__}.{assignment}.questions").CHECKS

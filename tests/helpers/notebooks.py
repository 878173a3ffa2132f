"""Notebooks and cells as students hand them in."""

from autograder.assignments import load, solutions

IMPORTS = "import numpy as np"


def written(assignment, mistakes=frozenset()):
    """{function: source text} of a solution of an assignment (its name) with these mistakes."""
    return load(assignment).source(mistakes)


def fill(assignment, sources, **options):
    """The released notebook of an assignment (its name) with these functions in it, as a dict."""
    return solutions.fill(load(assignment), sources, **options)


def code(source, tags=(), **more):
    """A code cell."""
    metadata = {"tags": list(tags)} if tags else {}
    cell = {"cell_type": "code", "source": source, "metadata": metadata, "outputs": []}
    return cell | {"execution_count": None} | more

"""Which cells the sealed process runs."""

import re
from collections.abc import Iterable, Mapping

from .cells import Template, grade_id, is_experiment, is_locked, is_solution, same, tags
from .repair import Notebook
from .syntax import (
    as_run,
    definitions,
    functions_only,
    imports,
    names_defined,
    without_stubs,
    written_functions,
)

# Who uses these may mean any name.
ANY_NAME = frozenset("globals locals vars dir eval exec __main__".split())
WORD = re.compile(r"\w+")


def cells_to_run(
    notebook: Notebook, template: Template, modules: Mapping[str, str] | None = None
) -> list[tuple[int, str]]:
    """(number, source) of the code the sealed process runs: our set-up, what is used of the
    functions that our cells define and empty stubs, then what students wrote.

    Numbers count code cells from 1, as execution counts do after "Restart and run all"; what is
    ours is cell 0. The stubs come first, so that an empty one left or put back somewhere never
    hides the student's function.

    Args:
        modules: {name: source} of Python files that were handed in beside the notebook.
    """
    code = [cell for cell in template.cells if cell["cell_type"] == "code"]
    stubs = [cell for cell in code if is_solution(cell)]
    setup = [cell for cell in code if "setup" in tags(cell) and not _only_defines(cell["source"])]
    helpers = [functions_only(cell["source"]) for cell in code if cell not in setup + stubs]
    beside = [f"%%writefile {name}.py\n{text}" for name, text in (modules or {}).items()]
    theirs = _theirs(notebook, template, stubs)
    used = _used(helpers, [*beside, *(source for _, source in theirs)])
    first = [*(c["source"] for c in setup), *used, *(c["source"] for c in stubs), *beside]
    return [*((0, source) for source in first), *theirs]


def _theirs(notebook, template, stubs):
    """(number, source) of what students wrote, also around the stubs."""
    run = []
    written = _written(notebook.cells)
    number = 0
    for cell in notebook.cells:
        if cell["cell_type"] != "code":
            continue
        number += 1
        ours = (
            is_locked(cell) or "supplied" in tags(cell) or any(same(cell, stub) for stub in stubs)
        )
        if not cell["source"].strip() or ours:
            continue
        if not is_experiment(cell):
            run.append((number, as_run(without_stubs(cell["source"], written))))
        elif not template.like(cell):
            # A student's own experiment may define what others use.
            if own := definitions(cell["source"], template.functions):
                run.append((number, own))
    return run


def _only_defines(source: str) -> bool:
    """Does a cell hold functions, and nothing else?"""
    return functions_only(source) == source.rstrip()


def _used(helpers: Iterable[str], sources: Iterable[str]) -> list[str]:
    """Those helpers of which a name is used in the sources, or by one that is used."""
    left, used = [helper for helper in helpers if helper], set[str]()
    words = set(WORD.findall("\n".join(sources)))
    if words & ANY_NAME:
        return left
    while found := {one for one in left if one not in used and words & names_defined(one)}:
        used |= found
        words.update(*(WORD.findall(one) for one in found))
    return [one for one in left if one in used]


def _written(cells):
    """Names of the functions that some cell defines, and not only as stubs."""
    return {
        name
        for cell in cells
        if cell["cell_type"] == "code" and not is_locked(cell)
        for name in written_functions(cell["source"])
    }


def only_beside(
    notebook: Notebook, template: Template, modules: Mapping[str, str]
) -> dict[str, str]:
    """{function of the template: Python file that defines it}, of those that the notebook neither
    defines nor names that file.
    """
    written = _written(notebook.cells)
    code = "\n".join(cell["source"] for cell in notebook.cells if cell["cell_type"] == "code")
    return {
        function: f"{name}.py"
        for name, source in modules.items()
        if not imports(code, name.rpartition("/")[2])
        for function in sorted(written_functions(source) & template.functions - written)
    }


def checks(notebook: Notebook) -> dict[str, int]:
    """{question: number of the code cell that checks it}."""
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
    places = [(grade_id(cell), i) for i, cell in enumerate(code, 1) if is_locked(cell)]
    return {name: number for name, number in places if name}


def names_not_run(notebook: Notebook) -> dict[str, int]:
    """{name: number of its cell} of what experiments define, which are not run while grading."""
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
    numbers: dict[str, int] = {}
    for number, cell in enumerate(code, 1):
        if is_experiment(cell):
            names = names_defined(cell["source"])
            numbers |= {name: number for name in names if name not in numbers}
    return numbers

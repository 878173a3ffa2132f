"""Which cells the sealed process runs."""

from collections.abc import Mapping

from .cells import Template, is_experiment, is_locked, is_solution, same, tags
from .repair import Notebook
from .syntax import as_run, definitions, names_defined


def cells_to_run(
    notebook: Notebook, template: Template, modules: Mapping[str, str] | None = None
) -> list[tuple[int, str]]:
    """(number, source) of the code the sealed process runs: our set-up and empty stubs, then what
    students wrote.

    Numbers count code cells from 1, as execution counts do after "Restart and run all"; what is
    ours is cell 0. The stubs come first, so that an empty one left or put back somewhere never
    hides the student's function.

    Args:
        modules: {name: source} of Python files that were handed in beside the notebook.
    """
    code = [cell for cell in template.cells if cell["cell_type"] == "code"]
    stubs = [cell for cell in code if is_solution(cell)]
    setup = [cell for cell in code if "setup" in tags(cell)]
    run = [(0, cell["source"]) for cell in setup + stubs]
    run += [(0, f"%%writefile {name}.py\n{text}") for name, text in (modules or {}).items()]
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
            run.append((number, as_run(cell["source"])))
        elif not any(same(cell, c) for c in code) and (own := definitions(cell["source"])):
            run.append((number, own))  # a student's own experiment may define what others use
    return run


def names_not_run(notebook: Notebook) -> dict[str, int]:
    """{name: number of its cell} of what experiments define, which are not run while grading."""
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
    numbers: dict[str, int] = {}
    for number, cell in enumerate(code, 1):
        if is_experiment(cell):
            names = names_defined(cell["source"])
            numbers |= {name: number for name in names if name not in numbers}
    return numbers

"""A call that raised, explained: what was raised and where, what it was called with, what to look
at.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..answers.calls import Failure, Function, RemoteValue
from ..notebooks.syntax import enclosing_loop
from ..sandbox import wire

MISFIT = re.compile("broadcast|matmul|not aligned|core dimension")  # arrays that do not fit
RESTART = "Restart the kernel and run all cells: you will see it too."
# (type, pattern in its message, hint); the first that fits is told.
HINTS = [
    (
        "ValueError",
        "broadcast together",
        "Two arrays meet whose axes do not fit. NumPy lines shapes up from the right: write the "
        "shape of each array beside the line, and decide which axis is missing or to be kept.",
    ),
    (
        "ValueError",
        "inhomogeneous",
        "The parts have different shapes and make no array: is one cut off, or at the wrong place?",
    ),
    (
        "ValueError",
        r"matmul|not aligned|core dimension",
        "In a product of matrices the inner sides must be equal. Write the shapes side by side; "
        "what must the result's shape be, and which factor is the wrong way round?",
    ),
    (
        "ValueError",
        "values to unpack",
        "Left and right of an assignment have different numbers of values. A cache must have the "
        "same layout in every branch; a shape may have more sides or fewer.",
    ),
    (
        "ValueError",
        "setting an array element with a sequence",
        "A whole array was put where one number belongs. Keep such things in a list, or make the "
        "array with all its axes.",
    ),
    (
        "ValueError",
        "could not broadcast input",
        "What is assigned has another shape than the place it goes to.",
    ),
    (
        "ValueError",
        "truth value of an array",
        "An `if` needs one answer, and a comparison of arrays gives many: np.where chooses entry "
        "by entry.",
    ),
    ("ValueError", "read-only", "Work on a copy: arguments are never to be written to."),
    ("KeyError", "", "Is it put there in every branch? Two caches may be alive at once."),
    (
        "IndexError",
        "",
        "Is a size written as a number, or taken from the wrong axis? Sizes differ from case to "
        "case, and a single example or step occurs too.",
    ),
    (
        "TypeError",
        r"positional argument|unexpected keyword|missing \d+ required|multiple values",
        "The function must take its parameters in the order of the task: {signature}.",
    ),
    (
        "(TypeError|AttributeError)",
        "NoneType",
        "Something is None here. Does a function of yours end without `return`, or is an optional "
        "argument (mask=None) used as if it were always given?",
    ),
    ("UFuncTypeError", "", "A float result was written into an integer array, in place."),
    (
        "AttributeError",
        "module 'numpy'",
        "This NumPy is of version 2, as on Colab; some old names are gone.",
    ),
    (
        "(ModuleNotFoundError|ImportError)",
        "",
        "While grading there are NumPy and Python's standard library; functions need no more. What "
        "is in a file of yours belongs in the notebook.",
    ),
    (
        "SealedError",
        "",
        "Keras, TensorFlow, PyTorch and JAX are not there while grading: your arrays are compared "
        "with Keras'; the functions are yours, in NumPy.",
    ),
    (
        "RecursionError",
        "",
        "It calls itself without an end. Does every call come closer to a case that returns?",
    ),
    ("ZeroDivisionError", "", "Which of the sizes can be zero or cancel in the denominator?"),
    ("AssertionError", "", "An assertion of your own stopped it; is what it claims always true?"),
    ("UnboundLocalError", "", "It is assigned in a branch only that was not taken in this case."),
    ("SyntaxError|IndentationError", "", "The cell cannot even be read by Python. " + RESTART),
]

TAKEN_OUT = (
    "Something is taken out of a collection that is not there (any more). A cache may be used "
    "twice, and two of them may be alive: only read from it."
)
# Packages that nobody takes for a file of a student's own.
PACKAGES = frozenset(
    "beartype cv2 einops h5py jaxtyping numba pandas scipy seaborn skimage sklearn statsmodels "
    "sympy torchvision typeguard".split()
)

LOOPS = {
    "while": "Does the condition of the while loop ever become false? Print what it compares, for "
    "a few rounds.",
    "for": "A Python loop goes through the arrays number by number or example by example. NumPy "
    "does a whole axis in one operation: which of the loops is needed?",
    None: "What is it that is done so often, and by which loop or call?",
}


def explain(
    function: Function,
    error: object,
    given: Mapping[str, Any],
    elsewhere: Mapping[str, int] | None = None,
    made: Mapping[str, int] | None = None,
) -> Failure:
    """Return the Failure for what a call raised.

    Args:
        function: the contract's Function that was called.
        error: what the sealed process says of it: type, message, and perhaps cell, line, text.
        given: {parameter: value} of the call.
        elsewhere: {name: number of the cell} of what is defined only where nothing is run.
        made: the same of what is defined in cells that are run.
    """
    if not isinstance(error, dict):
        return Failure(f"{function.name} raised an error")
    kind, message = (wire.clean(str(error.get(key, ""))[:800]) for key in ("type", "message"))
    where = f" in {place(error)}" if place(error) else ""
    headline = f"{function.name} raised {kind}{where}"
    called = f"It was called with {shapes(given)}." if given else ""
    said = f"{message.rstrip('. ')}. {called}" if message else called
    hint = _hint(function, error, kind, message) or _unknown_name(
        function, kind, message, elsewhere or {}, made or {}
    )
    empty = [n for n, value in given.items() if isinstance(value, (list, tuple)) and not value]
    if empty and kind in ("IndexError", "ValueError", "UnboundLocalError"):
        hint = f"{empty[0]} is empty in this case: what should come out of nothing?"
    return Failure(said.strip() or headline, (kind, message), hint, headline)


def endless(sentence: str, lines: object, sources: Mapping[int, str]) -> Failure:
    """Return the Failure of a call that was stopped.

    Args:
        sentence: how it was stopped.
        lines: what following it showed: cell, line, text and count of its busiest line, and whether
            it was `stopped` again; None where nothing is known.
        sources: {number of a cell: source}.
    """
    if not isinstance(lines, dict):
        return Failure(sentence)
    cell, line, count = (lines.get(key) for key in ("cell", "line", "count"))
    if not all(type(number) is int and 0 <= number < 10**6 for number in (cell, line, count)):
        return Failure(sentence)  # whoever sent this is not our worker
    where = place(lines)
    if not lines.get("stopped"):
        return Failure(f"{sentence}. Run again it came to an end; its busiest line is {where}")
    loop = enclosing_loop(sources.get(cell, ""), line)
    often = f"ran {count} times" if lines.get("counted") else "ran again and again"
    said = f"{sentence}. The busiest line, {where}, {often}"
    return Failure(f"{said}.", hint=LOOPS[loop])


def place(error: object) -> str:
    """'cell 4, line 3: `the line`', as far as it is known."""
    if not isinstance(error, dict):
        return ""
    text, cell, line = (error.get(key) for key in ("text", "cell", "line"))
    known = isinstance(text, str) and text.strip()
    if not known or not all(type(n) is int and 0 <= n < 10**6 for n in (cell, line)):
        return ""
    return f"cell {cell}, line {line}: `{wire.clean(text.strip()[:200])}`"


def shapes(given: Mapping[str, Any]) -> str:
    """'x (8, 3), training=True': shapes of arrays, values of options, never the inputs."""
    return ", ".join(_shape(name, value) for name, value in given.items())


def _shape(name, value):
    if isinstance(value, np.ndarray):
        kind = "" if value.dtype == np.float64 else f" {value.dtype.name}"
        return f"{name} {value.shape}{kind}"
    if isinstance(value, list) and value and all(isinstance(v, np.ndarray) for v in value):
        return f"{name} [{', '.join(str(v.shape) for v in value)}]"
    plain = (bool, int, float, np.number, type(None))
    if isinstance(value, (tuple, list)) and len(value) <= 8:
        items = [item for part in value for item in (part if isinstance(part, tuple) else (part,))]
        if len(items) <= 24 and all(isinstance(item, plain) for item in items):
            return f"{name}={value!r:.80}"
    if isinstance(value, plain):
        return f"{name}={value!r:.40}"
    return name if isinstance(value, (RemoteValue, wire.Rng)) else f"{name} {type(value).__name__}"


def _hint(function, error, kind, message):
    if isinstance(module := error.get("missing"), str):
        return _not_there(message, str(wire.clean(module[:80])))
    line = str(error.get("text", ""))
    if kind in ("IndexError", "KeyError") and re.search(
        r"\bpop\w*\(|^\s*del ", f"{message}\n{line}"
    ):
        return TAKEN_OUT
    for known, pattern, hint in HINTS:
        if re.fullmatch(known, kind) and re.search(pattern, message):
            return hint.format(signature=f"{function.name}({', '.join(function.parameters)})")
    return ""


def _not_there(message, module):
    """Of a name that an import should have bound."""
    package, name = module.partition(".")[0], _name_in(message)
    comes = f"{name} comes from {module}" if name and name != module else module
    said = (
        f"{comes}, which is not there while grading: inside your functions there are NumPy and "
        "Python's standard library."
    )
    if package in PACKAGES:
        return said
    return f"{said} If {package}.py is a file of yours, write what is in it into the notebook."


def _name_in(message):
    match = re.search(r"name '(\w+)' is not defined", message)
    return match[1] if match else ""


def _unknown_name(function, kind, message, elsewhere, made):
    if kind != "NameError":
        return ""
    name = _name_in(message)
    if name in made:
        return f"Cell {made[name]} should make {name}, and failed or was stopped before it had."
    if name in elsewhere:
        return (
            f"{name} is made in cell {elsewhere[name]}, an experiment, which is not run while "
            "grading. A function should need nothing but its parameters and your other functions."
        )
    return (
        f"No cell defines {name or 'it'}: is it misspelt, or left over from a cell that is gone? "
        f"{RESTART} A function should need nothing but its parameters "
        f"({', '.join(function.parameters)}) and your other functions."
    )

"""What is being talked about: a wrong answer, the expected one, the call behind it, and the words
for its axes and sizes.
"""

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from ..answers.calls import Call

WORDS = {
    "N": "example",
    "T": "step",
    "D": "feature",
    "U": "unit",
    "C": "channel",
    "K": "output",
    "F": "filter",
    "H": "row",
    "W": "column",
    "L": "entry",
    "k": "patch",
    "P": "part of (image, row, col)",
}
ORDERED = frozenset("TLHW")  # axes whose indices come one after another
SPATIAL = {1: ["T"], 2: ["H", "W"], 3: ["H", "W", "Z"]}  # what "..." stands for
CLOSE = {"float64": 1e-7, "float32": 1e-3}  # of the largest value


@dataclass(frozen=True)
class Remark:
    """A sentence about a wrong answer that may hold in several cases, and what to think about.

    Attributes:
        place: is it about where the answer is wrong?
        weak: is it worth saying only when there is nothing better?
    """

    text: str
    hint: str = ""
    place: bool = False
    weak: bool = False


@dataclass(frozen=True, eq=False)
class Subject:
    """One wrong answer.

    Attributes:
        what: its name, as in the contract.
        got, want: the answer and the expected one.
        dtype: "float64" or "float32", of the inputs.
        call: the Call that gave it, or None.
        before: Calls whose cache it was given.
        fault: what its bad entries are: "wrong", "nan", "infinite".
    """

    what: str
    got: object
    want: object
    dtype: str
    call: Call | None
    before: tuple[Call, ...] = ()
    fault: str = "wrong"

    @cached_property
    def arguments(self):
        """{parameter: value} of the call, and of those whose cache it used."""
        given = {}
        for call in (*self.before, self.call):
            given |= call.arguments() if call else {}
        return given

    @cached_property
    def arrays(self):
        """{parameter: float64 array} of the call's float arrays."""
        return {
            name: value.astype(np.float64)
            for name, value in self.arguments.items()
            if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size
        }

    @cached_property
    def symbols(self):
        """{letter: size} of the axes of the call's arguments."""
        sizes = {}
        for call in (*self.before, self.call):
            for name, value in call.arguments().items() if call else ():
                if isinstance(value, np.ndarray):
                    sizes |= dict(zip(letters_of(call.function, name, value.ndim), value.shape))
        return sizes

    @cached_property
    def letters(self):
        """The axes of the expected answer, as letters; "" where none is known."""
        return letters_of(self.call.function if self.call else None, self.what, np.ndim(self.want))

    def word(self, axis):
        """What an index along an axis counts: 'step', 'example'."""
        return WORDS.get(self.letters[axis], "") or f"index of axis {axis}"

    @property
    def normalises(self):
        """Is it about means and variances of a batch?"""
        return self.call is not None and self.call.function.normalises

    @cached_property
    def is_finite(self):
        return bool(np.isfinite(np.asarray(self.got, dtype=np.float64)).all())

    def close(self, a, b):
        """Are two arrays equal, as shares of the largest value?"""
        a, b = np.asarray(a), np.asarray(b)
        if a.shape != b.shape or not a.size:
            return False
        size = np.abs(b).max()
        if not np.isfinite(size):
            return False
        return bool(np.all(np.abs(a - b) <= CLOSE[self.dtype] * size)) if size else not a.any()


def letters_of(function, name, ndim):
    """The axes of a parameter or returned value as letters; "" where none is known."""
    axes = function.axes.get(name, ()) if function else ()
    if "..." in axes:
        i, missing = axes.index("..."), ndim - len(axes) + 1
        axes = (*axes[:i], *SPATIAL.get(missing, [""] * max(missing, 0)), *axes[i + 1 :])
    return list(axes) if len(axes) == ndim else [""] * ndim


def plural(word):
    """'step' -> 'steps', 'patch' -> 'patches', 'entry' -> 'entries'."""
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith("ch") else "s")


@dataclass(frozen=True)
class Factor:
    """A number above 1 that an answer may be off by.

    Attributes:
        name: what it is: a size, a product of sizes, a root.
        is_size: does it come from the sizes of the arguments?
        of_variance: does it come between dividing by N and by N - 1?
    """

    number: float
    name: str
    is_size: bool = True
    of_variance: bool = False


CONSTANTS = [(2.0, "2"), (3.0, "3"), (4.0, "4"), (1 / np.log(2.0), "1 / ln 2"), (np.pi, "pi")]


def factors(symbols):
    """The Factors to try: constants, sizes, products and roots."""
    named = [Factor(number, name, is_size=False) for number, name in CONSTANTS]
    sizes = [(s, size) for s, size in symbols.items() if s in WORDS and size > 1]
    products = [(f"{a} {b}", m * n) for i, (a, m) in enumerate(sizes) for b, n in sizes[i + 1 :]]
    spatial = [s for s in symbols if s in ("T", "H", "W", "Z")]
    if {"N", "H"} <= set(symbols):
        products.append(
            (" ".join(["N", *spatial]), symbols["N"] * prod(symbols[s] for s in spatial))
        )
        products.append((" ".join(spatial), prod(symbols[s] for s in spatial)))
    for letter, size in sizes + products:
        label = letter
        if letter in WORDS:
            label = f"{letter}, the number of {plural(WORDS[letter])}"
        named += [Factor(float(size), label), Factor(float(size) ** 2, f"{letter} squared")]
        named += [Factor(size**0.5, f"the root of {letter}"), Factor(2.0 * size, f"2 {letter}")]
        if size > 2:
            unbiased, name = size / (size - 1), f"{letter} / ({letter} - 1)"
            named.append(Factor(size / 2, f"{letter} / 2"))
            named.append(Factor(unbiased, name, of_variance=True))
            named.append(Factor(unbiased**0.5, f"the root of {name}", of_variance=True))
    return named

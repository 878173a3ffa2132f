"""Formulas and quantities in words a student can read."""

import ast
import re

POWERS = {2: "²", 3: "³"}


class Words:
    """How expressions of one program are written in sentences."""

    def __init__(self, quantities: dict[str, str], contract: frozenset[str]):
        """
        Args:
            quantities: {name: what it is}.
            contract: names that students know: parameters and returned values.
        """
        self.quantities, self.contract = quantities, contract

    def quantity(self, name: str) -> str:
        """What a quantity is called: "the slope of the tanh"."""
        if name in self.contract or name not in self.quantities:
            return name
        return self.quantities[name]

    def formula(self, node: ast.expr) -> str:
        """An expression as mathematics: "1 - z²", and what its names stand for."""
        text = written(node)
        names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
        unknown = [
            f"{name} is {self.quantities[name]}"
            for name in dict.fromkeys(names)
            if name in self.quantities and name not in self.contract
        ]
        return f"{text} (where {', '.join(unknown)})" if unknown else text

    def term(self, node: ast.expr) -> str:
        """An expression within a sentence: a quantity by its words, anything else as a formula."""
        if isinstance(node, ast.Name):
            return self.quantity(node.id)
        return self.formula(node)


def is_or_are(called: str) -> str:
    """The verb that goes with what a quantity is called: "the right classes" are."""
    if called.startswith("what "):
        return "is"
    head = re.split(r" (?:of|that|with|to|in|at|for|before|from|found|as)\b", called)[0].split()[-1]
    return "are" if head.endswith("s") and not head.endswith(("ss", "bias", "is")) else "is"


def written(node: ast.expr) -> str:
    """An expression as students write it: "1 - z²"."""
    text = ast.unparse(node)
    text = re.sub(r"\bnp\.", "", text)
    return re.sub(r" ?\*\* ?([23])\b(?!\.)", lambda m: POWERS[int(m[1])], text)

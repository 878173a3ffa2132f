"""A line of a function's mathematics, and how an edit of it is told."""

import ast
from dataclasses import dataclass

from . import formulas
from .program import Edit, Kinds, Program
from .words import Words, is_or_are

SHORT = 2  # operations of a line that is shown whole


@dataclass(frozen=True)
class Context:
    """What edits of a program are made of.

    Attributes:
        sizes: {function: {expression: words}} of the sizes that students divide by.
    """

    program: Program
    kinds: Kinds
    words: Words
    sizes: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Line:
    """Where an expression stands.

    Attributes:
        function: name of the function.
        quantity: name of what is defined, or "" (a condition, what is returned).
        called: what the quantity is called.
        root: the whole expression.
    """

    function: str
    quantity: str
    called: str
    root: ast.expr
    words: Words

    def edit(self, node, new, says, question, rank):
        """An Edit of a node of the line; `new` may be text."""
        if isinstance(new, str):
            new = ast.parse(new, mode="eval").body
        return Edit(self.function, node.place, new, self.called, says, question, rank)

    def there(self, node, new, parent, question, rank):
        """An Edit that is told by showing what stands there."""
        if isinstance(new, str):
            new = ast.parse(new, mode="eval").body
        whole = parent is None or parent is self.root or _operations(self.root) <= SHORT
        around = self.root if whole else parent
        shown = new if node is around else formulas.putting(around, node, new)
        says = f"{self.called} {is_or_are(self.called)} {self.words.formula(shown)}"
        if not whole:
            says = f"there is {self.words.formula(shown)} in {self.called}"
        return self.edit(node, new, says, question, rank)


def _operations(node):
    """How many operations and calls there are in an expression."""
    return sum(isinstance(n, (ast.BinOp, ast.Call, ast.Compare)) for n in ast.walk(node))

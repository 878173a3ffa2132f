"""A line of a function's mathematics, and how an edit of it is told."""

import ast
from dataclasses import dataclass

from . import formulas
from .program import Edit, Kinds, Program
from .words import Words


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
        shown = new if parent is None else formulas.putting(parent, node, new)
        verb = "is" if parent is None or parent is self.root else "contains"
        says = f"{self.called} {verb} {self.words.formula(shown)}"
        return self.edit(node, new, says, question, rank)

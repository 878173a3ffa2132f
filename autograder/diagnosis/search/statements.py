"""Edits of the order of things: lines left out, loops, conditions, what is returned."""

import ast
from collections.abc import Iterator

from . import asks, formulas
from .expressions import edits_of
from .line import Context, Line
from .program import Edit
from .words import written


class Statements:
    """All edits of one program's functions."""

    def __init__(self, context: Context):
        self.context, self.words = context, context.words

    def of(self, function: str) -> Iterator[Edit]:
        """Every Edit of a function."""
        yield from self._block(function, self.context.program.trees[function].body)

    def _block(self, function, statements):
        for number, statement in enumerate(statements):
            yield from self._of(function, statement)
            if number + 1 < len(statements):
                yield from self._order(function, statement, statements[number + 1])

    def _of(self, function, node):
        if isinstance(node, ast.Assign):
            yield from self._assignment(function, node)
        elif isinstance(node, ast.For):
            yield from self._loop(function, node)
        elif isinstance(node, (ast.If, ast.While)):
            yield from self._branch(function, node)
        elif isinstance(node, ast.Return):
            yield from self._returned(function, node)
        elif isinstance(node, ast.Expr):
            [appended], its = node.value.args, node.value.func.value.id
            called = f"what is put into {self.words.quantity(its)}"
            line = Line(function, "", called, appended, self.words)
            yield from edits_of(self.context, line)

    def _assignment(self, function, node):
        [target] = node.targets
        names = [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]
        quantity = names[0] if names else ""
        called = self.words.quantity(quantity)
        yield from edits_of(self.context, Line(function, quantity, called, node.value, self.words))
        says = f"the line that gives {called} its value is left out"
        yield Edit(function, node.place, [ast.Pass()], called, says, asks.STATEMENT, 3)
        if isinstance(target, ast.Subscript):
            yield from edits_of(
                self.context, Line(function, "", f"the place in {called}", target.slice, self.words)
            )
        value = node.value
        if isinstance(target, ast.Name) and isinstance(value, ast.BinOp):
            if isinstance(value.left, ast.Name) and not isinstance(value.op, ast.MatMult):
                name = value.left.id
                changed = f"{name} {formulas.symbol(value.op)}= {ast.unparse(value.right)}"
                new = ast.parse(f"{changed}\n{target.id} = {name}").body
                says = f"{name} itself is changed where {called} is computed"
                yield Edit(function, node.place, new, called, says, asks.IN_PLACE, 3)

    def _loop(self, function, node):
        words = ", ".join(n.id for n in ast.walk(node.target) if isinstance(n, ast.Name))
        yield from edits_of(self.context, Line(function, "", "the loop", node.iter, self.words))
        over = ast.unparse(node.iter)
        if "range" not in over:
            for new, says in (
                (f"{over}[1:]", "the loop leaves the first one out"),
                (f"{over}[:-1]", "the loop leaves the last one out"),
                (f"{over}[:1]", "the loop looks at the first one only"),
                (f"{over}[-1:]", "the loop looks at the last one only"),
                (f"{over}[:0]", "the loop never runs"),
                (f"{over}[::-1]", "the loop runs from the last to the first"),
            ):
                expression = ast.parse(new, mode="eval").body
                yield Edit(function, node.iter.place, expression, "the loop", says, asks.LOOP, 3)
        last = node.body[-1]
        new = [last, ast.Break()]
        over_what = f" over {words}" if words != "_" else ""
        says = f"the loop{over_what} ends after its first round"
        yield Edit(function, last.place, new, "the loop", says, asks.LOOP, 3)
        yield from self._block(function, node.body)

    def _branch(self, function, node):
        test = written(node.test)
        called = "the condition"
        yield from edits_of(self.context, Line(function, "", called, node.test, self.words))
        for value, says in (
            ("False", f"what is to be done if {test} never happens"),
            ("True", f"what is to be done if {test} always happens"),
            (f"not ({ast.unparse(node.test)})", f"the condition {test} is reversed"),
        ):
            if isinstance(node, ast.While) and value != "False":
                continue  # without an end
            new = ast.parse(value, mode="eval").body
            yield Edit(function, node.test.place, new, called, says, asks.CONDITION, 3)
        yield from self._block(function, node.body)
        yield from self._block(function, node.orelse)

    def _returned(self, function, node):
        if not isinstance(node.value, ast.Tuple):
            yield from edits_of(
                self.context, Line(function, "", "what is returned", node.value, self.words)
            )
            return
        values = node.value.elts
        kinds = self.context.kinds
        for i, one in enumerate(values):
            if not isinstance(one, ast.Name):
                continue
            for other in kinds.seen.get(function, {}):
                if other != one.id and kinds.alike(function, one.id, other):
                    says = f"{self.words.quantity(other)} is returned for {one.id}"
                    new = ast.Name(other)
                    yield Edit(function, one.place, new, "what is returned", says, asks.RETURNED, 4)
            for j in range(i):
                if isinstance(values[j], ast.Name) and kinds.alike(function, one.id, values[j].id):
                    swapped = list(values)
                    swapped[i], swapped[j] = swapped[j], swapped[i]
                    says = f"{values[j].id} and {one.id} are exchanged when they are returned"
                    new = ast.Tuple(swapped, ast.Load())
                    yield Edit(
                        function, node.value.place, new, "what is returned", says, asks.RETURNED, 2
                    )

    def _order(self, function, node, following):
        """Two lines the other way round, where the second needs the first."""
        if not (isinstance(node, ast.Assign) and isinstance(following, ast.Assign)):
            return
        names = {n.id for n in ast.walk(node.targets[0]) if isinstance(n, ast.Name)}
        used = {n.id for n in ast.walk(following.value) if isinstance(n, ast.Name)}
        given = {n.id for n in ast.walk(following.targets[0]) if isinstance(n, ast.Name)}
        needs = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
        if names & used or given & needs:
            one, other = (self.words.quantity(min(group)) for group in (names, given))
            says = f"{other} is computed before {one}"
            new = [following, node]
            yield Edit(function, node.place, new, other, says, asks.ORDER, 3, following.place)

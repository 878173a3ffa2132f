"""Edits of an expression: what students write in its place."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

from . import asks
from .program import Edit, Kinds, Program
from .words import Words, written

OPERATORS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("{1} is added to {0}", 3),
    ast.Sub: ("{1} is subtracted from {0}", 3),
    ast.Mult: ("{0} is multiplied by {1}", 3),
    ast.Div: ("{0} is divided by {1}", 3),
    ast.MatMult: ("{0} and {1} are multiplied as matrices", 4),
    ast.Pow: ("{0} is raised to the power of {1}", 6),
    ast.FloorDiv: ("{0} is divided by {1} and rounded down", 6),
    ast.Mod: ("only the remainder of {0} divided by {1} is kept", 7),
    ast.LShift: ("{0} is shifted to the left by {1}", 9),
    ast.RShift: ("{0} is shifted to the right by {1}", 9),
    ast.BitOr: ("{0} and {1} are combined by |", 9),
    ast.BitAnd: ("{0} and {1} are combined by &", 9),
    ast.BitXor: ("{0} and {1} are combined by ^", 9),
}
COMPARISONS: tuple[type[ast.cmpop], ...] = (
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.Eq,
    ast.NotEq,
)
SIGMOID, RELU = "1 / (1 + np.exp(-({0})))", "np.maximum({0}, 0)"
# Functions that are taken for one another, and formulas for them.
FAMILIES: tuple[tuple[str, ...], ...] = (
    ("tanh", "arctanh", "sin", "exp"),
    ("sum", "mean", "max", "min", "std", "var", "prod", "median"),
    ("exp", "exp2", "expm1"),
    ("log", "log2", "log10", "log1p"),
    ("sqrt", "square", "abs", "cbrt"),
    ("any", "all", "sum"),
    ("argmax", "argmin", "max"),
    ("ceil", "floor", "rint"),
    ("ones", "zeros"),
    ("eye", "ones"),
    ("abs", "square"),
    ("max", "min", "sum"),
)
AXES = ("None", "0", "1", "2", "-1", "(0, 1)", "(0, 2)", "(1, 2)", "(0, 1, 2)")


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


class Expressions:
    """All edits of the expressions of one program."""

    def __init__(self, program: Program, kinds: Kinds, words: Words, sizes: dict[str, dict]):
        """
        Args:
            sizes: {function: {expression: words}} of the sizes that students divide by.
        """
        self.program, self.kinds, self.words, self.sizes = program, kinds, words, sizes

    def of(self, line: Line) -> Iterator[Edit]:
        """Every Edit of a line's expression and of the parts of it."""
        yield from self._whole(line)
        for node, parent in _with_parents(line.root):
            yield from self._of_node(line, node, parent)

    def _of_node(self, line, node, parent):
        if isinstance(node, ast.BinOp):
            yield from self._operator(line, node, parent)
            yield from self._terms(line, node, parent)
            yield from self._brackets(line, node, parent)
        elif isinstance(node, ast.Call):
            yield from self._function(line, node, parent)
            yield from self._axis(line, node, parent)
            yield from self._applied(line, node, parent)
        elif isinstance(node, ast.Name):
            yield from self._other(line, node, parent)
        elif isinstance(node, ast.Constant):
            yield from self._constant(line, node, parent)
        elif isinstance(node, ast.Compare):
            yield from self._condition(line, node, parent)
        elif isinstance(node, ast.UnaryOp):
            says = f"the {'minus' if isinstance(node.op, ast.USub) else 'not'} is left out of "
            yield self._edit(line, node, node.operand, says + line.called, asks.TERM, 2)
        elif isinstance(node, ast.Attribute) and node.attr == "T":
            yield self._there(line, node, node.value, parent, asks.TRANSPOSE, 2)
        elif isinstance(node, ast.IfExp):
            for which, part in (("always", node.body), ("never", node.orelse)):
                says = f"{line.called} is {which} taken as if {written(node.test)} held"
                yield self._edit(line, node, part, says, asks.CONDITION, 3)
        elif isinstance(node, ast.Subscript):
            yield from self._index(line, node, parent)

    def _edit(self, line, node, new, says, question, rank):
        if isinstance(new, str):
            new = ast.parse(new, mode="eval").body
        return Edit(line.function, node.place, new, line.quantity, says, question, rank)

    def _there(self, line, node, new, parent, question, rank):
        """An edit that is told by showing what stands there."""
        if isinstance(new, str):
            new = ast.parse(new, mode="eval").body
        shown = new
        if parent is not None:
            shown = _with(parent, node, new)
        if parent is None or parent is line.root:
            says = f"{line.called} is {self.words.formula(shown)}"
        else:
            says = f"{line.called} contains {self.words.formula(shown)}"
        return self._edit(line, node, new, says, question, rank)

    # The kinds of edits

    def _operator(self, line, node, parent):
        for kind, (text, rank) in OPERATORS.items():
            if not isinstance(node.op, kind):
                terms = self.words.term(node.left), self.words.term(node.right)
                says = f"{text.format(*terms)}, in {line.called}"
                new = ast.BinOp(node.left, kind(), node.right)
                yield self._edit(line, node, new, says, asks.OPERATOR, rank)
        if not isinstance(node.op, (ast.Add, ast.Mult)):
            new = ast.BinOp(node.right, node.op, node.left)
            yield self._there(line, node, new, parent, asks.OPERATOR, 3)
        # The square taken for the double
        if isinstance(node.op, ast.Pow):
            new = ast.BinOp(node.left, ast.Mult(), node.right)
            yield self._there(line, node, new, parent, asks.OPERATOR, 3)
        yield from self._unbracketed(line, node)

    def _unbracketed(self, line, node):
        """Another operator where a line has no brackets, so that it binds otherwise."""
        operands, operators = _flat(node)
        for place in range(len(operators)) if len(operators) > 1 else ():
            for kind, (_, rank) in OPERATORS.items():
                if isinstance(operators[place], kind):
                    continue
                changed = [*operators[:place], kind(), *operators[place + 1 :]]
                pair = (self.words.term(operand) for operand in operands[place : place + 2])
                says = f"{' and '.join(pair)} are joined by {_symbol(kind())}, in {line.called}"
                new = _joined(operands, changed)
                yield self._edit(line, node, new, says, asks.OPERATOR, rank + 1)

    def _terms(self, line, node, parent):
        for gone, kept in ((node.left, node.right), (node.right, node.left)):
            new = kept
            if gone is node.left and isinstance(node.op, ast.Sub):
                new = ast.UnaryOp(ast.USub(), kept)
            if gone is node.left and isinstance(node.op, ast.Div):
                new = ast.BinOp(_number(1), ast.Div(), kept)
            says = f"{self.words.term(gone)} is left out of {line.called}"
            yield self._edit(line, node, new, says, asks.TERM, 1)
            if gone is node.left and isinstance(node.op, ast.Div):
                yield self._there(line, node, kept, parent, asks.TERM, 3)
            if not isinstance(node.op, (ast.Pow, ast.MatMult, ast.FloorDiv, ast.Mod)):
                twice = node.op if gone is node.right else _forward(node.op)
                new = ast.BinOp(node, twice, gone)
                says = f"{self.words.term(gone)} is there twice in {line.called}"
                yield self._edit(line, node, new, says, asks.TERM, 2)

    def _brackets(self, line, node, parent):
        left, right = node.left, node.right
        if isinstance(left, ast.BinOp):  # (a + b) * c -> a + b * c
            new = ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, right))
            yield self._there(line, node, new, parent, asks.BRACKET, 2)
            new = ast.BinOp(ast.BinOp(left.left, node.op, right), left.op, left.right)
            yield self._there(line, node, new, parent, asks.BRACKET, 2)
        if isinstance(right, ast.BinOp):  # a * (b + c) -> a * b + c
            new = ast.BinOp(ast.BinOp(left, node.op, right.left), right.op, right.right)
            yield self._there(line, node, new, parent, asks.BRACKET, 2)
            new = ast.BinOp(right.left, right.op, ast.BinOp(left, node.op, right.right))
            yield self._there(line, node, new, parent, asks.BRACKET, 3)
        for call, other, first in ((left, right, True), (right, left, False)):
            if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords:
                inner = (call.args[0], other) if first else (other, call.args[0])
                new = _call(call, ast.BinOp(inner[0], node.op, inner[1]))
                yield self._there(line, node, new, parent, asks.BRACKET, 2)

    def _function(self, line, node, parent):
        name = _name_of(node)
        for family in FAMILIES:
            for other in family if name in family else ():
                if other != name:
                    rank = 2 if {name, other} <= {"sum", "mean"} else 4
                    question = asks.REDUCTION if name in FAMILIES[1] else asks.FUNCTION
                    yield self._there(line, node, _renamed(node, other), parent, question, rank)
        if name == "tanh":
            for formula in (SIGMOID, RELU):
                new = formula.format(ast.unparse(node.args[0]))
                yield self._there(line, node, new, parent, asks.FUNCTION, 2)
        if name == "where" and len(node.args) == 3:
            test, one, other = node.args
            yield self._there(line, node, _call(node, test, other, one), parent, asks.CONDITION, 2)
            for part in (one, other):
                yield self._there(line, node, part, parent, asks.CONDITION, 2)
        if name in ("max", "min", "zeros", "ones") and len(node.args) == 2:
            for part in node.args:
                yield self._there(line, node, part, parent, asks.CONDITION, 2)
        if name == "range":
            yield from self._range(line, node)
        if name == "reversed" or (name in ("int", "float") and node.args):
            says = f"{name} is left out of {line.called}"
            yield self._edit(line, node, node.args[0], says, asks.LOOP, 2)

    def _range(self, line, node):
        [*_, stop] = node.args
        end = ast.unparse(stop)
        for new, says in (
            (f"range({end} - 1)", "the loop stops one step early"),
            (f"range(1, {end})", "the loop leaves the first step out"),
            (f"range(1, {end} + 1)", "the loop counts from 1"),
            (f"range({end} + 1)", "the loop runs one step too far"),
            (f"range(0, {end}, 2)", "the loop leaves out every other step"),
            (f"range(min({end}, 1))", "the loop runs once only"),
            ("range(0)", "the loop never runs"),
            (f"range(max({end} - 1, 0), {end})", "the loop runs for the last step only"),
            (f"reversed(range({end}))", "the loop runs from the last to the first"),
        ):
            yield self._edit(line, node, new, says, asks.LOOP, 3)

    def _axis(self, line, node, parent):
        for number, keyword in enumerate(node.keywords):
            others = [*node.keywords[:number], *node.keywords[number + 1 :]]
            if keyword.arg == "axis":
                for text in AXES:
                    if text == ast.unparse(keyword.value):
                        continue
                    axis = ast.keyword("axis", ast.parse(text, mode="eval").body)
                    kept = ast.keyword("keepdims", ast.Constant(True))
                    rest = [k for k in others if k.arg != "keepdims"]
                    for keywords in ([axis, *others], [axis, *rest, kept]):
                        new = ast.Call(node.func, node.args, keywords)
                        yield self._there(line, node, new, parent, asks.AXIS, 2)
            new = ast.Call(node.func, node.args, others)
            yield self._there(line, node, new, parent, asks.AXIS, 3)
            if keyword.arg == "keepdims" or isinstance(keyword.value, ast.Constant):
                pass
        if _name_of(node) in ("var", "std"):
            extra = [*node.keywords, ast.keyword("ddof", _number(1))]
            new = ast.Call(node.func, node.args, extra)
            yield self._there(line, node, new, parent, asks.REDUCTION, 2)
        if any(k.arg == "axis" for k in node.keywords) and not any(
            k.arg == "keepdims" for k in node.keywords
        ):
            extra = [*node.keywords, ast.keyword("keepdims", ast.Constant(True))]
            new = ast.Call(node.func, node.args, extra)
            yield self._there(line, node, new, parent, asks.AXIS, 4)
        for number in range(len(node.args) - 1):
            swapped = list(node.args)
            swapped[number : number + 2] = swapped[number + 1], swapped[number]
            if _name_of(node) != "where":
                new = ast.Call(node.func, swapped, node.keywords)
                yield self._there(line, node, new, parent, asks.OTHER, 3)

    def _applied(self, line, node, parent):
        """A function left out, applied twice, in another order, to a part of what it is applied to."""
        if len(node.args) != 1 or not isinstance(node.func, ast.Attribute):
            return
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "np"):
            return
        [inner], name = node.args, node.func.attr
        says = f"{name} is left out of {line.called}"
        yield self._edit(line, node, inner, says, asks.FUNCTION, 1)
        says = f"{name} is applied twice in {line.called}"
        if not node.keywords:
            yield self._edit(line, node, _call(node, node), says, asks.FUNCTION, 2)
        if isinstance(inner, ast.BinOp):
            left, right = inner.left, inner.right
            for new in (
                ast.BinOp(ast.Call(node.func, [left], node.keywords), inner.op, right),
                ast.BinOp(left, inner.op, ast.Call(node.func, [right], node.keywords)),
                ast.BinOp(
                    ast.Call(node.func, [left], node.keywords),
                    inner.op,
                    ast.Call(node.func, [right], node.keywords),
                ),
            ):
                yield self._there(line, node, new, parent, asks.BRACKET, 2)
        if isinstance(inner, ast.Call) and len(inner.args) == 1:
            new = ast.Call(inner.func, [ast.Call(node.func, inner.args, node.keywords)],
                           inner.keywords)
            yield self._there(line, node, new, parent, asks.ORDER, 2)

    def _other(self, line, node, parent):
        function = line.function
        if node.id in self.program.trees or node.id == "np":
            return
        kind = self.kinds.of(function, node.id)
        for other in self.kinds.seen.get(function, {}):
            if other != node.id and self.kinds.alike(function, node.id, other):
                rank = 2 if kind and kind[0] == "f" and kind[1] else 4
                yield self._there(line, node, ast.Name(other), parent, asks.OTHER, rank)
        if kind is None:
            return
        if kind[0] in "iu":
            for text in (f"{node.id} - 1", f"{node.id} + 1"):
                yield self._there(line, node, text, parent, asks.INDEX, 3)
        if kind[0] in "b":
            for text, word in ((f"~{node.id}" if kind[1] else f"not {node.id}", "reversed"),):
                yield self._there(line, node, text, parent, asks.CONDITION, 2)
        if kind[0] == "f" and kind[1] == 2:
            yield self._there(line, node, f"{node.id}.T", parent, asks.TRANSPOSE, 2)
        if kind[0] == "f" and kind[1]:
            for text, rank in ((f"{node.id}[:1]", 4), (f"np.zeros(np.shape({node.id}))", 3),
                               (f"np.ones(np.shape({node.id}))", 4),
                               (f"np.abs({node.id})", 5)):
                yield self._there(line, node, text, parent, asks.OTHER, rank)
        if kind[0] == "f":
            yield self._there(line, node, f"-{node.id}", parent, asks.TERM, 3)
            for text in (f"{node.id}**2", f"np.sqrt({node.id})", f"np.tanh({node.id})",
                         f"np.exp({node.id})", f"2 * {node.id}"):
                yield self._there(line, node, text, parent, asks.FUNCTION, 5)
            if not kind[1]:
                yield self._there(line, node, "0", parent, asks.CONSTANT, 2)
                yield self._there(line, node, "1", parent, asks.CONSTANT, 4)
        if kind[0] in "f" and kind[1] >= 2:
            for text in (f"{node.id}[::-1]", f"{node.id}[:, ::-1]"):
                yield self._there(line, node, text, parent, asks.INDEX, 5)

    def _constant(self, line, node, parent):
        value = node.value
        if isinstance(value, bool):
            yield self._there(line, node, repr(not value), parent, asks.CONDITION, 4)
            return
        if not isinstance(value, (int, float)):
            return
        others = {value + 1, value - 1, -value, 2 * value, value / 2, 0, 1}
        if isinstance(value, float):
            others |= {10 * value, value / 10, 1 / value if value else 1.0, value**2}
        for other in sorted(others, key=lambda n: (abs(n - value), n)):
            if other != value:
                whole = isinstance(value, int) and other == int(other)
                shown = ast.Constant(int(other) if whole else other)
                yield self._there(line, node, shown, parent, asks.CONSTANT, 3)

    def _condition(self, line, node, parent):
        [operator], [right] = node.ops, node.comparators
        for kind in COMPARISONS:
            if not isinstance(operator, kind):
                new = ast.Compare(node.left, [kind()], [right])
                yield self._there(line, node, new, parent, asks.CONDITION, 3)
        kind = self.kinds.of(line.function, line.quantity)
        if kind is None or not kind[1]:
            for value in ("True", "False"):
                yield self._there(line, node, value, parent, asks.CONDITION, 3)
        else:
            for text in ("np.ones(np.shape({0}), bool)", "np.zeros(np.shape({0}), bool)"):
                new = text.format(ast.unparse(node.left))
                yield self._there(line, node, new, parent, asks.CONDITION, 4)
        for text in ("1e-12", "1e-8", "1e-6", "1e-3"):
            new = ast.Compare(node.left, node.ops, [ast.BinOp(right, ast.Add(), _number(text))])
            yield self._there(line, node, new, parent, asks.CONDITION, 5)

    def _index(self, line, node, parent):
        yield self._there(line, node, node.value, parent, asks.INDEX, 4)
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for number, item in enumerate(items):
            text, options = ast.unparse(item), ["0", "-1"]
            if isinstance(item, ast.Slice):
                options += ["::-1", ":1", "1:", ":-1"] if text == ":" else [":"]
                options += _shifted(item)
            elif isinstance(item, ast.Name):
                options += [f"-1 - {text}"]
            elif not isinstance(item, (ast.BinOp, ast.UnaryOp, ast.Constant)):
                continue
            elif isinstance(item, ast.Constant) and item.value is None:
                continue
            for option in options:
                if option != text:
                    parts = [ast.unparse(i) for i in items]
                    parts[number] = option
                    new = f"{ast.unparse(node.value)}[{', '.join(parts)}]"
                    yield self._there(line, node, new, parent, asks.INDEX, 3)
        for one in range(len(items)):
            for other in range(one):
                parts = [ast.unparse(i) for i in items]
                if parts[one] != parts[other]:
                    parts[one], parts[other] = parts[other], parts[one]
                    new = f"{ast.unparse(node.value)}[{', '.join(parts)}]"
                    yield self._there(line, node, new, parent, asks.INDEX, 3)

    def _whole(self, line):
        """Edits of the whole definition: a factor, a sign, a size, another slope."""
        root, kind = line.root, self.kinds.of(line.function, line.quantity)
        if kind is None or kind[0] not in "fiu" or not line.quantity:
            return
        text = f"({ast.unparse(root)})"
        called = line.called
        changes = [(f"-{text}", f"{called} has the wrong sign", asks.TERM, 2),
                   (f"2 * {text}", f"{called} is doubled", asks.CONSTANT, 3),
                   (f"{text} / 2", f"{called} is halved", asks.CONSTANT, 3),
                   (f"{text} + 1", f"{called} has 1 added to it", asks.CONSTANT, 5),
                   (f"{text} - 1", f"{called} has 1 subtracted from it", asks.CONSTANT, 5)]
        if kind[0] == "f":
            changes += [
                (f"{text} ** 2", f"{called} is squared", asks.FUNCTION, 3),
                (f"np.sqrt({text})", f"the root is taken of {called}", asks.FUNCTION, 3),
                (f"1 / {text}", f"{called} is 1 divided by itself", asks.OPERATOR, 3),
                (f"np.abs({text})", f"the absolute value is taken of {called}", asks.FUNCTION, 4),
                (f"np.maximum({text}, 0)", f"negative values of {called} are 0", asks.FUNCTION, 4),
                (f"{text} + 1e-7", f"1e-7 is added to {called}", asks.CONSTANT, 5),
                (f"{text} + 1e-8", f"1e-8 is added to {called}", asks.CONSTANT, 5),
                (f"{text} + 1e-12", f"1e-12 is added to {called}", asks.CONSTANT, 5),
                (f"np.tanh({text})", f"a tanh is applied to {called}", asks.FUNCTION, 3),
            ]
        for size, words in self.sizes.get(line.function, {}).items():
            for word, sign in (("divided", "/"), ("multiplied", "*")):
                says = f"{called} is {word} by {words}"
                changes.append((f"{text} {sign} {size}", says, asks.REDUCTION, 3))
            says = f"{called} is divided by {words} less 1 instead of {words}"
            bessel = f"{text} * ({size}) / (({size}) - 1)"
            changes.append((bessel, says, asks.REDUCTION, 4))
        if kind[1] == 2:
            changes.append((f"({text}).T", f"{called} is transposed", asks.TRANSPOSE, 3))
        if kind[0] == "f" and kind[1]:
            for axis in range(kind[1]):
                for keep in (True, False):
                    changes.append((f"np.mean({text}, axis={axis}, keepdims={keep})",
                                    f"{called} is averaged over axis {axis}", asks.REDUCTION, 5))
        slope = _slope_of(root)
        if slope:
            for formula in (f"1 / (1 - {slope}**2)", f"{slope} * (1 - {slope})", f"1 - {slope}",
                            f"1 - np.tanh({slope})**2", "1", f"1 + {slope}**2", f"{slope}**2",
                            f"({slope} > 0) * 1.0", f"(1 - {slope})**2"):
                yield self._there(line, root, formula, None, asks.SLOPE, 2)
        for new, says, question, rank in changes:
            yield self._edit(line, root, new, says, question, rank)


def _with_parents(root):
    """(node, parent) of every expression of a tree that may be replaced."""
    found, waiting = [], [(root, None)]
    while waiting:
        node, parent = waiting.pop()
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            found.append((node, parent))
        for child in ast.iter_child_nodes(node):
            above = node if isinstance(node, ast.expr) else parent
            waiting.append((child, above))
    return found


def _with(parent, node, new):
    """A copy of an expression in which a node is another."""

    class Putting(ast.NodeTransformer):
        def visit(self, at):
            return copy.deepcopy(new) if getattr(at, "place", -1) == node.place else (
                self.generic_visit(at))

    return Putting().visit(copy.deepcopy(parent))


PRECEDENCE: dict[type[ast.operator], int] = {
    ast.BitOr: 0,
    ast.BitXor: 1,
    ast.BitAnd: 2,
    ast.LShift: 3,
    ast.RShift: 3,
    ast.Add: 4,
    ast.Sub: 4,
    ast.Mult: 5,
    ast.Div: 5,
    ast.FloorDiv: 5,
    ast.Mod: 5,
    ast.MatMult: 5,
    ast.Pow: 7,
}


def _flat(node):
    """(operands, operators) of a formula as it is written without brackets."""

    def of(part, least):
        if isinstance(part, ast.BinOp) and PRECEDENCE[type(part.op)] >= least:
            own = PRECEDENCE[type(part.op)]
            power = isinstance(part.op, ast.Pow)
            left = of(part.left, own + power)
            right = of(part.right, own + (not power))
            return [*left[0], *right[0]], [*left[1], part.op, *right[1]]
        return [part], []

    return of(node, 0)


def _joined(operands, operators):
    """The formula that these make without brackets."""
    names = [f"_{number}" for number in range(len(operands))]
    pieces = [names[0]]
    for operator, name in zip(operators, names[1:]):
        pieces += [_symbol(operator), name]
    tree = ast.parse(" ".join(pieces), mode="eval").body

    class Filling(ast.NodeTransformer):
        def visit_Name(self, node):
            return operands[int(node.id[1:])]

    return Filling().visit(tree)


def _symbol(operator):
    return ast.unparse(ast.BinOp(ast.Name("a"), operator, ast.Name("b")))[1:-1].strip()


def _number(value):
    return ast.parse(str(value), mode="eval").body


def _forward(operator):
    """The operator by which the left operand is there once more."""
    return ast.Add() if isinstance(operator, ast.Sub) else (
        ast.Mult() if isinstance(operator, ast.Div) else operator
    )


def _call(call, *args):
    return ast.Call(call.func, list(args), call.keywords)


def _renamed(call, name):
    function = copy.deepcopy(call.func)
    if isinstance(function, ast.Name):
        function.id = name
    else:
        function.attr = name
    return ast.Call(function, call.args, call.keywords)


def _name_of(call):
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def _shifted(item):
    """Slices with a bound moved by one."""
    bounds = [ast.unparse(b) if b else "" for b in (item.lower, item.upper)]
    for place, bound in enumerate(bounds):
        for by in (" + 1", " - 1") if bound else ():
            moved = [*bounds[:place], bound + by, *bounds[place + 1 :]]
            yield ":".join(moved)


def _slope_of(node):
    """The h of 1 - h²."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        square = node.right
        if isinstance(square, ast.BinOp) and isinstance(square.op, ast.Pow):
            return ast.unparse(square.left)
    return None

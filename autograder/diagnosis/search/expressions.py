"""Edits of an expression: what students write in its place."""

import ast
from collections.abc import Iterator

from . import asks, calls, formulas, names, operators
from .line import Context, Line
from .program import Edit
from .words import is_or_are, written


def edits_of(context: Context, line: Line) -> Iterator[Edit]:
    """Every Edit of a line's expression and of the parts of it."""
    yield from _whole(context, line)
    for node, parent in formulas.with_parents(line.root):
        yield from _of_node(context, line, node, parent)


def _of_node(context, line, node, parent):
    if isinstance(node, ast.BinOp):
        yield from operators.of_operator(context, line, node, parent)
        yield from operators.of_terms(context, line, node, parent)
        yield from operators.of_brackets(context, line, node, parent)
    elif isinstance(node, ast.Call):
        yield from calls.of_function(context, line, node, parent)
        yield from calls.of_axis(context, line, node, parent)
        yield from calls.of_applied(context, line, node, parent)
    elif isinstance(node, ast.Name):
        yield from names.of_name(context, line, node, parent)
    elif isinstance(node, ast.Constant):
        yield from names.of_constant(context, line, node, parent)
    elif isinstance(node, ast.Compare):
        yield from names.of_condition(context, line, node, parent)
    elif isinstance(node, ast.UnaryOp):
        says = f"the minus is left out of {line.called}"
        if not isinstance(node.op, ast.USub):
            says = f"{written(node.operand)} counts where it does not hold, and the other way round"
        rank = 2 if isinstance(node.op, ast.USub) else 4
        yield line.edit(node, node.operand, says, asks.TERM, rank)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield line.there(node, node.value, parent, asks.TRANSPOSE, 2)
    elif isinstance(node, ast.IfExp):
        for which, part in (("always", node.body), ("never", node.orelse)):
            says = f"{line.called} is {which} taken as if {written(node.test)} held"
            yield line.edit(node, part, says, asks.CONDITION, 3)
    elif isinstance(node, ast.Subscript):
        yield from names.of_index(context, line, node, parent)


def _whole(context, line):
    """Edits of the whole definition: a factor, a sign, a size, another slope."""
    root, kind = line.root, context.kinds.of(line.function, line.quantity)
    if kind is None or kind[0] not in "fiu" or not line.quantity:
        return
    text = f"({ast.unparse(root)})"
    called = line.called
    verb = is_or_are(called)
    have = "have" if verb == "are" else "has"
    changes = [
        (f"-{text}", f"{called} {have} the wrong sign", asks.TERM, 2),
        (f"2 * {text}", f"{called} {verb} doubled", asks.CONSTANT, 3),
        (f"{text} / 2", f"{called} {verb} halved", asks.CONSTANT, 3),
        (f"{text} + 1", f"{called} {have} 1 added", asks.CONSTANT, 5),
        (f"{text} - 1", f"{called} {have} 1 subtracted", asks.CONSTANT, 5),
    ]
    if kind[0] == "f":
        changes += [
            (f"{text} ** 2", f"{called} {verb} squared", asks.FUNCTION, 3),
            (f"np.sqrt({text})", f"the root is taken of {called}", asks.FUNCTION, 3),
            (f"1 / {text}", f"{called} {verb} 1 divided by itself", asks.OPERATOR, 3),
            (f"np.abs({text})", f"the absolute value is taken of {called}", asks.FUNCTION, 4),
            (f"np.maximum({text}, 0)", f"negative values of {called} are 0", asks.FUNCTION, 4),
            (f"{text} + 1e-7", f"1e-7 is added to {called}", asks.CONSTANT, 5),
            (f"{text} + 1e-8", f"1e-8 is added to {called}", asks.CONSTANT, 5),
            (f"{text} + 1e-12", f"1e-12 is added to {called}", asks.CONSTANT, 5),
            (f"np.tanh({text})", f"a tanh is applied to {called}", asks.FUNCTION, 3),
        ]
    for size, words in context.sizes.get(line.function, {}).items():
        for word, sign in (("divided", "/"), ("multiplied", "*")):
            says = f"{called} {verb} {word} by {words}"
            changes.append((f"{text} {sign} {size}", says, asks.REDUCTION, 3))
        says = f"{called} {verb} divided by {words.partition(',')[0]} - 1"
        bessel = f"{text} * ({size}) / (({size}) - 1)"
        changes.append((bessel, says, asks.REDUCTION, 4))
    if kind[1] == 2:
        changes.append((f"({text}).T", f"{called} {verb} transposed", asks.TRANSPOSE, 3))
    if kind[0] == "f" and kind[1]:
        for axis in range(kind[1]):
            for keep in (True, False):
                changes.append(
                    (
                        f"np.mean({text}, axis={axis}, keepdims={keep})",
                        f"{called} {verb} averaged over axis {axis}",
                        asks.REDUCTION,
                        5,
                    )
                )
    slope = formulas.slope_of(root)
    if slope:
        for formula in (
            f"1 / (1 - {slope}**2)",
            f"{slope} * (1 - {slope})",
            f"1 - {slope}",
            f"1 - np.tanh({slope})**2",
            "1",
            f"1 + {slope}**2",
            f"{slope}**2",
            f"({slope} > 0) * 1.0",
            f"(1 - {slope})**2",
        ):
            yield line.there(root, formula, None, asks.SLOPE, 2)
    for new, says, question, rank in changes:
        yield line.edit(root, new, says, question, rank)

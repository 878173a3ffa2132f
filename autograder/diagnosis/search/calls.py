"""Edits of calls: another function, axis or range, other draws."""

import ast

from . import asks, formulas

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


def of_function(context, line, node, parent):
    name = formulas.name_of(node)
    for family in FAMILIES:
        for other in family if name in family else ():
            if other != name:
                rank = 2 if {name, other} <= {"sum", "mean"} else 4
                question = asks.REDUCTION if name in FAMILIES[1] else asks.FUNCTION
                yield line.there(node, formulas.renamed(node, other), parent, question, rank)
    if name == "tanh":
        for formula in (SIGMOID, RELU):
            new = formula.format(ast.unparse(node.args[0]))
            yield line.there(node, new, parent, asks.FUNCTION, 2)
    if name == "where" and len(node.args) == 3:
        test, one, other = node.args
        yield line.there(node, formulas.call(node, test, other, one), parent, asks.CONDITION, 2)
        for part in (one, other):
            yield line.there(node, part, parent, asks.CONDITION, 2)
    if name in ("max", "min", "zeros", "ones") and len(node.args) == 2:
        for part in node.args:
            yield line.there(node, part, parent, asks.CONDITION, 2)
    if name in ("uniform", "normal"):
        yield from _drawn(context, line, node, name)
    if name == "range" and line.called == "the loop":
        yield from _range(context, line, node)
    if name == "reversed" or (name in ("int", "float") and node.args):
        says = f"{name} is left out of {line.called}"
        yield line.edit(node, node.args[0], says, asks.LOOP, 2)


def _drawn(context, line, node, name):
    """What looks random, and is not what is asked for."""
    draw = ast.unparse(node)
    one = draw.rsplit(", size=", 1)[0] + ")"
    least, most = ast.unparse(node.args[0]), ast.unparse(node.args[1])
    low, high = (least, most) if name == "uniform" else ("-2", "2")
    says = [
        (f"np.full(shape, {one})", "one draw is used for every weight"),
        (f"np.resize({one[:-1]}, size=shape[-1]), shape)", "one row of draws is repeated"),
        (
            f"np.resize(np.linspace({low}, {high}, int(np.prod(shape))), shape)",
            "the values are a grid from one bound to the other, and not drawn",
        ),
        (
            f"({low}) + (({high}) - ({low})) * rng.integers(0, 101, size=shape) / 100",
            "whole numbers are drawn, and then scaled",
        ),
        (f"np.abs({draw})", "the signs of the draws are lost"),
        (f"np.round({draw}, 2)", "the draws are rounded"),
        (f"np.random.default_rng(0).{draw.split('.', 1)[1]}", "a generator of its own draws"),
        (f"np.clip(rng.normal(0, {most}, size=shape), {low}, {high})", "the draws are clipped"),
        (f"rng.normal({least}, {most}, size=shape)", f"normal({least}, {most}) is drawn"),
        (f"rng.uniform({least}, {most}, size=shape)", f"uniform({least}, {most}) is drawn"),
        ("rng.random(size=shape)", "the draws lie between 0 and 1"),
        ("rng.standard_normal(size=shape)", "a standard normal is drawn"),
    ]
    for new, text in says:
        yield line.edit(node, new, text, asks.DRAWN, 3)


def _range(context, line, node):
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
        yield line.edit(node, new, says, asks.LOOP, 3)


def of_axis(context, line, node, parent):
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
                    yield line.there(node, new, parent, asks.AXIS, 2)
        new = ast.Call(node.func, node.args, others)
        yield line.there(node, new, parent, asks.AXIS, 3)
    if formulas.name_of(node) in ("var", "std"):
        extra = [*node.keywords, ast.keyword("ddof", formulas.number(1))]
        new = ast.Call(node.func, node.args, extra)
        yield line.there(node, new, parent, asks.REDUCTION, 2)
    if any(k.arg == "axis" for k in node.keywords) and not any(
        k.arg == "keepdims" for k in node.keywords
    ):
        extra = [*node.keywords, ast.keyword("keepdims", ast.Constant(True))]
        new = ast.Call(node.func, node.args, extra)
        yield line.there(node, new, parent, asks.AXIS, 4)
    for number in range(len(node.args) - 1):
        swapped = list(node.args)
        swapped[number : number + 2] = swapped[number + 1], swapped[number]
        if formulas.name_of(node) != "where":
            new = ast.Call(node.func, swapped, node.keywords)
            yield line.there(node, new, parent, asks.OTHER, 3)


def of_applied(context, line, node, parent):
    """A function left out, applied twice, in another order, or to a part of its argument."""
    if len(node.args) != 1 or not isinstance(node.func, ast.Attribute):
        return
    if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "np"):
        return
    [inner], name = node.args, node.func.attr
    says = f"{name} is left out of {line.called}"
    yield line.edit(node, inner, says, asks.FUNCTION, 1)
    says = f"{name} is applied twice in {line.called}"
    if not node.keywords:
        yield line.edit(node, formulas.call(node, node), says, asks.FUNCTION, 2)
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
            yield line.there(node, new, parent, asks.BRACKET, 2)
    if isinstance(inner, ast.Call) and len(inner.args) == 1:
        new = ast.Call(inner.func, [ast.Call(node.func, inner.args, node.keywords)], inner.keywords)
        yield line.there(node, new, parent, asks.ORDER, 2)

"""Edits of names, constants, conditions and indices."""

import ast

from . import asks, formulas

COMPARISONS: tuple[type[ast.cmpop], ...] = (
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.Eq,
    ast.NotEq,
)


def of_name(context, line, node, parent):
    function = line.function
    if node.id in context.program.trees or node.id == "np":
        return
    kind = context.kinds.of(function, node.id)
    for other in context.kinds.seen.get(function, {}):
        alike = context.kinds.alike(function, node.id, other)
        if other != node.id and alike:
            arrays = kind is not None and kind[0] == "f" and kind[1] > 0
            rank = 2 if arrays and alike == 2 else 4
            yield line.there(node, ast.Name(other), parent, asks.OTHER, rank)
    if kind is None:
        return
    if kind[0] in "iu":
        for text in (f"{node.id} - 1", f"{node.id} + 1"):
            yield line.there(node, text, parent, asks.INDEX, 3)
    if kind[0] in "b":
        text = f"~{node.id}" if kind[1] else f"not {node.id}"
        yield line.there(node, text, parent, asks.CONDITION, 2)
    if kind[0] == "f" and kind[1] == 2:
        yield line.there(node, f"{node.id}.T", parent, asks.TRANSPOSE, 2)
    if kind[0] == "f" and kind[1]:
        for text, rank in (
            (f"{node.id}[:1]", 4),
            (f"np.zeros(np.shape({node.id}))", 3),
            (f"np.ones(np.shape({node.id}))", 4),
            (f"np.abs({node.id})", 5),
        ):
            yield line.there(node, text, parent, asks.OTHER, rank)
    if kind[0] == "f":
        yield line.there(node, f"-{node.id}", parent, asks.TERM, 3)
        for text in (
            f"{node.id}**2",
            f"np.sqrt({node.id})",
            f"np.tanh({node.id})",
            f"np.exp({node.id})",
            f"2 * {node.id}",
        ):
            yield line.there(node, text, parent, asks.FUNCTION, 5)
        if not kind[1]:
            yield line.there(node, "0", parent, asks.CONSTANT, 2)
            yield line.there(node, "1", parent, asks.CONSTANT, 4)
    if kind[0] in "f" and kind[1] >= 2:
        for text in (f"{node.id}[::-1]", f"{node.id}[:, ::-1]"):
            yield line.there(node, text, parent, asks.INDEX, 5)


def of_constant(context, line, node, parent):
    value = node.value
    if isinstance(value, bool):
        yield line.there(node, repr(not value), parent, asks.CONDITION, 4)
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
            yield line.there(node, shown, parent, asks.CONSTANT, 3)


def of_condition(context, line, node, parent):
    [operator], [right] = node.ops, node.comparators
    for kind in COMPARISONS:
        if not isinstance(operator, kind):
            new = ast.Compare(node.left, [kind()], [right])
            yield line.there(node, new, parent, asks.CONDITION, 3)
    kind = context.kinds.of(line.function, line.quantity)
    if kind is None or not kind[1]:
        for value in ("True", "False"):
            yield line.there(node, value, parent, asks.CONDITION, 3)
    else:
        for text in ("np.ones(np.shape({0}), bool)", "np.zeros(np.shape({0}), bool)"):
            new = text.format(ast.unparse(node.left))
            yield line.there(node, new, parent, asks.CONDITION, 4)
    for text in ("1e-12", "1e-8", "1e-6", "1e-3"):
        new = ast.Compare(node.left, node.ops, [ast.BinOp(right, ast.Add(), formulas.number(text))])
        yield line.there(node, new, parent, asks.CONDITION, 5)


def of_index(context, line, node, parent):
    yield line.there(node, node.value, parent, asks.INDEX, 4)
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for number, item in enumerate(items):
        text, options = ast.unparse(item), ["0", "-1"]
        if isinstance(item, ast.Slice):
            options += ["::-1", ":1", "1:", ":-1"] if text == ":" else [":"]
            options += formulas.shifted(item)
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
                yield line.there(node, new, parent, asks.INDEX, 3)
    for one in range(len(items)):
        for other in range(one):
            parts = [ast.unparse(i) for i in items]
            if parts[one] != parts[other]:
                parts[one], parts[other] = parts[other], parts[one]
                new = f"{ast.unparse(node.value)}[{', '.join(parts)}]"
                yield line.there(node, new, parent, asks.INDEX, 3)

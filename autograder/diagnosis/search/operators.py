"""Edits of operators, terms and brackets."""

import ast

from . import asks, formulas

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


def of_operator(context, line, node, parent):
    for kind, (text, rank) in OPERATORS.items():
        if not isinstance(node.op, kind):
            terms = line.words.term(node.left), line.words.term(node.right)
            says = f"{text.format(*terms)}, in {line.called}"
            new = ast.BinOp(node.left, kind(), node.right)
            sign = {type(node.op), kind} == {ast.Add, ast.Sub}
            yield line.edit(node, new, says, asks.OPERATOR, 2 if sign else rank)
    if not isinstance(node.op, (ast.Add, ast.Mult)):
        new = ast.BinOp(node.right, node.op, node.left)
        yield line.there(node, new, parent, asks.OPERATOR, 3)
    # The square taken for the double
    if isinstance(node.op, ast.Pow):
        new = ast.BinOp(node.left, ast.Mult(), node.right)
        yield line.there(node, new, parent, asks.OPERATOR, 3)
    yield from _unbracketed(context, line, node)


def _unbracketed(context, line, node):
    """Another operator where a line has no brackets, so that it binds otherwise."""
    operands, operators = formulas.flat(node)
    for place in range(len(operators)) if len(operators) > 1 else ():
        for kind, (_, rank) in OPERATORS.items():
            if isinstance(operators[place], kind):
                continue
            changed = [*operators[:place], kind(), *operators[place + 1 :]]
            pair = (line.words.term(operand) for operand in operands[place : place + 2])
            says = f"{' and '.join(pair)} are joined by {formulas.symbol(kind())}, in {line.called}"
            new = formulas.joined(operands, changed)
            yield line.edit(node, new, says, asks.OPERATOR, rank + 1)


def of_terms(context, line, node, parent):
    if isinstance(node.op, ast.Pow):
        yield line.there(node, node.left, parent, asks.TERM, 1)
        return
    for gone, kept in ((node.left, node.right), (node.right, node.left)):
        new = kept
        if gone is node.left and isinstance(node.op, ast.Sub):
            new = ast.UnaryOp(ast.USub(), kept)
        if gone is node.left and isinstance(node.op, ast.Div):
            new = ast.BinOp(formulas.number(1), ast.Div(), kept)
        says = f"{line.words.term(gone)} is left out of {line.called}"
        yield line.edit(node, new, says, asks.TERM, 1)
        if gone is node.left and isinstance(node.op, ast.Div):
            yield line.there(node, kept, parent, asks.TERM, 3)
        if not isinstance(node.op, (ast.Pow, ast.MatMult, ast.FloorDiv, ast.Mod)):
            twice = node.op if gone is node.right else formulas.forward(node.op)
            new = ast.BinOp(node, twice, gone)
            says = f"{line.words.term(gone)} is there twice in {line.called}"
            yield line.edit(node, new, says, asks.TERM, 2)


def of_brackets(context, line, node, parent):
    left, right = node.left, node.right
    if isinstance(left, ast.BinOp):  # (a + b) * c -> a + b * c
        new = ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, right))
        yield line.there(node, new, parent, asks.BRACKET, 2)
        new = ast.BinOp(ast.BinOp(left.left, node.op, right), left.op, left.right)
        yield line.there(node, new, parent, asks.BRACKET, 2)
    if isinstance(right, ast.BinOp):  # a * (b + c) -> a * b + c
        new = ast.BinOp(ast.BinOp(left, node.op, right.left), right.op, right.right)
        yield line.there(node, new, parent, asks.BRACKET, 2)
        new = ast.BinOp(right.left, right.op, ast.BinOp(left, node.op, right.right))
        yield line.there(node, new, parent, asks.BRACKET, 3)
    for call, other, first in ((left, right, True), (right, left, False)):
        if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords:
            inner = (call.args[0], other) if first else (other, call.args[0])
            new = formulas.call(call, ast.BinOp(inner[0], node.op, inner[1]))
            yield line.there(node, new, parent, asks.BRACKET, 2)

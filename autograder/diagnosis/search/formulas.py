"""Trees of expressions: walking them, taking parts out, writing them without brackets."""

import ast
import copy


def with_parents(root):
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


def putting(parent, node, new):
    """A copy of an expression in which a node is another."""

    class Putting(ast.NodeTransformer):
        def visit(self, at):
            return (
                copy.deepcopy(new)
                if getattr(at, "place", -1) == node.place
                else (self.generic_visit(at))
            )

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


def flat(node):
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


def joined(operands, operators):
    """The formula that these make without brackets."""
    names = [f"_{number}" for number in range(len(operands))]
    pieces = [names[0]]
    for operator, name in zip(operators, names[1:]):
        pieces += [symbol(operator), name]
    tree = ast.parse(" ".join(pieces), mode="eval").body

    class Filling(ast.NodeTransformer):
        def visit_Name(self, node):
            return operands[int(node.id[1:])]

    return Filling().visit(tree)


def symbol(operator):
    return ast.unparse(ast.BinOp(ast.Name("a"), operator, ast.Name("b")))[1:-1].strip()


def number(value):
    return ast.parse(str(value), mode="eval").body


def forward(operator):
    """The operator by which the left operand is there once more."""
    return (
        ast.Add()
        if isinstance(operator, ast.Sub)
        else (ast.Mult() if isinstance(operator, ast.Div) else operator)
    )


def call(call, *args):
    return ast.Call(call.func, list(args), call.keywords)


def renamed(call, name):
    function = copy.deepcopy(call.func)
    if isinstance(function, ast.Name):
        function.id = name
    else:
        function.attr = name
    return ast.Call(function, call.args, call.keywords)


def name_of(call):
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def shifted(item):
    """Slices with a bound moved by one."""
    bounds = [ast.unparse(b) if b else "" for b in (item.lower, item.upper)]
    for place, bound in enumerate(bounds):
        for by in (" + 1", " - 1") if bound else ():
            moved = [*bounds[:place], bound + by, *bounds[place + 1 :]]
            yield ":".join(moved)


def slope_of(node):
    """The h of 1 - h²."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        square = node.right
        if isinstance(square, ast.BinOp) and isinstance(square.op, ast.Pow):
            return ast.unparse(square.left)
    return None

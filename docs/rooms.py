"""The rooms of autograder/ and the imports between them, read off the code: docs/architecture.svg.

    python docs/rooms.py

An arrow means "imports from". Arrows that follow from others are left out: what a room may use is
everything below it.
"""

import ast
from collections import defaultdict
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "autograder"
OUTSIDE = "demo publish exporters __init__ __main__".split()  # doors to the street, drawn nowhere
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 132, 44, 30, 46, 24
STYLE = """
  text { font: 15px system-ui, sans-serif; fill: #1a1a1a; text-anchor: middle }
  rect { fill: #f2f7f5; stroke: #00694e; stroke-width: 1.5 }
  .sealed { fill: #fdf4f1; stroke: #a8321a }
  path { fill: none; stroke: #777777; stroke-width: 1.2 }
"""


def room(path):
    """The room that a module lies in: its package, or its own name where it lies flat."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imported(path):
    """The rooms that a module imports from, wherever in it the import stands."""
    here = ("autograder", *path.relative_to(PACKAGE).with_suffix("").parts)
    if path.name == "__init__.py":
        here = (*here[:-1], "__init__")
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = [*here[: -node.level], *(node.module or "").split(".")]
        base = [part for part in base if part]
        for alias in node.names:
            target = [*base, alias.name]
            if len(target) > 1:
                rooms.add(target[1])
    return rooms


def imports():
    """{room: the rooms that it imports from}."""
    graph = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        if "solutions" not in path.relative_to(PACKAGE).parent.parts:
            graph[room(path)] |= imported(path) - {room(path)}
    known = set(graph)
    return {name: targets & known for name, targets in sorted(graph.items())}


def levels(graph):
    """{room: how many rooms lie below it at most}.

    Raises:
        ValueError: the imports run in a circle.
    """
    heights = {}

    def level(name, above=()):
        if name in above:
            raise ValueError(f"imports run in a circle: {' -> '.join([*above, name])}")
        if name not in heights:
            below = [level(target, (*above, name)) for target in sorted(graph[name])]
            heights[name] = 1 + max(below, default=-1)
        return heights[name]

    for name in graph:
        level(name)
    return heights


def raised(graph):
    """{room: level}, each as close to those that import from it as it may be."""
    heights = levels(graph)
    for name in sorted(graph, key=heights.get, reverse=True):
        above = [heights[other] for other, targets in graph.items() if name in targets]
        heights[name] = min(above, default=heights[name] + 1) - 1
    return heights


def reduced(graph):
    """The graph without arrows that follow from others."""

    def reach(name):
        return {name}.union(*(reach(target) for target in graph[name]))

    return {
        name: {t for t in targets if not any(t in reach(o) for o in targets - {t})}
        for name, targets in graph.items()
    }


def draw(graph):
    """The picture as SVG."""
    graph = {n: t - set(OUTSIDE) for n, t in graph.items() if n not in OUTSIDE}
    height, rows = raised(graph), defaultdict(list)
    for name in sorted(graph):
        rows[height[name]].append(name)
    widest, top = max(map(len, rows.values())), max(rows)
    total = widest * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN
    places = {}
    for level, names in rows.items():
        left = (total - len(names) * (WIDTH + GAP_X) + GAP_X) / 2
        for i, name in enumerate(names):
            y = MARGIN + (top - level) * (HEIGHT + GAP_Y)
            places[name] = (left + i * (WIDTH + GAP_X), y)
    parts = []
    for name, targets in sorted(reduced(graph).items()):
        x, y = places[name][0] + WIDTH / 2, places[name][1] + HEIGHT
        for target in sorted(targets):
            u, v = places[target][0] + WIDTH / 2, places[target][1]
            bend = (v - y) / 2
            parts.append(
                f'<path d="M{x:g} {y:g}C{x:g} {y + bend:g} {u:g} {v - bend:g} {u:g} {v - 4:g}"'
                ' marker-end="url(#tip)"/>'
            )
    for name, (x, y) in places.items():
        kind = ' class="sealed"' if name == "sandbox" else ""
        parts.append(
            f'<rect{kind} x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
            f'<text x="{x + WIDTH / 2:g}" y="{y + HEIGHT / 2 + 5:g}">{escape(name)}</text>'
        )
    size = total, 2 * MARGIN + (top + 1) * (HEIGHT + GAP_Y) - GAP_Y
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]:g} {size[1]:g}" role="img"'
        ' aria-label="The rooms of autograder/ and the imports between them">'
        f'<style>{STYLE}</style><defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" '
        'refY="3" orient="auto"><path d="M0 0L6 3L0 6z" style="fill:#777777;stroke:none"/></marker>'
        f"</defs>{''.join(parts)}</svg>\n"
    )


if __name__ == "__main__":
    (HERE / "architecture.svg").write_text(draw(imports()), encoding="utf-8")

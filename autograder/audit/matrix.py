"""An audit as a table: in the terminal, as Markdown, as HTML."""

from rich.console import Console
from rich.table import Table

from .. import templates
from ..feedback import points

FIGURES = [
    ("correct solutions accepted", "correct", "rejected", 1.0),
    ("mistakes killed", "single", "survivors", 1.0),
    ("mistakes isolated", "single", "spread", 0.98),
    ("mistakes named", "single", "unnamed", 1.0),
    ("pairs named", "pairs", "unnamed_pairs", 0.9),
]
# Of mutants: what is counted, the list of those that are not, and the least share.
OF_MUTANTS = [
    ("killed", "survivors", 1.0),
    ("isolated", "spread", 0.9),
    ("named", "unnamed", 0.9),
    ("told", "untold", 0.9),
]
WIDTH = 110  # of what is written to a file


def figures(audit):
    """[(what, how many, of how many, least share)]."""
    counted = []
    for what, rows, failed, least in FIGURES:
        total = len(getattr(audit, rows))
        counted.append((what, total - len(getattr(audit, failed)()), total, least))
    return counted


def passed(audit):
    """Are all figures as good as they have to be, and is nobody accused of what is not there?"""
    good = all(number >= least * total for _, number, total, least in figures(audit))
    good = good and all(number >= least * total for _, number, total, least in of_mutants(audit))
    accused = audit.accused() or audit.of_mutants()["accused"]
    return good and bool(audit.correct and audit.single) and not accused


def of_mutants(audit):
    """[(what, how many, of how many, least share)] of the mutants that change an answer; [] where
    none were tried.
    """
    if not audit.mutants:
        return []
    wrong, killed = audit.of_mutants(), len(audit.killed())
    totals = {"survivors": killed + len(wrong["survivors"])}
    counted = []
    for what, failed, least in OF_MUTANTS:
        total = totals.get(failed, killed)
        counted.append((what, total - len(wrong[failed]), total, least))
    return counted


def show(audits):
    """Print the figures of each assignment, and every row that is not as it should be."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    table = Table(title="The grader's exam")
    table.add_column("assignment", no_wrap=True)
    for what in ("accepted", "killed", "isolated", "named", "pairs named", "accused"):
        table.add_column(what, justify="right", no_wrap=True)
    for audit in audits:
        shares = [f"{number}/{total}" for _, number, total, _ in figures(audit)]
        table.add_row(audit.assignment.name, *shares, str(len(audit.accused())))
    console.print(table)
    for audit in audits:
        for what, number, total, _ in of_mutants(audit):
            told = f"{audit.assignment.name} · mutants {what}: {number} of {total}"
            console.print(told, highlight=False, markup=False)
        for what, several in audit.of_mutants().items():
            for mutant in several:
                text = (
                    f"{audit.assignment.name} · mutants {what}: {mutant.line[1]} lost {mutant.lost}"
                )
                console.print(text, highlight=False, markup=False)
        text = f"{audit.assignment.name} · {tolerances(audit)}"
        console.print(text, highlight=False, markup=False)
        for what in ("rejected", "survivors", "spread", "unnamed", "unnamed_pairs", "accused"):
            for row in getattr(audit, what)():
                named = sorted(
                    {name for sets in row.named.values() for ids in sets for name in ids}
                )
                lost = ", ".join(sorted(row.lost)) or "nothing"
                text = f"{audit.assignment.name} · {what}: {row.name} lost {lost}; named: {named}"
                console.print(text, highlight=False, markup=False)


def mutants(audits):
    """The figures of the mutants of all assignments as a Markdown table."""
    head = ["assignment", "mutants", "change nothing", "only raise"]
    head += [what for what, *_ in OF_MUTANTS] + ["wrongly accused"]
    lines = [_line(head), _line(["---"] * len(head))]
    sums = [0] * (2 + len(OF_MUTANTS))
    for audit in audits:
        kinds = [m.kind for m in audit.mutants]
        cells = [len(kinds), kinds.count("equal"), kinds.count("raises")]
        shares = [f"{number} of {total}" for _, number, total, _ in of_mutants(audit)]
        accused = len(audit.of_mutants()["accused"])
        lines.append(_line([audit.assignment.name, *map(str, cells), *shares, str(accused)]))
        numbers = [number for _, number, *_ in of_mutants(audit)]
        sums = [a + b for a, b in zip(sums, [len(audit.killed()), *numbers, accused])]
    killed, *numbers, accused = sums
    if killed:
        shares = [f"{number} of {killed} ({number / killed:.1%})" for number in numbers]
        lines.append(_line(["together", "", "", "", *shares, str(accused)]))
    return "\n".join(lines)


def tolerances(audit):
    """How much of the tolerance correct solutions use, as a sentence."""
    told = (f"{share:.2g} of it in {dtype}" for dtype, share in sorted(audit.shares().items()))
    return f"Correct solutions use of the tolerance at most {', '.join(told)}."


def summary(audits):
    """The figures of all assignments as a Markdown table."""
    head = ["assignment", *(what for what, *_ in FIGURES), "wrongly accused"]
    lines = [_line(head), _line(["---"] * len(head))]
    for audit in audits:
        shares = [f"{number} of {total}" for _, number, total, _ in figures(audit)]
        lines.append(_line([audit.assignment.name, *shares, str(len(audit.accused()))]))
    return "\n".join(lines)


def markdown(audits):
    """The figures, and for each assignment the matrix of submissions and questions."""
    parts = ["# The grader's exam", summary(audits)]
    if any(audit.mutants for audit in audits):
        parts += ["## Mutants of the model solutions", mutants(audits)]
    for audit in audits:
        head = ["submission", *audit.questions, "named"]
        lines = [_line(head), _line(["---"] * len(head))]
        for row in audit.correct + audit.single + audit.pairs:
            cells = [_points(row, question) for question in audit.questions]
            lines.append(_line([f"`{row.name}`", *cells, _named(row)]))
        parts += [f"## {audit.assignment.name}", tolerances(audit), "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def html(audits):
    """The same as a page of its own."""
    return templates.render(
        __file__,
        "matrix.html.j2",
        audits=audits,
        figures=figures,
        tolerances=tolerances,
        points=_points,
        named=_named,
    )


def _points(row, question):
    score, of = row.scores[question]
    return "✓" if score == of else f"{points(score)} / {points(of)}"


def _named(row):
    """The mistakes named: 'a; b or c'."""
    sets = dict.fromkeys(ids for diagnoses in row.named.values() for ids in diagnoses)
    joint = " + " if len(row.made) > 1 else " or "
    return "; ".join(joint.join(ids) for ids in sets)


def _line(cells):
    return "| " + " | ".join(cells) + " |"

"""No LMS: folders named for students, and everybody's marks as a CSV table for a spreadsheet."""

from pathlib import PurePosixPath

from ..assignments import NAMES
from ..course.people import harmless
from ..feedback import points
from ..notebooks.choice import is_notebook
from .archive import FoundFile
from .matching import why

FROM, TO = "plain", "csv"
ROSTER = None  # folders have ids already
HEADER = (
    "student_id last_name first_name email assignment mark max state status points_so_far "
    "late_penalty"
).split()


def top_folder(names):
    """The one folder in which everything of a plain download is, with a slash, or ""."""
    parts = [PurePosixPath(name).parts for name in names]
    tops = {part[0] for part in parts if len(part) > 1}
    if len(tops) != 1 or any(len(part) == 1 for part in parts):
        return ""
    inside = {part[1] for part in parts if len(part) == 2}
    folders = {part[1] for part in parts if len(part) > 2}
    if folders & set(NAMES) or any(PurePosixPath(n).stem in NAMES for n in inside):
        return ""  # it is a student's own
    return f"{tops.pop()}/" if folders or all(map(is_notebook, inside)) else ""


def sections(names, top):
    """The folders of a download that have folders of students in them, and are no students': most
    have several, none of which is called as one elsewhere.
    """
    inside = {}
    for name in names:
        parts = PurePosixPath(name.removeprefix(top)).parts
        if is_notebook(parts[-1]):
            deeper = parts[1] if len(parts) > 2 and parts[1] not in NAMES else ""
            inside.setdefault(parts[0], set()).add(deeper)
    deep = {name: folders for name, folders in inside.items() if "" not in folders}
    names = [name for folders in deep.values() for name in folders]
    several = sum(len(folders) > 1 for folders in deep.values())
    is_so = len(deep) > 1 and 2 * several >= len(deep) and len(set(names)) == len(names)
    return set(deep) if is_so else set()


def parse(name):
    """`<student>.ipynb`, `<student>/…/file`, or nbgrader's `<student>/<assignment>/file`."""
    parts = [part for part in PurePosixPath(name).parts if part not in ("/", "..", ".")]
    if not parts:
        return None
    if len(parts) == 1:
        return FoundFile(name, PurePosixPath(parts[0]).stem, "", parts[0])
    told = parts[1] if len(parts) > 2 and parts[1] in NAMES else ""
    return FoundFile(name, parts[0], "", parts[-1], assignment=told)


def table(standings, assignment, roster=None, column=None, scale=False):
    """(rows, nobody left out, no remarks): a student without a mark has an empty one, and a state
    that says why.
    """
    questions = list(dict.fromkeys(name for mark in standings for name in mark.questions))
    rows = [[*HEADER, *questions, "remarks"]]
    for mark in standings:
        rows.append(
            [
                *map(harmless, (mark.student, mark.last_name, mark.first_name, mark.email)),
                assignment,
                "" if mark.score is None else points(mark.score),
                points(mark.max_score),
                mark.state,
                mark.status,
                points(mark.points) if any(s is not None for s in mark.questions.values()) else "",
                points(mark.penalty),
                *(_cell(mark.questions.get(question)) for question in questions),
                harmless(why(mark) if mark.score is None else ""),
            ]
        )
    return rows, [], []


def _cell(score):
    return "" if score is None else points(score)

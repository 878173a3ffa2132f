"""What students get, as one zip archive, and a look into it for what they must not get.

    python -m autograder publish

The repository itself stays with staff: it holds the solutions and the questions.
"""

import json
import re
import zipfile
from pathlib import Path

from .assignments import load_all
from .course.course import need_checkout
from .course.storage import add_to_zip
from .errors import NotPublished

README, ENVIRONMENT = "README.md", "environment.yml"
ALLOWED = re.compile(r"(README\.md|environment\.yml|assignments/(\w+)/\2\.ipynb)$")
REGION = re.compile(r"### BEGIN (?:SOLUTION|MARK SCHEME)\n(.*?)### END", re.DOTALL)
LONG_ENOUGH = 30  # characters, blanks and comments left out, that are no coincidence


def bundle(path, project=None):
    """Write the students' archive to `path`; return the names in it.

    Args:
        project: the checkout (default: the one that this program runs from).

    Raises:
        NotPublished: something in it is not for students; nothing is written then.
        NoCourseFolder: there is no checkout.
    """
    project = Path(project or need_checkout("publish"))
    contents = _contents(project)
    if complaints := leaks(contents, project):
        raise NotPublished("not published: " + "; ".join(complaints))
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            add_to_zip(archive, name, data)
    return list(contents)


def _contents(project):
    """{name in the archive: bytes}."""
    own = project / "docs" / "students"
    files = {name: own / name for name in (README, ENVIRONMENT)}
    for path in sorted((project / "assignments").rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(project).parts)
        if path.is_file() and not hidden:
            files[path.relative_to(project).as_posix()] = path
    return {name: path.read_bytes() for name, path in files.items()}


def leaks(contents, project):
    """Sentences on what is not for students in {name: bytes}; none where all is well."""
    strange = [name for name in contents if not ALLOWED.match(name)]
    complaints = [f"{name} is nothing that students get" for name in strange]
    wanted = {f"assignments/{a.name}/{a.name}.ipynb" for a in load_all()}
    missing = sorted(wanted - contents.keys())
    complaints += [f"{name} is missing (make release)" for name in missing]
    answers = model_answers(project)
    for name, data in contents.items():
        text = _plain(_text(name, data))
        held = dict.fromkeys(what for what, answer in answers if answer in text)
        complaints += [f"{name} holds {what}" for what in held]
    return complaints


def model_answers(project):
    """[(what it is, plain text)] of the model answers and mark schemes in solutions/ and of the
    grader's own solutions: the whole and every long line, but for lines that are given to students.
    """
    given, answers = "", []
    for assignment in load_all():
        path = project / "solutions" / assignment.name / f"{assignment.name}.ipynb"
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source, about = "".join(cell["source"]), cell["metadata"].get("nbgrader", {})
            what = f"a model answer of solutions/{assignment.name} ({about.get('grade_id')})"
            answers += [(what, answer) for answer in REGION.findall(source)]
            given += _plain(REGION.sub("", source))
        for function, source in assignment.source().items():
            what = f"a model answer of the grader ({function})"
            answers.append((what, source.partition("):\n")[2]))
    pieces = [
        (what, _plain(piece)) for what, text in answers for piece in (text, *text.splitlines())
    ]
    return [(w, piece) for w, piece in pieces if len(piece) >= LONG_ENOUGH and piece not in given]


def _text(name, data):
    """All that somebody could read in a file: of a notebook, also what is in outputs."""
    text = data.decode("utf-8", "replace")
    try:
        return "\n".join(_strings(json.loads(text))) if name.endswith(".ipynb") else text
    except ValueError:
        return text


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and all(isinstance(line, str) for line in value):
        yield "".join(value)
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _plain(text):
    """A text without blanks and comments, as it is compared."""
    return re.sub(r"#[^\n]*|\s+", "", text)

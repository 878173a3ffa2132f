"""What is known of a submission after grading, as files: one per submission while a class is being
graded, one for the class when it is finished. Both are checked against `results.schema.json`.
"""

import functools
import json
from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ..errors import UnreadableFile
from .notes import STAFF, UNTOUCHED, Note, for_staff
from .storage import write_json

SCHEMA = Path(__file__).with_name("results.schema.json")
UNUSABLE = ("damaged", "wrong_file")  # statuses of what has no mark until something else comes
BESIDE = (
    "digest",
    "checks",
    "term",
    "time",
    "python",
)  # what a submission's own file says beside the entry


@dataclass
class Entry:
    """The JSON verdict of one submission, and what became of it.

    Attributes:
        status: as in the contract: `graded`, `timeout`, …
        seconds: wall time that grading took.
        questions: {id: {"score", "max_score", "cases"}} as in the contract. Where an entry has a
            file of its own, they are read from it when they are asked for.
        recorded: is it in the gradebook?
        digest: of the work that was graded; "" where that is not known.
        checks: fingerprint of the questions that gave the score.
        term: the word that their hidden inputs were drawn from.
        time: when it was handed in, as it was known then.
        python: the version that the notebook says it was written on, or "".
    """

    student: str
    assignment: str | None
    status: str
    score: float
    max_score: float
    seconds: float
    questions: Mapping[str, Any]
    notes: list[Note] = field(default_factory=list)
    recorded: bool = True
    digest: str = ""
    checks: str = ""
    term: str = ""
    time: str = ""
    python: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any], **beside: str) -> "Entry":
        """The entry of a class file.

        Raises:
            ValueError: it does not have the form of `results.schema.json`.
        """
        _validator()(data)
        return cls.of_verdict(data, **beside)

    @classmethod
    def of_verdict(cls, data: Mapping[str, Any], **beside: str) -> "Entry":
        """The entry of what a Verdict says of itself, which is known to have that form."""
        plain = {f.name: data[f.name] for f in fields(cls) if f.name not in BESIDE}
        plain["notes"] = [Note.parse(text) for text in data["notes"]]
        return cls(**(plain | beside))

    def to_json(self) -> dict[str, Any]:
        """The entry of a class file."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in BESIDE}
        notes = [str(note) for note in self.notes]
        return plain | {"questions": dict(self.questions.items()), "notes": notes}

    @classmethod
    def load(cls, path: Path) -> "Entry | None":
        """The entry of a submission's own file; None without one that is whole."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            beside = {name: str(kept.get(name, "")) for name in BESIDE}
            entry = cls.from_json(kept["entry"], **beside)
            entry.questions = _Kept(path)
            return entry
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, path: Path) -> Path:
        """Write the submission's own file, atomically."""
        kept = {name: getattr(self, name) for name in BESIDE} | {"entry": self.to_json()}
        write_json(path, kept)
        self.questions = _Kept(path)
        return path

    @property
    def is_usable(self) -> bool:
        """Was there something to grade?"""
        return self.status not in UNUSABLE

    @property
    def faults(self) -> list[str]:
        """The notes that staff have to act on, as they are shown."""
        return [str(note) for note in for_staff(self.notes)]

    @property
    def to_see(self) -> str:
        """Why staff should look at it, in a sentence, or ""."""
        if self.faults:
            return self.faults[0]
        if self.status == "graded" and self.recorded and not self.is_untouched:
            return ""
        return str(self.notes[0]) if self.notes else self.status

    @property
    def is_untouched(self) -> bool:
        """Is it the notebook as it was released?"""
        return UNTOUCHED in map(str, self.notes)

    def not_recorded(self, why: str) -> None:
        """Say that it did not get into the gradebook."""
        self.recorded = False
        self.notes = [*self.notes, Note(STAFF, why)]

    @property
    def judgement(self) -> dict[str, Any]:
        """All but what differs from run to run."""
        return self.to_json() | {"seconds": 0}


class _Kept(Mapping[str, Any]):
    """The questions of an entry, in its file: those of a class are more than need be in memory."""

    def __init__(self, path: Path):
        self._path, self._state = path, _state(path)

    def _read(self) -> dict[str, Any]:
        if _state(self._path) != self._state:
            raise RuntimeError(f"{self._path} was written again since its entry was read")
        whole: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        questions: dict[str, Any] = whole["entry"]["questions"]
        return questions

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def items(self) -> ItemsView[str, Any]:
        return self._read().items()

    def values(self) -> ValuesView[Any]:
        return self._read().values()


def _state(path: Path) -> tuple[int, int]:
    """What tells one version of a file from another: each is a file of its own."""
    now = path.stat()
    return now.st_ino, now.st_mtime_ns


class _Each(Mapping[str, Any]):
    """{student: entry as in a class file}, each made when its turn comes."""

    def __init__(self, entries: Mapping[str, Entry]):
        self._entries = entries

    def __getitem__(self, student: str) -> dict[str, Any]:
        return self._entries[student].to_json()

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def load_class(path: Path) -> dict[str, Entry]:
    """{student: Entry} of a class file.

    Raises:
        FileNotFoundError: there is none.
        UnreadableFile: it is not a class file.
    """
    try:
        submissions = json.loads(path.read_text(encoding="utf-8"))["submissions"]
        return {student: Entry.from_json(data) for student, data in submissions.items()}
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFile(
            f"expected a class file, as `grade` writes it. Received: {path} ({error})"
        ) from None


def save_class(
    path: Path, assignment: str, entries: Mapping[str, Entry], remarks: Sequence[str] = ()
) -> Path:
    """Write a class file, atomically, with sentences for staff on the class as a whole."""
    whole = {"assignment": assignment, "remarks": list(remarks), "submissions": _Each(entries)}
    return write_json(path, whole)


@functools.cache
def _validator() -> Callable[[Any], Any]:
    """The schema as a function that raises ValueError (compiled: a class has hundreds of files)."""
    import fastjsonschema

    check: Callable[[Any], Any] = fastjsonschema.compile(json.loads(SCHEMA.read_text("utf-8")))
    return check

"""The sealed processes of one submission, in turn: each has run the notebook's cells.

A process that is lost is started again a few times, without the cell that lost it.
"""

import time
from collections.abc import Iterable
from typing import Any

from ..course.notes import CELL, LOST, Note
from ..diagnosis import exceptions
from ..notebooks.syntax import definitions, functions_defined
from ..sandbox import Limits, Lost, SealedProcess, wire

MAX_RESTARTS = 3
PARDONED = 2  # processes killed by SIGKILL, whoever sent it, that cost no restart
REDUCED = "what it defines counts"
LATE = "of those that follow, imports and definitions were run, and the rest was only begun"
SEALED = (
    "it uses Keras, TensorFlow, PyTorch or JAX, which are not there while grading. In a cell that "
    "compares or trains, that costs nothing"
)

Reply = tuple[dict[str, Any], bytes]


class Session:
    """One submission's processes and cells.

    Attributes:
        status: `graded`, or how the first lost process was lost.
        notes: about cells that failed and processes that were lost.
        number: of the process that runs, or ran last, from 1.
        unread: numbers of cells that hold what this Python cannot read.
        missing: modules that cells import and that are not there.
        not_defined: {name of a function: sentence} of those whose cell failed.
        limits: of each process.
    """

    def __init__(
        self,
        cells: Iterable[tuple[int, str]],
        functions: Iterable[str],
        limits: Limits,
        sandbox: str,
        deadline: float | None = None,
    ):
        """
        Args:
            cells: (number in the notebook, source) to run, in order; 0 is what is ours.
            functions: names of the contract's functions.
            sandbox: name of a backend.
            deadline: on time.monotonic(), of everything (default: the limit per notebook, from
                now).
        """
        self.status, self.notes, self.number = "graded", list[Note](), 0
        self.not_defined: dict[str, str] = {}
        self.unread: list[int] = []
        self.missing = set[str]()
        self.limits, self._sandbox = limits, sandbox
        self.deadline = time.monotonic() + limits.notebook if deadline is None else deadline
        self._cells, self._functions = list(cells), frozenset(functions)
        self._process: SealedProcess | None = None
        self._allowed, self._pardoned = MAX_RESTARTS, 0
        self._reduced: set[int] = set()  # numbers of cells of which only the definitions are run

    def close(self) -> None:
        """End the process, if one runs."""
        if self._process:
            self._forget()

    @property
    def sources(self) -> dict[int, str]:
        """{number of a cell: source}."""
        return dict(self._cells)

    def start(self) -> None:
        """See to it that a process runs in which the notebook's cells have run.

        Raises:
            Lost: too many were lost.
            SandboxUnavailable: none can be started.
        """
        while self._process is None:
            if self.number > self._allowed:
                raise Lost(
                    self.status, "it was not run any more, after its process was lost too often"
                )
            self.number += 1
            self._process = SealedProcess(self.limits, self._sandbox)
            self._run_cells(list(self._cells), first=self.number == 1)

    def extend(self, cells: list[tuple[int, str]]) -> None:
        """Run further cells, in the process that runs and in those that follow it."""
        self._cells += cells
        if self._process:
            self._run_cells(cells, first=self.number == 1)

    def ask(self, header: dict[str, Any], payload: bytes = b"", seconds: float = 0.0) -> Reply:
        """Send a request to the process that runs; return (reply header, reply payload).

        Args:
            seconds: to wait for it (default: the limit per call).

        Raises:
            Lost: the process is gone.
        """
        assert self._process is not None
        left = self.deadline - time.monotonic()
        if left <= 0:
            self._forget()
            raise Lost("timeout", f"the notebook used up its {self.limits.notebook:g} seconds")
        try:
            limit = seconds or self.limits.call
            reply, data = self._process.request(header, payload, min(limit, left))
        except Lost:
            self._forget()
            raise
        if isinstance(reply.get("error"), dict) and reply["error"].get("type") == "MemoryError":
            self._forget()  # what is left of its memory is no place to go on in
            limit = self.limits.memory / 2**30
            raise Lost("out_of_memory", f"it wanted more than its {limit:g} GiB of memory")
        return reply, data

    def pardons(self, lost: Lost) -> bool:
        """Was the process killed from elsewhere, perhaps? Some may be, at nobody's expense."""
        if not lost.killed or self._pardoned >= PARDONED:
            return False
        self._pardoned += 1
        self.forgive()
        return True

    def forgive(self) -> None:
        """The process was lost by us, and costs the student no restart."""
        self._allowed += 1

    def record(self, status: str, sentence: str) -> None:
        """Keep how a process was lost."""
        if self.status == "graded":
            self.status = status
        self.note(LOST, sentence)

    def note(self, kind: str, sentence: str) -> None:
        """Keep a sentence, once."""
        if (note := Note(kind, sentence)) not in self.notes:
            self.notes.append(note)

    def _run_cells(self, cells: list[tuple[int, str]], first: bool) -> None:
        """Run cells of the notebook. Those that come when their time is used up get hardly any; of
        one that was stopped before only the definitions are run.
        """
        end = time.monotonic() + self.limits.cells
        for number, source in cells:
            late = number > 0 and time.monotonic() > end
            if late and first:
                limit = f"{self.limits.cells:g} seconds"
                self.record("timeout", f"the cells used up their {limit}: {LATE}")
            if not self._run_cell(number, source, first, late):
                return

    def _run_cell(self, number: int, source: str, first: bool, late: bool) -> bool:
        """Run a cell; say whether the process still lives."""
        reduced = number in self._reduced
        limit = min(self.limits.cell, 0.8 * self.limits.call)
        request = {"op": "run", "cell": number, "seconds": limit, "late": late}
        try:
            request["source"] = definitions(source) if reduced else source
            reply, _ = self.ask(request)
        except Lost as lost:
            if self.pardons(lost):
                return False
            if reduced or not number:
                self._cells.remove((number, source))
            self._reduced.add(number)
            self.record(lost.status, f"cell {number}: {lost.sentence}; {REDUCED}")
            return False
        if first and number:
            self._note_what_is_missing(number, reply)
        if reduced or late or not number:
            return True
        if "stopped" in reply:
            place = exceptions.place(reply["stopped"])
            where = f" (it was at {place})" if place else ""
            sentence = f"it did not come to an end within {limit:g} seconds and was stopped"
            self.record("timeout", f"cell {number}: {sentence}{where}; {REDUCED}")
            self._reduced.add(number)  # should it ever be run again
        elif first and "error" in reply:
            self._note_failure(number, source, reply["error"])
        return True

    def _note_what_is_missing(self, number: int, reply: dict[str, Any]) -> None:
        """Packages that are not there, and decorators that were left out."""
        for module in _texts(reply.get("missing")):
            self.missing.add(module)
            package = module.partition(".")[0]
            self.note(
                CELL,
                f"cell {number}: {package} is not there while grading: what uses it fails. The "
                "functions need only NumPy and Python's standard library",
            )
        for line in _texts(reply.get("decorators")):
            self.note(
                CELL,
                f"cell {number}: `{line}` could not be applied: the function counts without it",
            )

    def _note_failure(self, number: int, source: str, error: object) -> None:
        kind = error.get("type") if isinstance(error, dict) else None
        if kind == "NotImplementedError":
            return  # an unfinished task says so in its own question
        if kind == "SealedError":
            sentence = f"cell {number}: {SEALED}"
        else:
            sentence = f"cell {number}: {in_words(error)}"
        if kind in ("SyntaxError", "IndentationError"):
            self.unread.append(number)
        self.note(CELL, sentence)
        for name in functions_defined(source) & self._functions:
            self.not_defined[name] = f"{name} was not defined, because its cell failed: {sentence}"

    def _forget(self) -> None:
        if self._process:
            self._process.close()
        self._process = None


def _texts(value: object) -> list[str]:
    """The texts in a list that the sealed process sent, as they can be shown."""
    items = value if isinstance(value, list) else []
    return [str(wire.clean(text[:80])) for text in items[:20] if isinstance(text, str)]


def in_words(error: object, with_type: bool = True) -> str:
    """What the sealed process says of an exception: 'KeyError: 3 (cell 4, line 2: `x[3]`)'."""
    if not isinstance(error, dict):
        return "an error"
    text = f"{error.get('type')}: " if with_type else ""
    text = f"{text}{error.get('message')}".rstrip(": ")
    where = exceptions.place(error)
    return str(wire.clean(text[:800])) + (f" ({where})" if where else "")

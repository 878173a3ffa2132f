"""The grader's handle on a student's functions: a call crosses into the sealed process and never
raises.

What cannot be had is a `Failure`, which passes through further calls and comparisons like any
value, so that a check reads as if everything went well and every case still gets its sentence.
"""

import inspect
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ..answers.calls import (
    Answer,
    Call,
    Failure,
    Function,
    Loss,
    RemoteValue,
    all_failed,
    changed_in_place,
    first_failure,
    is_heavy,
)
from ..course.notes import PRECISION, Note
from ..diagnosis import exceptions
from ..sandbox import DEFAULT, Limits, Lost, wire
from . import failures
from .session import Session

FOLLOWED = 2  # calls that were stopped are looked into, and not more
LINES = 50_000  # a call that was stopped is run again for so many lines, to see where it goes


class Student:
    """One submission, running in sealed processes. Use it as a context manager.

    Calling `student.batchnorm_forward(...)` returns an Answer. A function that loses its process is
    not called again, so that one endless loop costs one function. It is a `Respondent`; see there
    for the attributes.
    """

    def __init__(
        self,
        cells: Iterable[tuple[int, str]],
        functions: dict[str, Function],
        limits: Limits = Limits(),
        sandbox: str = DEFAULT,
        elsewhere: dict[str, int] | None = None,
        deadline: float | None = None,
        session: Session | None = None,
    ):
        """
        Args:
            cells: (number in the notebook, source) to run, in order.
            functions: the contract's Functions by name.
            sandbox: name of a backend.
            elsewhere: {name: number of the cell} of what only cells define that are not run.
            deadline: on time.monotonic(), of everything.
            session: the processes to use (default: new ones).
        """
        self.lost: dict[str, Loss] = {}
        self.calls: list[Call] = []
        self.spent: dict[tuple[str, ...], float] = {}
        self.interrupted = False
        self._given, self._functions = tuple(cells), functions
        self._elsewhere, self._sandbox = elsewhere or {}, sandbox
        options = (limits, sandbox, deadline)
        self._session = session or Session(self._given, functions, *options)
        self._followed = 0
        self._lost_functions: dict[str, Failure] = {}
        self._changes: list[str] = []
        self._with_right: dict[tuple[Callable[..., Any], ...], Student] = {}

    @property
    def status(self) -> str:
        """`graded`, or how the first lost process was lost."""
        return self._session.status

    @property
    def unread(self) -> list[int]:
        """Numbers of cells that hold what its Python cannot read."""
        return self._session.unread

    @property
    def notes(self) -> list[Note]:
        """About cells that failed, processes that were lost, and whatever others add."""
        return self._session.notes

    def __enter__(self) -> "Student":
        return self

    def __exit__(self, *exception: object) -> None:
        self._session.close()
        for other in self._with_right.values():
            other.__exit__()

    def __getattr__(self, name: str) -> Callable[..., Answer]:
        try:
            function = self.__dict__["_functions"][name]
        except KeyError:
            raise AttributeError(f"the contract has no function {name!r}") from None
        return lambda *args, **kwargs: self._recorded(function, args, kwargs)

    def with_right(self, *functions: Callable[..., Any]) -> "Student":
        """The same notebook with these functions of ours in place of its own, in a process that is
        asked for nothing else.
        """
        if functions not in self._with_right:
            cell = (0, in_a_cell(functions))
            self._with_right[functions] = self.of_cells([*self._given, cell])
        return self._with_right[functions]

    def extend(self, cells: list[tuple[int, str]]) -> None:
        """Run further cells of the notebook; what was asked before is not forgotten."""
        self._session.extend(cells)

    @property
    def has_time(self) -> bool:
        """Is anything left of the time for the notebook?"""
        return time.monotonic() < self._session.deadline

    def of_cells(self, cells: Iterable[tuple[int, str]]) -> "Student":
        """The same notebook with other cells, in a process of its own and the same time."""
        options = (self._session.limits, self._sandbox, self._elsewhere)
        return Student(cells, self._functions, *options, deadline=self._session.deadline)

    def take_changes(self) -> list[str]:
        """Return and forget the sentences about arguments changed in place since the last time."""
        changes, self._changes = self._changes, []
        return changes

    def _recorded(
        self, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Answer:
        answer = self._call(function, args, kwargs)
        if not is_heavy(list(answer.values.values())):
            self.calls.append(Call(function, args, kwargs, answer))
        return answer

    def _call(self, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Answer:
        if failure := first_failure([*args, *kwargs.values()]):
            return all_failed(function, failure)
        if function.name in self._lost_functions:
            return all_failed(function, self._lost_functions[function.name])
        try:
            self._session.start()
            if any(self._is_stale(value) for value in [*args, *kwargs.values()]):
                sentence = f"{function.name}: its cache was lost with the process that held it"
                return all_failed(function, sentence)
            reply, data = self._session.ask(*_request(function, args, kwargs))
        except wire.WireError as error:  # something of theirs was to be handed in again
            return all_failed(function, f"{function.name} could not be called: {error}")
        except Lost as lost:
            return all_failed(function, self._lose(function, lost, args, kwargs))
        if "error" in reply:
            return all_failed(function, self._explain(function, reply["error"], args, kwargs))
        changed = self._note_changes(function, reply.get("changed"))
        return self._unpack(function, reply, data, args, kwargs, changed)

    def _lose(
        self, function: Function, lost: Lost, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Failure:
        """What stands for the answer of a call that lost its process."""
        sentence = f"{function.name} was called: {lost.sentence}"
        failure = Failure(sentence)
        if self._session.pardons(lost):
            self.interrupted = True
            return failure
        self._session.record(lost.status, sentence)
        if lost.status == "timeout":
            failure = self._follow_lines(function, sentence, args, kwargs)
        self._lost_functions[function.name] = failure
        return failure

    def _follow_lines(
        self, function: Function, sentence: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Failure:
        """Run a call again that was stopped, for LINES lines only: which of them does not end?
        Executed lines are counted, not seconds.
        """
        if any(isinstance(value, RemoteValue) for value in [*args, *kwargs.values()]):
            return Failure(sentence)  # what it was called with is gone
        if self._followed >= FOLLOWED:
            return Failure(sentence)
        self._followed += 1
        try:
            header, payload = _request(function, args, kwargs)
            seconds = min(2.0, self._session.limits.call)
            self._session.start()
            reply, _ = self._session.ask(header | {"lines": LINES}, payload, seconds)
        except wire.WireError:
            return Failure(sentence)
        except Lost:
            self._session.forgive()
            return Failure(sentence)
        return exceptions.endless(sentence, reply.get("lines"), self._session.sources)

    def _is_stale(self, value: object) -> bool:
        return isinstance(value, RemoteValue) and value.process != self._session.number

    def _unpack(
        self,
        function: Function,
        reply: dict[str, Any],
        data: bytes,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        changed: tuple[str, ...],
    ) -> Answer:
        try:
            result = wire.decode(reply.get("result"), data)
        except wire.WireError as error:
            return all_failed(function, f"{function.name} returned something unreadable: {error}")
        names = function.returns
        if len(names) == 1:
            result = (result,)
        elif not isinstance(result, (tuple, list)) or len(result) != len(names):
            received = (
                f"{len(result)} values" if isinstance(result, (tuple, list)) else _type(result)
            )
            sentence = (
                f"{function.name} must return {len(names)} values ({', '.join(names)}). "
                f"Received: {received}"
            )
            hint = "A function that ends without `return` gives None." if result is None else ""
            return all_failed(function, Failure(sentence, hint=hint))
        values = {
            name: RemoteValue(value, self._session.number)
            if isinstance(value, wire.Kept)
            else value
            for name, value in zip(names, result)
        }
        self._mention_precision(function, values, args, kwargs)
        return Answer(values, bool(reply.get("global_state", True)), changed)

    def _mention_precision(
        self,
        function: Function,
        values: dict[str, Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        given = [v for v in _arrays([*args, *kwargs.values()]) if v.dtype.kind == "f"]
        back = list(_arrays(list(values.values())))
        single = given and all(v.dtype == np.float32 for v in given)
        if single and any(v.dtype == np.float64 for v in back):
            sentence = f"{function.name}: float32 inputs come back as float64."
            self._session.note(PRECISION, f"{sentence} It costs nothing here.")

    def _explain(
        self, function: Function, error: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Failure:
        given = dict(zip(function.parameters, args)) | kwargs
        about = (self._session, self._functions, self._elsewhere)
        return failures.explain(function, error, given, *about)

    def _note_changes(self, function: Function, changed: object) -> tuple[str, ...]:
        """Keep a sentence about arguments changed in place; return their names."""
        if not isinstance(changed, list) or not changed:
            return ()
        names = [
            function.parameters[i]
            if isinstance(i, int) and 0 <= i < len(function.parameters)
            else wire.clean(str(i)[:40])
            for i in changed[:8]
        ]
        self._changes.append(changed_in_place(function, names))
        return tuple(names)


def in_a_cell(functions: Iterable[Callable[..., Any]]) -> str:
    """Source that defines these functions of an assignment's catalogue, without their mistakes,
    whatever names the notebook has.
    """
    names = "".join(f"{function.__name__}, " for function in functions)
    sources = [inspect.getsource(function) for function in functions]
    body = "".join(sources).replace("mistakes=NONE", "mistakes=()") + f"return {names}\n"
    text = textwrap.indent("import numpy as np\n" + body, "    ")
    return f"def _ours():\n{text}\n{names}= _ours()\n"


def _request(
    function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[dict[str, Any], bytes]:
    """(header, payload) of a call."""

    def inner(value: Any) -> Any:
        return value.kept if isinstance(value, RemoteValue) else value

    plain = [tuple(inner(a) for a in args), {k: inner(v) for k, v in kwargs.items()}]
    tree, payload = wire.encode(plain)
    header = {
        "op": "call",
        "function": function.name,
        "arguments": tree,
        "keep": [function.returns.index(name) for name in function.keeps],
        "returns": len(function.returns),
    }
    return header, payload


def _arrays(values: Iterable[Any]) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays among these values, inside lists and tuples too."""
    for value in values:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _arrays(value)


def _type(value: object) -> str:
    if isinstance(value, wire.Opaque):
        return str(value.type_name)
    return "None" if value is None else f"a single {type(value).__name__}"

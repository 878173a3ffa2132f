"""The grader's handle on a student's functions: a call crosses into the sealed process and never
raises.

What cannot be had is a `Failure`, which passes through further calls and comparisons like any
value, so that a check reads as if everything went well and every case still gets its sentence.
"""

import time

import numpy as np

from ..answers.calls import (
    Answer,
    Call,
    Failure,
    Held,
    all_failed,
    changed_in_place,
    first_failure,
    is_heavy,
)
from ..diagnosis import exceptions
from ..notebooks.syntax import definitions, functions_defined
from ..sandbox import wire
from ..sandbox.launcher import Limits, Lost, SealedProcess

MAX_RESTARTS = 3
PARDONED = 2  # processes killed by SIGKILL, whoever sent it, that cost no restart
FOLLOWED = 2  # calls that were stopped are looked into, and not more
REDUCED = "what it defines counts"
LATE = "those that follow were only begun"
LINES = 50_000  # a call that was stopped is run again for so many lines, to see where it goes


class Student:
    """One submission, running in sealed processes. Use it as a context manager.

    Calling `student.batchnorm_forward(...)` returns an Answer. A process that is lost is started
    again a few times, without the cell or the function that lost it, so that one endless loop costs
    one function.

    Attributes:
        status: `graded`, or how the first lost process was lost.
        notes: sentences about cells that failed and processes that were lost.
        lost: ids of the questions so far on which points were lost (kept by whoever asks).
        calls: the Calls so far, for the diagnosis (emptied by whoever asks).
        interrupted: was a process killed for reasons that may not be the student's? Whoever asks
            may ask again.
    """

    SHOWN = 3  # calls of each function that are kept to see whether it is the same elsewhere

    def __init__(self, cells, functions, limits=Limits(), sandbox="bubblewrap", elsewhere=None):
        """
        Args:
            cells: list of (number in the notebook, source) to run, in order.
            functions: the contract's Functions by name.
            elsewhere: {name: number of the cell} of what only cells define that are not run.
        """
        self.status, self.notes, self.lost, self.calls = "graded", [], set(), []
        self._given, self._cells, self._functions = tuple(cells), list(cells), functions
        self._elsewhere = elsewhere or {}
        self._limits, self._sandbox = limits, sandbox
        self._process, self._started = None, 0
        self._allowed, self._followed, self._pardoned = MAX_RESTARTS, 0, 0
        self._deadline = time.monotonic() + limits.notebook
        self._lost_functions, self._undefined = {}, {}
        self._unwritten = set()  # functions that are not there, or still the stub
        self.interrupted = False
        self._reduced = set()  # numbers of cells of which only the definitions are run
        self._changes = []
        self._shown, self._apart, self._alike = {}, None, {}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for running in filter(None, (self._process, self._apart)):
            running.__exit__(*exception)

    def __getattr__(self, name):
        try:
            function = self._functions[name]
        except KeyError:
            raise AttributeError(f"the contract has no function {name!r}") from None
        return lambda *args, **kwargs: self._recorded(function, args, kwargs)

    def keep_calls(self):
        """Keep a few of the calls of the question that was just asked, of functions that no earlier
        question asked for; forget the others.
        """
        plain = [call for call in self.calls if not call.is_bound()]
        for name in {call.function.name for call in plain} - self._shown.keys():
            own = [call for call in plain if call.function.name == name]
            self._shown[name] = [own[i * (len(own) - 1) // 2] for i in range(self.SHOWN)]
        self.calls.clear()

    def apart(self, *names):
        """The same functions in a process of their own, which has seen nothing of what was asked:
        what is to be built on an earlier function (follow-through) must not know how it is used.

        Returns None if one of the named functions was not written, or answers there what it did not
        answer on its own question.
        """
        if self._unwritten & set(names):
            return None
        if self._apart is None:
            self._apart = Student(
                self._given, self._functions, self._limits, self._sandbox, self._elsewhere
            )
            self._apart.lost, self._apart._deadline = self.lost, self._deadline
        self._apart.calls.clear()
        for name in names:
            if name not in self._alike:
                shown = self._shown.get(name, [])
                self._alike[name] = all(call.is_answered_alike(self._apart) for call in shown)
        return self._apart if all(self._alike[name] for name in names) else None

    def take_changes(self):
        """Return and forget the sentences about arguments changed in place since the last time."""
        changes, self._changes = self._changes, []
        return changes

    def _recorded(self, function, args, kwargs):
        answer = self._call(function, args, kwargs)
        if not is_heavy(list(answer.values.values())):
            self.calls.append(Call(function, args, kwargs, answer))
        return answer

    def _call(self, function, args, kwargs):
        if failure := first_failure([*args, *kwargs.values()]):
            return all_failed(function, failure)
        if function.name in self._lost_functions:
            return all_failed(function, self._lost_functions[function.name])
        try:
            process = self._running()
            if any(self._is_stale(value) for value in [*args, *kwargs.values()]):
                sentence = f"{function.name}: its cache was lost with the process that held it"
                return all_failed(function, sentence)
            header, payload = self._pack(function, args, kwargs)
            reply, data = self._ask(process, header, payload)
        except wire.WireError as error:  # something of theirs was to be handed in again
            return all_failed(function, f"{function.name} could not be called: {error}")
        except Lost as lost:
            sentence = f"{function.name} was called: {lost.sentence}"
            if self._pardons(lost):
                self.interrupted = True
                return all_failed(function, sentence)
            self._record(lost.status, sentence)
            failure = Failure(sentence)
            if lost.status == "timeout":
                failure = self._follow_lines(function, sentence, args, kwargs)
            self._lost_functions[function.name] = failure
            return all_failed(function, failure)
        if "error" in reply:
            return all_failed(function, self._explain(function, reply["error"], args, kwargs))
        changed = self._note_changes(function, reply.get("changed"))
        return self._unpack(function, reply, data, args, kwargs, changed)

    def _pardons(self, lost):
        """Was the process killed from elsewhere, perhaps? Some may be, at nobody's expense."""
        if not lost.killed or self._pardoned >= PARDONED:
            return False
        self._pardoned += 1
        self._allowed += 1
        return True

    def _follow_lines(self, function, sentence, args, kwargs):
        """Run a call again that was stopped, for LINES lines only: which of them does not end?
        Executed lines are counted, not seconds.
        """
        if any(isinstance(value, Held) for value in [*args, *kwargs.values()]):
            return Failure(sentence)  # what it was called with is gone
        if self._followed >= FOLLOWED:
            return Failure(sentence)
        self._followed += 1
        try:
            header, payload = self._pack(function, args, kwargs)
            seconds = min(2.0, self._limits.call)
            process = self._running()
            reply, _ = self._ask(process, header | {"lines": LINES}, payload, seconds)
        except wire.WireError:
            return Failure(sentence)
        except Lost:
            self._allowed += 1  # the process was lost by us, and costs the student no restart
            return Failure(sentence)
        return exceptions.endless(sentence, reply.get("lines"), dict(self._cells))

    def _is_stale(self, value):
        return isinstance(value, Held) and value.process != self._started

    @staticmethod
    def _pack(function, args, kwargs):
        def inner(value):
            return value.kept if isinstance(value, Held) else value

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

    def _unpack(self, function, reply, data, args, kwargs, changed):
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
            name: Held(value, self._started) if isinstance(value, wire.Kept) else value
            for name, value in zip(names, result)
        }
        self._mention_precision(function, values, args, kwargs)
        return Answer(values, bool(reply.get("global_state", True)), changed)

    def _mention_precision(self, function, values, args, kwargs):
        given = [v for v in _arrays([*args, *kwargs.values()]) if v.dtype.kind == "f"]
        back = list(_arrays(list(values.values())))
        if (
            given
            and all(v.dtype == np.float32 for v in given)
            and any(v.dtype == np.float64 for v in back)
        ):
            self._note(
                f"{function.name}: float32 inputs come back as float64. It costs nothing here."
            )

    def _explain(self, function, error, args, kwargs):
        kind = error.get("type") if isinstance(error, dict) else None
        # Cell 0 is ours: the stub of the release is what was called.
        untouched = kind == "NotImplementedError" and error.get("cell") == 0
        if function.name in self._undefined and (untouched or kind == "missing"):
            return self._undefined[function.name]
        if kind in ("missing", "not a function") or untouched:
            self._unwritten.add(function.name)
        if kind == "missing":
            return f"{function.name} is not defined in the notebook"
        if kind == "not a function":
            return f"{function.name} is defined, but is not a function"
        if kind == "NotImplementedError":
            return f"{function.name} is not implemented yet"
        if kind == "WireError":
            return f"what {function.name} returned cannot be taken: {_error(error)[11:]}"
        given = dict(zip(function.parameters, args)) | kwargs
        return exceptions.explain(function, error, given, self._elsewhere)

    def _note_changes(self, function, changed):
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

    def _running(self):
        """Return a process in which the notebook's cells have run, starting one where needed."""
        while self._process is None:
            if self._started > self._allowed:
                raise Lost(
                    self.status, "it was not run any more, after its process was lost too often"
                )
            self._started += 1
            self._process = SealedProcess(self._limits, self._sandbox)
            self._run_cells(first=self._started == 1)
        return self._process

    def _run_cells(self, first):
        """Run the notebook's cells. Those that come when their time is used up get hardly any; of
        one that was stopped before only the definitions are run.
        """
        end = time.monotonic() + self._limits.cells
        for number, source in list(self._cells):
            late = number > 0 and time.monotonic() > end
            if late and first:
                limit = f"{self._limits.cells:g} seconds"
                self._record("timeout", f"the cells used up their {limit}: {LATE}")
            if not self._run_cell(number, source, first, late):
                return

    def _run_cell(self, number, source, first, late):
        """Run a cell; say whether the process still lives."""
        reduced = number in self._reduced
        limit = min(self._limits.cell, 0.8 * self._limits.call)
        seconds = 0.05 if late else limit
        request = {"op": "run", "cell": number, "seconds": seconds}
        try:
            request["source"] = definitions(source) if reduced else source
            reply, _ = self._ask(self._process, request)
        except Lost as lost:
            if self._pardons(lost):
                return False
            if reduced or not number:
                self._cells.remove((number, source))
            self._reduced.add(number)
            self._record(lost.status, f"cell {number}: {lost.sentence}; {REDUCED}")
            return False
        if reduced or late or not number:
            return True
        if "stopped" in reply:
            place = _error(reply["stopped"]).partition("(")[2].rstrip(")")
            where = f" (it was at {place})" if place else ""
            sentence = f"it did not come to an end within {seconds:g} seconds and was stopped"
            self._record("timeout", f"cell {number}: {sentence}{where}; {REDUCED}")
            self._reduced.add(number)  # should it ever be run again
        elif first and "error" in reply:
            self._note_cell(number, source, reply["error"])
        return True

    def _ask(self, process, header, payload=b"", seconds=None):
        left = self._deadline - time.monotonic()
        if left <= 0:
            self._forget()
            raise Lost("timeout", f"the notebook used up its {self._limits.notebook:g} seconds")
        try:
            limit = seconds or self._limits.call
            reply, data = process.request(header, payload, min(limit, left))
        except Lost:
            self._forget()
            raise
        if isinstance(reply.get("error"), dict) and reply["error"].get("type") == "MemoryError":
            self._forget()  # what is left of its memory is no place to go on in
            limit = self._limits.memory / 2**30
            raise Lost("out_of_memory", f"it wanted more than its {limit:g} GiB of memory")
        return reply, data

    def _forget(self):
        self._process.close()
        self._process = None

    def _record(self, status, sentence):
        if self.status == "graded":
            self.status = status
        self._note(sentence)

    def _note_cell(self, number, source, error):
        if isinstance(error, dict) and error.get("type") == "NotImplementedError":
            return  # an unfinished task says so in its own question
        sentence = f"cell {number}: {_error(error)}"
        self._note(sentence)
        for name in functions_defined(source) & self._functions.keys():
            self._undefined[name] = f"{name} was not defined, because its cell failed: {sentence}"

    def _note(self, sentence):
        if sentence not in self.notes:
            self.notes.append(sentence)


def _arrays(values):
    """The arrays among these values, inside lists and tuples too."""
    for value in values:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _arrays(value)


def _type(value):
    if isinstance(value, wire.Opaque):
        return value.type_name
    return "None" if value is None else f"a single {type(value).__name__}"


def _error(error):
    if not isinstance(error, dict):
        return "an error"
    text = f"{error.get('type')}: {error.get('message')}".rstrip(": ")
    where = exceptions.place(error).removeprefix(" in ")
    return wire.clean(text[:800]) + (f" ({where})" if where else "")

"""Who in an LMS' table is which student here."""

import re
import unicodedata
from dataclasses import dataclass

from ..errors import UnreadableFile

NUMBER = re.compile(r"--(\d+)$")


def number(student):
    """The LMS' own number at the end of an id that `collect` made, or ""."""
    ending = NUMBER.search(student)
    return ending[1] if ending else ""


def simple(text):
    """A text as it is compared: without case, accents, punctuation."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(c for c in plain if c.isalnum() or c == "@")


@dataclass(frozen=True)
class Person:
    """A row of an LMS' table.

    Attributes:
        number: the LMS' own, as `collect` puts it behind an id.
        ids: what may be a student's id here: login, e-mail address.
        name: "Last, First" or "First Last".
    """

    number: str
    ids: tuple = ()
    name: str = ""


def match(standings, people):
    """{index of the Person: Mark}, and [(student, why)] of those who belong to nobody.

    Numbers and ids count to the letter. Only whom they do not settle is looked for by name.
    """
    marks, lost, unsettled = {}, [], []
    for mark in standings:
        places = [i for i, person in enumerate(people) if _is_certainly(person, mark)]
        if not places:
            unsettled.append(mark)
        else:
            _settle(mark, places, people, marks, lost)
    free = set(range(len(people))) - marks.keys()
    for mark in unsettled:
        wanted = _names(mark)
        same = [i for i, person in enumerate(people) if simple(person.name) in wanted]
        namesakes = [other for other in standings if other is not mark and wanted & _names(other)]
        if same and not namesakes and free.issuperset(same):
            _settle(mark, same, people, marks, lost)
        elif same:
            lost.append((mark.student, "several rows or students could be meant by the name"))
        else:
            lost.append((mark.student, "is in no row of the LMS' file"))
    return marks, lost


def _names(mark):
    first, last = mark.first_name, mark.last_name
    return {simple(f"{first} {last}"), simple(f"{last} {first}")} - {""}


def _is_certainly(person, mark):
    if digits := number(mark.student):
        return digits == person.number
    own = {exact(mark.student), exact(mark.email)} - {""}
    return bool(own & {exact(other) for other in person.ids})


def _settle(mark, places, people, marks, lost):
    called = mark.student.rpartition("--")[0]
    if len(places) > 1:
        lost.append((mark.student, "several rows could be theirs"))
    elif called and not is_name(called, people[places[0]].name):
        theirs = people[places[0]].name
        lost.append(
            (mark.student, f"the LMS' file calls this number {theirs!r}: of another assignment?")
        )
    elif places[0] in marks:
        other = marks[places[0]].student
        lost.append((mark.student, f"is the same person as {other} in the LMS' file"))
    else:
        marks[places[0]] = mark


def is_name(called, name):
    """Is somebody called as a row says, whichever part of the name comes first? No name fits."""
    last, _, first = name.partition(",")
    return not name or simple(called) in (simple(last + first), simple(first + last))


def exact(text):
    """An id as it is compared: to the letter, but for case."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def with_marks(standings):
    """(those who have a mark, [(student, why)] of those who have none)."""
    left_out = [(mark.student, why(mark)) for mark in standings if mark.score is None]
    return [mark for mark in standings if mark.score is not None], left_out


def why(mark):
    """Why somebody has no mark."""
    return "; ".join([mark.state, *mark.faults])


def position(header, name, of):
    """Where a column is.

    Raises:
        UnreadableFile: nowhere.
    """
    if name in header:
        return header.index(name)
    columns = ", ".join(header)[:300]
    raise UnreadableFile(f"expected {of} with a column {name!r}. Received the columns: {columns}")

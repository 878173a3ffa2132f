"""Who in an LMS' table is which student here."""

import re
import unicodedata
from dataclasses import dataclass

NUMBER = re.compile(r"--(\d+)$")


def number(student):
    """The LMS' own number at the end of an id that `collect` made, or ""."""
    found = NUMBER.search(student)
    return found[1] if found else ""


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


def match(marks, people):
    """{index of the Person: Mark}, and [(student, why)] of those who belong to nobody.

    Numbers and ids count to the letter. Only whom they do not settle is looked for by name.
    """
    found, lost, unsettled = {}, [], []
    for mark in marks:
        places = [i for i, person in enumerate(people) if _is_certainly(person, mark)]
        if not places:
            unsettled.append(mark)
        else:
            _settle(mark, places, people, found, lost)
    free = [i for i in range(len(people)) if i not in found]
    names = [
        {simple(f"{m.first_name} {m.last_name}"), simple(f"{m.last_name} {m.first_name}")}
        for m in marks
    ]
    for mark in unsettled:
        wanted = names[marks.index(mark)] - {""}
        same = [i for i, person in enumerate(people) if simple(person.name) in wanted]
        others = sum(bool(wanted & other) for other in names) - 1
        if same and not others and set(same) <= set(free):
            _settle(mark, same, people, found, lost)
        elif same and mark.student:
            lost.append((mark.student, "several rows or students could be meant by the name"))
        else:
            lost.append((mark.student, "is in no row of the LMS' file"))
    return found, lost


def _is_certainly(person, mark):
    if digits := number(mark.student):
        return digits == person.number
    own = {exact(mark.student), exact(mark.email)} - {""}
    return bool(own & {exact(other) for other in person.ids})


def _settle(mark, places, people, found, lost):
    called = simple(mark.student.rpartition("--")[0])
    if len(places) > 1:
        lost.append((mark.student, "several rows could be theirs"))
    elif called and not _is_name(called, people[places[0]].name):
        theirs = people[places[0]].name
        lost.append(
            (mark.student, f"the LMS' file calls this number {theirs!r}: of another assignment?")
        )
    elif places[0] in found:
        other = found[places[0]].student
        lost.append((mark.student, f"is the same person as {other} in the LMS' file"))
    else:
        found[places[0]] = mark


def _is_name(called, name):
    """Is a name in an id that of a row, whichever of its parts comes first?"""
    last, comma, first = name.partition(",")
    return not name or called in (simple(name), simple(first + last) if comma else simple(name))


def exact(text):
    """An id as it is compared: to the letter, but for case."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def with_marks(marks):
    """(those who have a mark, [(student, why)] of those who have none)."""
    left_out = [(mark.student, why(mark)) for mark in marks if mark.score is None]
    return [mark for mark in marks if mark.score is not None], left_out


def why(mark):
    """Why somebody has no mark."""
    staff = [note for note in mark.notes if note.startswith("STAFF")]
    return "; ".join([mark.state, *staff])


def points(score):
    """A mark as an LMS reads it: two decimals at most, a point, nothing between thousands."""
    return f"{score:.2f}".rstrip("0").rstrip(".")


def position(header, names, of):
    """Where one of these columns is.

    Raises:
        ValueError: nowhere.
    """
    for name in names:
        if name in header:
            return header.index(name)
    raise ValueError(
        f"expected {of} with a column {' or '.join(map(repr, names))}. Received the columns: "
        f"{', '.join(header)[:300]}"
    )

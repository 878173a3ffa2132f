"""Who in an LMS' table is which student here."""

import re
import unicodedata
from dataclasses import dataclass

from ..errors import OtherMaximum, UnreadableFile
from ..feedback import points

NOBODY = "is in the LMS' file, and no work of theirs is here"
ONE = "`student rename` or `student drop` makes them one"
LETTERS = str.maketrans("đðħıłøŧ", "ddhilot") | {ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th"}
NUMBER = re.compile(r"--(\d+)$")


def number(student):
    """The LMS' own number at the end of an id that `collect` made, or ""."""
    ending = NUMBER.search(student)
    return ending[1] if ending else ""


def number_in(system, mark):
    """The number that an LMS has for a student, as far as the course knows, or ""."""
    return mark.numbers.get(system, "") if mark.numbers else number(mark.student)


def simple(text):
    """A text as it is compared: without case, accents, punctuation."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold().translate(LETTERS))
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


def match(standings, people, system):
    """{index of the Person: Standing}, and [(student, why)] of those who have no mark or belong to
    nobody.

    The number that the LMS has for somebody counts, as the course knows it; else ids, to the
    letter. Only whom neither settles is looked for by name. Where two are one person, neither is
    taken.
    """
    marks, lost, unsettled = {}, [], []
    for mark in standings:
        number = number_in(system, mark)
        places = [i for i, person in enumerate(people) if _is_certainly(person, mark, number)]
        if not places and mark.numbers.get(system):
            lost.append((mark.student, f"no row of the LMS' file has the number {number}"))
        elif not places:
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
    for index, found in marks.items():  # who handed in nothing is in nobody's way
        marks[index] = [mark for mark in found if mark.questions or mark.faults] or found[:1]
    for index in [i for i, found in marks.items() if len(found) > 1]:
        found = marks.pop(index)
        for mark in found:
            others = ", ".join(other.student for other in found if other is not mark)
            lost.append((mark.student, f"is the same person as {others} in the LMS' file: {ONE}"))
    marks = {index: found[0] for index, found in marks.items()}
    no_mark = {mark.student: why(mark) for mark in standings if mark.score is None}
    lost = [(student, reason) for student, reason in lost if student not in no_mark]
    return marks, lost + list(no_mark.items())


def unheard(marks, people):
    """[(name, why left out)] of the rows to which nobody here belongs."""
    rows = [person for index, person in enumerate(people) if index not in marks]
    return [(person.name or person.number, NOBODY) for person in rows]


def scaling(standings, maxima, where, scale):
    """(what to multiply each mark with, remarks), for a column of the LMS.

    Args:
        maxima: the points that the column has, as a set; empty where that is not known.
        scale: are marks to be multiplied where they are not those given here?

    Raises:
        OtherMaximum: they are not, and `scale` was not asked for.
    """
    most = max((mark.max_score for mark in standings), default=0.0)
    if not maxima or not most or maxima == {most}:
        return 1.0, []
    there = ", ".join(points(number) for number in sorted(maxima))
    if not scale:
        raise OtherMaximum(
            f"marks here are of {points(most)} points. Received {where} of {there}. Give it "
            f"{points(most)} points there, or export with --scale, which multiplies each mark"
        )
    if len(maxima) > 1:
        raise OtherMaximum(f"expected one maximum. Received {where} of {there}")
    factor = maxima.pop() / most
    return factor, [
        f"marks of {points(most)} points were multiplied by {factor:g}, to be of {there}"
    ]


def decimal(text):
    """A number as an LMS writes it, or None."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if number > 0 else None


def _names(mark):
    first, last = mark.first_name, mark.last_name
    return {simple(f"{first} {last}"), simple(f"{last} {first}")} - {""}


def _is_certainly(person, mark, number):
    if number:
        return number == person.number
    own = {exact(mark.student), exact(mark.email)} - {""}
    return bool(own & {exact(other) for other in person.ids})


def _settle(mark, places, people, marks, lost):
    called = mark.student.rpartition("--")[0]
    called = "" if called == "Participant" else called  # of blind marking: it had no name
    if len(places) > 1:
        lost.append((mark.student, "several rows could be theirs"))
    elif called and not is_name(called, people[places[0]].name):
        theirs = people[places[0]].name
        lost.append(
            (mark.student, f"the LMS' file calls this number {theirs!r}: of another assignment?")
        )
    else:
        marks.setdefault(places[0], []).append(mark)


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
    return "; ".join([mark.state, *mark.faults, *([mark.remark] if mark.remark else [])])


def position(header, name, of):
    """Where a column is.

    Raises:
        UnreadableFile: nowhere.
    """
    if name in header:
        return header.index(name)
    columns = ", ".join(header)[:300]
    raise UnreadableFile(f"expected {of} with a column {name!r}. Received the columns: {columns}")

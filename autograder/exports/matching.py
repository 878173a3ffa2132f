"""Who in an LMS' table is which student here."""

import re
import unicodedata

NUMBER = re.compile(r"--(\d+)$")


def number(student):
    """The LMS' own number at the end of an id that `collect` made, or ""."""
    found = NUMBER.search(student)
    return found[1] if found else ""


def simple(text):
    """A text as it is compared: without case, accents, punctuation."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(c for c in plain if c.isalnum() or c == "@")


def keys(mark):
    """What a student may be called elsewhere, most certain first."""
    names = (f"{mark.first_name} {mark.last_name}", f"{mark.last_name}, {mark.first_name}")
    found = [mark.student, number(mark.student), mark.email, *names]
    return [simple(key) for key in found if simple(key)]


def match(marks, rows):
    """{index of the row: Mark}, and [(student, why)] of those who belong to no row.

    Args:
        rows: for each row, what the person there is called, most certain first.
    """
    owners = {}
    for index, names in enumerate(rows):
        for name in {simple(name) for name in names if simple(name)}:
            owners.setdefault(name, set()).add(index)
    found, lost = {}, []
    for mark in marks:
        places = [owners[key] for key in keys(mark) if key in owners]
        sure = next((place for place in places if len(place) == 1), None)
        if sure is None:
            why = "several rows could be theirs" if places else "is in no row of the LMS' file"
            lost.append((mark.student, why))
        elif (index := min(sure)) in found:
            other = found[index].student
            lost.append((mark.student, f"is the same person as {other} in the LMS' file"))
        else:
            found[index] = mark
    return found, lost


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

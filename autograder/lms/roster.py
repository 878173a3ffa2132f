"""Which id belongs to which number of an LMS, by a table that the LMS gave."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timezone

from ..course import people
from ..course.ids import plain_id
from ..errors import UnreadableFile
from .canvas import TEST_STUDENT

IDS = ("SIS Login ID", "SIS User ID", "Username", "ID number", "Email address")
HANDED_IN = "Last modified (submission)"  # in Moodle's worksheet
MONTH = re.compile(
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
LATE = re.compile(r"\d.* late\b")  # in Moodle's column Status: "…, 2 days 9 hours late"
SPLIT = ("LastName", "FirstName")  # in Canvas, where its gradebook shows them apart
YEAR = re.compile(r"\b20\d\d\b")


@dataclass(frozen=True)
class Listed:
    """Somebody in a roster: the id to use, a name to compare, when it was handed in, if known.

    Attributes:
        unread: what stands there as a time and cannot be read as one.
        is_late: does the LMS say so?
    """

    id: str
    name: str = ""
    number: str = ""
    email: str = ""
    group: str = ""
    time: str = ""
    unread: str = ""
    is_late: bool = False

    def known(self, system):
        """What the course remembers of them."""
        return people.Listed(self.id, self.name, self.email, system, self.number)


def listed(rows, system, zone=None):
    """{number: Listed} of tables that the LMS gave, one below the other: one for each section.

    Args:
        system: one of `systems.SYSTEMS`.
        zone: that its times are of, a tzinfo (default: this machine's).

    Raises:
        UnreadableFile: they have none of the columns that say so.
    """
    if system.ROSTER is None:
        raise UnreadableFile("a roster says which number is whose; plain folders have ids already")
    number, name = system.ROSTER
    header, columns, shared = [], [], set()
    found = {}
    for row in rows:
        names = [name.lstrip("\ufeff") for name in row]
        if number in names or not header:
            header, columns = names, _columns_of_ids(names, number, name)
            shared = _shared(rows, columns)
            continue
        cells = dict(zip(header, row))
        digits = cells.get(number, "").rpartition(" ")[2].strip()
        ids = [row[i].strip() for i in columns if i < len(row)]
        student = next((one for one in sorted(ids, key=shared.__contains__) if one), "")
        if not student and digits and not columns:  # blind marking: Moodle tells numbers only
            student = f"Participant--{digits}"
        if digits and student:
            student = plain_id(student).replace("/", "-")
            called = cells.get(name, "").strip() or _joined(cells)
            if called == TEST_STUDENT:
                continue
            time, unread = _time(cells.get(HANDED_IN, ""), zone)
            email = cells.get("Email address", "").strip()
            group = cells.get("Group", "").strip()
            late = bool(LATE.search(cells.get("Status", "")))
            found[digits] = Listed(student, called, digits, email, group, time, unread, late)
    return found


def _joined(cells):
    """A name that Canvas exported in two columns."""
    parts = [cells.get(column, "").strip() for column in SPLIT]
    return ", ".join(parts) if any(parts) else ""


def _shared(rows, columns):
    """What stands in these columns for several persons, as `n/a` does: nobody's id."""
    seen = Counter()
    for row in {tuple(row) for row in rows}:
        seen.update({row[i].strip() for i in columns if i < len(row)})
    return {value for value, number in seen.items() if number > 1}


def _columns_of_ids(header, number, name):
    """Where in a table ids are.

    Raises:
        UnreadableFile: nowhere, or there are no numbers.
    """
    columns = [header.index(column) for column in IDS if column in header]
    is_blind = number == "Identifier" and HANDED_IN in header
    if not (is_blind or name in header or set(SPLIT) <= set(header)):
        raise UnreadableFile(
            f"expected a roster with the column {name!r}. Received: {', '.join(header)[:300]}"
        )
    if number not in header or not (columns or is_blind):
        raise UnreadableFile(
            f"expected a roster with the column {number!r} and one of {', '.join(IDS)}. "
            f"Received the columns: {', '.join(header)[:300]}"
        )
    return columns


def _time(text, zone):
    """(a time that Moodle wrote in English, as nbgrader reads it, or ""; what cannot be read)."""
    from dateutil import parser

    if text.strip() in ("", "-"):
        return "", ""
    try:
        if not MONTH.search(text) or not YEAR.search(text):
            raise ValueError("no month in English, or no year")
        time = parser.parse(text).replace(tzinfo=zone).astimezone(timezone.utc)
        return time.strftime("%Y-%m-%d %H:%M:%S UTC"), ""
    except (ValueError, OverflowError):
        return "", text.strip()[:60]

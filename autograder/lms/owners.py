"""Whose a file of a download is: one number of the LMS is one person here, all term.

In turn: the table of groups, the id that the number's work has here already, the roster, and the
LMS' own name and number. Nothing is guessed.
"""

from dataclasses import dataclass, field

from ..course import Course, people
from ..errors import UnreadableFile
from .matching import exact, is_name, simple

UNREAD = "when it was handed in is not understood: {!r}"
MEMBER = "as a member of {group}"


@dataclass
class Owner:
    """Who handed a file in, and what is to be said about that.

    Attributes:
        student: the id here; "" where nobody can tell.
        remarks: sentences.
        formerly: the id that the earlier work of the same person still has.
        is_member: of a group, whose work it is?
    """

    student: str
    remarks: list[str] = field(default_factory=list)
    formerly: str = ""
    is_member: bool = False


class Owners:
    """Knows whose files are.

    Args (of the constructor):
        listed: {number: roster.Listed} of the roster.
        groups: {group: its members, as the table has them}, or None.
        are_groups: is the download of group work?
        plain: what makes a name one that a file may have.
    """

    def __init__(self, course: Course, system, listed, groups, are_groups, plain):
        self._course, self._listed, self._plain = course, listed, plain
        self._known = people.ids_by_number(course, system.FROM)
        groups = _groups_in(listed) if groups is None else groups
        self._groups = {simple(name): members for name, members in (groups or {}).items()}
        self._has_groups, self._are_groups = bool(groups), are_groups

    def of(self, file):
        """[Owner] of a FoundFile; one without a student where it is not taken."""
        if file.file is None:
            return [_nobody("can be read in two ways: whose is it?")]
        if members := self._groups.get(simple(file.owner)):
            return [self._member(name, file.owner) for name in members]
        if self._are_groups and not self._has_groups:
            return [_nobody("the work of a group: name its members with --groups")]
        person = self._listed.get(file.number)
        if self._has_groups and person is None:
            return [_nobody(f"{file.owner!r} is no group of the table, and not in the roster")]
        if not file.number:
            return [Owner(file.owner)]
        if person and not any(is_name(name, person.name) for name in _without_group(file.owner)):
            return [
                _nobody(
                    f"the roster calls {file.number} {person.name!r}: a group? another "
                    "assignment's? A group's members are named with --groups"
                )
            ]
        return [self._one(file, person)]

    def _one(self, file, person):
        """The one whom a number of the LMS stands for."""
        own = f"{self._plain(file.owner)}--{file.number}"
        wanted = person.id if person else own
        remarks = [UNREAD.format(person.unread)] if person and person.unread else []
        if self._listed and person is None:
            remarks.append("is not in the roster, and keeps the LMS' number")
        here = self._known.get(file.number)
        if here is None and wanted != own and (self._course.submitted / own).is_dir():
            here = own  # collected by an earlier version, which remembered nothing
        if here is None or here == wanted:
            return Owner(wanted, remarks)
        if wanted == own and here.endswith(f"--{file.number}"):  # the same number, another name
            return _nobody(f"{file.number} is here as {here}: whose is it?")
        if wanted == own:  # the roster of another section, or none
            return Owner(here)
        free = not (self._course.submitted / wanted).exists()
        if here == own and free and not people.is_graded(self._course, here):
            return Owner(wanted, [*remarks, f"was here as {here}"], formerly=here)
        advice = f"is here as {here}: `student rename {here} {wanted}` gives the roster's id"
        return Owner(here, [*remarks, advice])

    def _member(self, name, group):
        """A member of a group, by number or id."""
        wanted = exact(name)
        person = next(
            (p for n, p in self._listed.items() if wanted in (exact(n), exact(p.id))), None
        )
        if person:
            return Owner(person.id, [MEMBER.format(group=group)], is_member=True)
        if known := self._known.get(name.strip()):
            return Owner(known, [MEMBER.format(group=group)], is_member=True)
        if self._listed:
            return _nobody(f"{name!r}, a member of {group}, is not in the roster")
        return Owner(name.strip(), [MEMBER.format(group=group)], is_member=True)


def _groups_in(listed):
    """{group: [members]} as Moodle's worksheet for team submissions has them."""
    groups = {}
    for person in listed.values():
        if person.group:
            groups.setdefault(person.group, []).append(person.id)
    return groups


def _without_group(name):
    """A name, and what of it may be left: older Moodle writes 'Group-Ada Lovelace'."""
    parts = name.split("-")
    return ["-".join(parts[i:]) for i in range(len(parts))]


def _nobody(why):
    return Owner("", [why])


def groups_of(rows):
    """{group: [members]} of a table: a group in the first column, its members in the others.

    Raises:
        UnreadableFile: it is not such a table.
    """
    header = [name.strip().casefold() for name in rows[0]]
    if header[0] != "group" or len(header) < 2:
        raise UnreadableFile(
            "expected a table with the columns group, member (a row for each member, by id or by "
            f"the LMS' number). Received the columns: {', '.join(rows[0])[:300]}"
        )
    groups = {}
    for row in rows[1:]:
        members = [name.strip() for name in row[1:] if name.strip()]
        groups.setdefault(row[0].strip(), []).extend(members)
    return groups

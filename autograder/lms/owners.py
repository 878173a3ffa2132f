"""Whose a file of a download is: one number of the LMS is one person here, all term.

In turn: the table of groups, the id that the number's work has here already, the roster, and the
LMS' own name and number. Nothing is guessed.
"""

from dataclasses import dataclass, field

from ..course import Course, people
from ..course.ids import plain_id
from ..errors import UnreadableFile
from . import moodle
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
        # Moodle numbers the same people anew for each assignment.
        self._is_moodle = system is moodle
        self._numbers = {} if system is moodle else {s: n for n, s in self._known.items()}
        self._groups = (_groups_in(listed) if groups is None else groups) or {}
        self._are_groups = are_groups

    def of(self, file):
        """[Owner] of a FoundFile; one without a student where it is not taken. Of a file that can
        be read in several ways, the one that the roster or earlier work knows counts.
        """
        if file.others:
            fits = [one for one in (file, *file.others) if self._fits(one)]
            if len(fits) != 1:
                return [_nobody("can be read in two ways: whose is it? A roster (--roster) tells")]
            file.owner, file.number, file.file = fits[0].owner, fits[0].number, fits[0].file
        groups = self._groups_called(file.owner)
        if len(groups) > 1:
            return [_nobody(f"several groups could be meant: {', '.join(groups)}")]
        if groups:
            return [self._member(name, file.owner) for name in self._groups[groups[0]]]
        if self._are_groups and not self._groups:
            return [_nobody("the work of a group: name its members with --groups")]
        person = self._listed.get(file.number)
        if self._groups and person is None:
            return [_nobody(f"{file.owner!r} is no group of the table, and not in the roster")]
        if not file.number:
            return [Owner(file.owner)]
        if person and not _is_called(file.owner, person):
            return [
                _nobody(
                    f"the roster calls {file.number} {person.name!r}: a changed name, another "
                    "assignment's roster, or a group? A group's members are named with --groups"
                )
            ]
        return [self._one(file, person)]

    def _fits(self, file):
        """Is this reading of a file's name one of somebody who is known?"""
        if person := self._listed.get(file.number):
            return _is_called(file.owner, person)
        return not self._listed and file.number in self._known

    def _groups_called(self, name):
        """The groups of the table that a download's name may mean: to the letter, else as the LMS
        writes names.
        """
        if same := [group for group in self._groups if exact(group) == exact(name)]:
            return same
        return [group for group in self._groups if simple(name) and simple(group) == simple(name)]

    def _one(self, file, person):
        """The one whom a number of the LMS stands for."""
        own = f"{self._plain(file.owner)}--{file.number}"
        wanted = person.id if person else own
        remarks = [UNREAD.format(person.unread)] if person and person.unread else []
        if self._listed and person is None:
            remarks.append("is not in the roster, and keeps the LMS' number")
        return self._settled(file.number, wanted, own, remarks)

    def _settled(self, number, wanted, own, remarks):
        """The id of a number: that which its work has here already, else the one wanted.

        Args:
            own: the id that it would have without a roster, or "".
        """
        here = self._known.get(number)
        if self._is_moodle and wanted != own and not str(here).endswith(f"--{number}"):
            here = None  # perhaps another site's number: the worksheet of this one says who it is
        if own and here is None and wanted != own and (self._course.submitted / own).is_dir():
            here = own  # collected by an earlier version, which remembered nothing
        other = self._numbers.get(wanted, number)
        if other != number and here != wanted:
            if not self._is_new_account(other, number):
                return _nobody(
                    f"{wanted!r} is {other} here already, and {number} is to be it, too: `student "
                    f"rename {wanted} NEW` gives {other} another id; then collect again"
                )
            remarks = [*remarks, f"was {other} in the LMS before"]
        if here is None or here == wanted:
            return Owner(wanted, remarks)
        if wanted == own and here.endswith(f"--{number}"):  # the same number, another name
            return _nobody(f"{number} is here as {here}: whose is it? A roster (--roster) tells")
        if wanted == own:  # the roster of another section, or none
            return Owner(here)
        free = not (self._course.submitted / wanted).exists()
        if here == own and free and not people.is_graded(self._course, here):
            return Owner(wanted, [*remarks, f"was here as {here}"], formerly=here)
        advice = f"is here as {here}: `student rename {here} {wanted}` gives the roster's id"
        return Owner(here, [*remarks, advice])

    def _is_new_account(self, old, new):
        """Does the roster have somebody of the same name under a new number, and not the old?"""
        person = next((p for p in people.roster(self._course) if p.number == old), None)
        called = person.name if person else ""
        return bool(called) and old not in self._listed and called == self._listed[new].name

    def _member(self, name, group):
        """A member of a group, by number or id."""
        wanted, as_member = exact(name), MEMBER.format(group=group)
        found = (p for n, p in self._listed.items() if wanted in (exact(n), exact(p.id)))
        if person := next(found, None):
            owner = self._settled(person.number, person.id, "", [as_member])
            owner.is_member = bool(owner.student)
            return owner
        name = plain_id(name)
        if known := self._known.get(name):
            return Owner(known, [as_member], is_member=True)
        if self._listed:
            return _nobody(f"{name!r}, a member of {group}, is not in the roster")
        return Owner(name, [as_member], is_member=True)


def _is_called(name, person):
    """Is somebody of the roster called so? Whom it gives no name, everybody is."""
    return any(is_name(part, person.name) for part in _without_group(name))


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

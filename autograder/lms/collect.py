"""What an LMS hands out as one download, put where submissions are looked for.

Names in an archive come from outside: they say whose work it is and how the file is called, and
never where anything is written. Nothing that was collected before is overwritten.
"""

import errno
import functools
import os
import shutil
import tempfile
from datetime import datetime, timezone
from pathlib import Path

from ..course import people as of_course
from ..course.ids import RULE, is_student_id, plain_id
from ..course.people import Collected
from ..errors import UnknownName
from ..notebooks.folder import MAX_BYTES
from . import plain
from .archive import is_junk, opened, read_entry
from .contents import as_well, instead, look_at, most_told
from .folders import digest, free, is_as_collected, plain_name, would_cover, write
from .owners import Owners, groups_of
from .roster import Listed, listed
from .systems import SYSTEMS, require_system

APART = of_course.APART
NOTHING = Collected("", "", "new", "")
SOURCES = {system.FROM: system for system in SYSTEMS}


def collect(source, form, course, assignment=None, roster=None, groups=None, zone=None):
    """Write what is in a download into the course; return [Collected], which the course remembers.

    Args:
        source: a zip archive or a folder.
        form: a key of SOURCES; `plain` is a folder, or a file, named for each student.
        course: the `course.Course`.
        assignment: the `assignments.Assignment`; by default each notebook tells.
        roster: rows of tables of the LMS that say which id belongs to which number, one after the
            other, each with its header.
        groups: the rows of a table that says who is in which group.
        zone: that the roster's times are of, a tzinfo (default: this machine's).

    Raises:
        UnreadableFile: it is neither, or of another system, or a roster is not one of that system.
        UnknownName: there is no such form.
    """
    if form not in SOURCES:
        raise UnknownName(f"expected one of {', '.join(SOURCES)}. Received: {form!r}")
    system, name_of = SOURCES[form], assignment and assignment.name
    people = listed(roster, system, zone) if roster else {}
    with opened(Path(source)) as entries:
        entries = [entry for entry in entries if not is_junk(entry[0])]
        names = [name for name, *_ in entries]
        require_system(names, system)
        of_course.add_to_roster(course, [person.known(system.FROM) for person in people.values()])
        top = plain.top_folder(names) if system is plain else ""
        are_groups = getattr(system, "is_group_work", lambda names: False)(names)
        table = groups_of(groups) if groups else None
        owners = Owners(course, system, people, table, are_groups, plain_name)
        download = _Download(course, system, people)
        sections = plain.sections(names, top) if system is plain else set()
        for name, size, get in entries:
            file = system.parse(name.removeprefix(top))
            if file is None:
                download.refuse(name, f"is not named as {form} names submissions")
                continue
            if file.owner in sections:
                download.refuse(name, "is in a folder of students' folders: collect that by itself")
                continue
            file.source, file.read = name, functools.partial(read_entry, size, get)
            file.folder, file.owner = file.owner, plain_id(file.owner)
            for owner in owners.of(file):
                download.add(file, owner)
        return download.write(name_of)


class _Download:
    """What is in one download, by student."""

    def __init__(self, course, system, people):
        self.course, self.system, self.people = course, system, people
        self.files = {}  # {student: {(owner, number): [FoundFile]}}
        self.owners = {}  # {student: Owner}
        self.collected = []
        rows = [row for row in of_course.collected(course) if row.what in of_course.TAKEN]
        self.earlier = {(row.student, row.assignment): row for row in rows}
        self.is_guess = False  # does one notebook alone tell it?
        self.is_told = False  # do most of the notebooks say which assignment it is?

    def add(self, file, owner):
        """A file, and whose it is; or nobody's, and why."""
        if not owner.student:
            return self.refuse(file.source, "; ".join(owner.remarks), file.owner, file)
        if file.typed:  # it is kept as a file: a person has to see it
            file.file = f"{file.typed.removeprefix('a ')} typed into {self.system.FROM}.txt"
        group = self.files.setdefault(owner.student, {})
        who = owner.student if owner.is_member else file.folder
        group.setdefault((who, file.number), []).append(file)
        self.owners[owner.student] = owner
        return None

    def refuse(self, source, remark, student="", file=None):
        """Say that a file is not taken."""
        about = {"system": self.system.FROM}
        if file:
            about |= {"number": file.number, "late": "late" if file.late else ""}
        self.collected.append(Collected(student, "", "not taken", source[:300], remark, **about))

    def write(self, assignment):
        """Put everything into its place; return [Collected]."""
        if self.system is not plain:  # a download is of one assignment
            groups = [group for of in self.files.values() for group in of.values()]
            most = most_told([file for group in groups for file in group])
            alone = [file.file for group in groups for file in group]
            self.is_guess = not assignment and len(alone) == 1 and str(most) not in alone[0]
            assignment = assignment or most
            self.is_told = assignment == most
        try:
            for student, groups in self.files.items():
                self._take(student, groups, assignment)
            self._name_former_members(assignment)
        finally:  # what is in its place already is remembered, whatever stopped us
            now = datetime.now(timezone.utc).isoformat(" ", "milliseconds")
            told = [
                of_course.replace(row, when=now, assignment=row.assignment or assignment or "")
                for row in self.collected
            ]
            of_course.add_collected(self.course, told)
        return told

    def _name_former_members(self, assignment):
        """Name those who were members of a group that has others now: its work is still theirs."""
        now = {owner.remarks[0] for owner in self.owners.values() if owner.is_member}
        last = of_course.taken(self.course, assignment)
        for student, row in last.items():
            group = next(iter(now & set(row.remark.split("; "))), None)
            place = self.course.submission(assignment, student)
            if group and student not in self.owners and place.is_dir():
                remark = f"was here {group}, and is not named now: is {place} theirs?"
                told = Collected(student, assignment, "kept", row.source, remark)
                self.collected.append(told)

    def _take(self, student, groups, assignment):
        """Write one student's files: one folder for each assignment."""
        files = [file for group in groups.values() for file in group]
        sources = APART.join(sorted(file.source for file in files))[:300]
        owner = self.owners[student]
        if len(groups) > 1:
            who = ", ".join(sorted(f"{name} {digits}" for name, digits in groups))
            return self.refuse(sources, f"several have this id: {who}", student, files[0])
        if not is_student_id(student):
            return self.refuse(sources, f"{ascii(student)} is no id: {RULE}", student, files[0])
        if owner.formerly:
            of_course.rename(self.course, owner.formerly, student)
            was = {key: kept for key, kept in self.earlier.items() if key[0] == owner.formerly}
            self.earlier |= {(student, name): kept for (_, name), kept in was.items()}
        belonging, others, room = {}, [], MAX_BYTES
        for file in files:
            data, told, why_not = look_at(file)
            room -= len(data)
            if why_not or room < 0:
                why_not = why_not or "is too much together with the others"
                self.refuse(file.source, why_not, student, file)
            elif assignment and told and self.system is not plain and told != assignment:
                others.append((file, data, told))
            else:
                belonging.setdefault(assignment or told, []).append((file, data))
        belonging = self._with_others(student, assignment, belonging, others)
        self._refuseinstead(student, belonging)
        strangers = belonging.pop(None, [])
        if len(belonging) == 1:  # what lies beside the notebook
            next(iter(belonging.values())).extend(strangers)
            strangers = []
        for file, data in strangers:
            remark = "nothing tells which assignment it is; name it with --assignment"
            what = f"{instead(file, data)}; " if file.typed else ""
            self.refuse(file.source, what + remark, student, file)
        person = self.people.get(files[0].number)
        for name, pairs in belonging.items():
            try:
                self._put(student, name, pairs, person or Listed(student), owner.remarks)
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                    raise
                self.refuse(sources, f"could not be written ({error})", student, files[0])
        return None

    def _with_others(self, student, assignment, belonging, others):
        """What a student's files belong to, where some are of other assignments than the download:
        they are refused, unless there is nothing else. Then it is the wrong file that was handed
        in, which is for `grade` to say, to the student too.
        """
        pairs = [(file, data) for file, data, _ in others]
        if pairs and not belonging and self.is_told:
            place = self.course.submission(assignment, student)
            if not would_cover(place, [data for _, data in pairs]):
                for file, _, told in others:
                    file.belongs = told
                return {assignment: pairs}
        for file, _, told in others:
            remark = f"belongs to {told}: name it with --assignment"
            self.refuse(file.source, remark, student, file)
        return belonging

    def _refuseinstead(self, student, belonging):
        """Refuse what was typed in instead of a file where earlier work would have to go."""
        for name, pairs in list(belonging.items()):
            if name is None or not all(file.typed for file, _ in pairs):
                continue
            place = self.course.submission(name, student)
            if would_cover(place, [data for _, data in pairs]):
                for file, data in belonging.pop(name):
                    self.refuse(file.source, instead(file, data), student, file)

    def _put(self, student, assignment, pairs, person, remarks):
        """Write a folder beside its place, then move it there; what was there before is kept."""
        time, late = person.time, person.is_late or any(file.late for file, _ in pairs)
        told = instead if all(file.typed for file, _ in pairs) else as_well
        typed = [told(file, data) for file, data in pairs if file.typed]
        strange = [f"looks like {file.belongs}" for file, _ in pairs if file.belongs]
        remarks = [*remarks, *typed, *strange, *(["late, says the LMS"] if late else [])]
        if of_course.was_dropped(self.course, student):
            remarks.append("was dropped (`student drop`), and is here again")
        sources = APART.join(file.source for file, _ in pairs)[:300]
        place = self.course.submission(assignment, student)
        self.course.submitted.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=".collect-", dir=self.course.submitted))
        try:
            write(new, assignment, pairs, time)
            new.chmod(0o755)
            row, what = self.earlier.get((student, assignment), NOTHING), "new"
            own = digest(new)
            collected = f"{own} {time or row.digest.partition(' ')[2]}".strip()
            if os.path.lexists(place):
                if self._is_older(row, pairs, collected):
                    why_not = "is older than what is here, as the LMS counts"
                    return self.refuse(sources, why_not, student, pairs[0][0])
                same = is_as_collected(new, own, place, time, row.digest)
                what = "same as before" if same else "replaced"
            if what == "same as before" and time and not (place / "timestamp.txt").exists():
                shutil.copy(new / "timestamp.txt", place)
                remarks.append("its time was written again")
            if what == "replaced":
                if not time and (place / "timestamp.txt").exists():
                    remarks.append("when the new one was handed in is not known")
                old = free(self.course.replaced(assignment, student))
                old.parent.mkdir(parents=True, exist_ok=True)
                os.rename(place, old)
                remarks.append(f"the earlier one is in {old}")
                if self.is_guess:
                    remarks.append(f"nothing but what is in it says that it is {assignment}")
            if what != "same as before":
                place.parent.mkdir(parents=True, exist_ok=True)
                os.rename(new, place)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        is_member = self.owners[student].is_member  # the number is the group's, or another member's
        number = "" if is_member else pairs[0][0].number
        about = {"system": self.system.FROM, "number": number}
        about |= {"late": "late" if late else "", "unread": person.unread, "digest": collected}
        row = Collected(student, assignment, what, sources, "; ".join(remarks), **about)
        self.collected.append(row)
        return None

    def _is_older(self, row, pairs, collected):
        """Are these files of an earlier download than those of a row: by the LMS' numbers of them,
        or, where others were handed in, by the time?
        """
        found = (self.system.parse(name) for name in row.source.split(APART))
        there = [file for file in found if file and file.number == pairs[0][0].number]
        before = max((file.upload for file in there), default=0)
        if before and (now := max(file.upload for file, _ in pairs)):
            return now < before
        (known, _, then), (own, _, time) = row.digest.partition(" "), collected.partition(" ")
        return bool(known and then) and own != known and time < then

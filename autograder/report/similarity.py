"""Submissions that look alike: winnowed fingerprints of their code (copydetect; Schleimer,
Wilkerson, Aiken 2003), less what the released notebook gives to everybody.
"""

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..assignments import Assignment
from ..course import Course
from ..errors import Damaged
from ..notebooks.choice import read_folder

NOISE, GUARANTEED = 25, 40  # characters, after names and comments are taken out of account
COMMON = 0.25, 30  # what a greater share and number wrote in the same way tells nothing
LEAST = 0.5  # share of the smaller one's fingerprints that is in both
SHOWN = 30
LONGEST = 200_000  # characters of one submission that are looked at


@dataclass(frozen=True)
class Pair:
    """Two submissions.

    Attributes:
        shares: of the code of each that is also in the other, the given text left out.
        characters: that are alike.
    """

    students: tuple[str, str]
    shares: tuple[float, ...]
    characters: int


def pairs(assignment: Assignment, course: Course, students: Iterable[str]) -> list[Pair]:
    """The Pairs that look most alike, the most alike first."""
    from copydetect import compare_files

    template = assignment.template
    released = [cell["source"] for cell in template.cells]
    boilerplate = sorted(_fingerprint(_code(template.cells), (), window=1).hashes)
    prints = {}
    for student in students:
        try:
            cells = read_folder(course.submission(assignment.name, student), template)[0]
        except (Damaged, OSError):
            continue
        own = [cell for cell in cells if cell["source"] not in released]
        prints[student] = _fingerprint(_code(own), boilerplate)
    similar = []
    for a, b in _candidates(prints):
        overlap, shares, _ = compare_files(prints[a], prints[b])
        if max(shares) >= LEAST:
            similar.append(Pair((a, b), tuple(map(float, shares)), int(overlap)))
    return sorted(similar, key=lambda pair: (-max(pair.shares), pair.students))[:SHOWN]


def _fingerprint(code, boilerplate, window=GUARANTEED - NOISE + 1):
    """The fingerprint of a program's text. Its hashes are good in this process only."""
    import numpy as np
    from copydetect import CodeFingerprint

    given = np.array(boilerplate)
    options = {"language": "python", "fp": io.StringIO(code)}
    return CodeFingerprint("submission.py", NOISE, window, given, **options)


def _code(cells):
    """The code of a notebook, magics left out."""
    sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    lines = "\n\n".join(sources)[:LONGEST].splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!", "?")))


def _candidates(prints):
    """Pairs that share enough of what is rare in the class: comparing everybody with everybody
    would take with the square of the class.
    """
    owners = {}
    for student, print_ in prints.items():
        for hash_ in print_.hashes:
            owners.setdefault(hash_, []).append(student)
    same = {}
    for student, print_ in prints.items():
        if print_.hashes:
            same.setdefault(frozenset(print_.hashes), []).append(student)
    identical = [(group[0], other) for group in same.values() for other in group[1:]]
    share, number = COMMON
    common = max(number, share * len(prints))
    shared, sizes = Counter(), Counter()
    for students in owners.values():
        if len(students) <= common:
            sizes.update(students)
            shared.update((a, b) for i, a in enumerate(students) for b in students[i + 1 :])
    near = [pair for pair, count in shared.items() if count >= LEAST * min(map(sizes.get, pair))]
    return dict.fromkeys(identical + near)

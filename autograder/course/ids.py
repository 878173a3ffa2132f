"""What a student's id may look like: one rule, at every door through which ids come."""

import os
import re
import unicodedata

FORBIDDEN = set('<>"&\\/;|*?:`')
# Letters and marks of which nothing is seen.
UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
BEGINS = "_'(\N{RIGHT SINGLE QUOTATION MARK}"  # beside letters and digits: begins no formula
RULE = (
    f"an id begins with a letter, a digit or one of {' '.join(BEGINS)}, and ends with no blank or "
    "dot; blanks are single, accents one character with their letter, nothing is invisible, and "
    f"none of it is one of {' '.join(sorted(FORBIDDEN))}; it has at most 128 characters"
)


def plain_id(text: str) -> str:
    """An id without what nobody sees of it: blanks at its edges, accents written in two ways."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_student_id(text: str) -> bool:
    """May it go into a gradebook, a file's name, a web page and a spreadsheet as it is? (RULE)"""
    if not text or text != plain_id(text) or not text.isprintable() or UNSEEN.search(text):
        return False
    begins_well = text[0].isalnum() or text[0] in BEGINS
    if not begins_well or text.endswith(".") or FORBIDDEN & set(text):
        return False
    return len(text) <= 128 and len(os.fsencode(text)) <= 200  # a column's, a file name's length


def is_name(text: str) -> bool:
    """Is it the name of one folder or file, and no way to another place?"""
    return text not in ("", ".", "..") and not {"/", "\\", "\0"} & set(text)

"""CSV files, in and out."""

import csv
import io
import re
from pathlib import Path

from ..course import write_text
from ..errors import UnreadableFile


def read_rows(path):
    """The rows of a CSV file as an LMS writes it: UTF-8 with or without a mark, comma or semicolon.

    Raises:
        UnreadableFile: it is no such file.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(f"expected a CSV file in UTF-8. Received: {path}") from None
    text = re.sub(r"\Asep=.\r?\n", "", text)  # Excel's
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # an online text may be long
    rows = max((_rows(text, delimiter) for delimiter in ",;\t"), key=_even)
    if len(rows) < 2:
        raise UnreadableFile(f"expected a CSV file with a header and rows. Received: {path}")
    return rows


def _rows(text, delimiter):
    try:
        return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    except csv.Error:
        return []


def _even(rows):
    """How well a table was cut: (how many rows are as long as the header, how long it is)."""
    columns = len(rows[0]) if rows else 0
    return (sum(len(row) == columns for row in rows) if columns > 1 else 0), columns


def write_rows(path, rows, for_spreadsheet=False):
    """Write rows as CSV, atomically; return the path.

    Args:
        for_spreadsheet: begin with a byte order mark, by which Excel knows UTF-8. No LMS wants one.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path = write_text(path, "\ufeff" * for_spreadsheet + text.getvalue())
    path.chmod(0o600)  # marks are nobody else's business
    return path

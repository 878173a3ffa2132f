"""Points in time are read as staff wrote them, or refused."""

from datetime import datetime, timezone

import pytest
from nbgrader.utils import parse_utc

from autograder.course import times
from autograder.notebooks.folder import RECORD, set_aside, tidy, time_fault, time_of
from tests.helpers import hand_in

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=timezone.utc)
READ = [
    "2026-12-01T12:00:00Z",
    "2026-12-01T12:00Z",
    "2026-12-01 12:00:00 UTC",
    "2026-12-01 12:00:00.000000 UTC",
    "2026-12-01T13:00:00+01:00",
    "2026-12-01 13:00:00 +0100",
    "2026-12-01 07:00 -05:00",
    "2026-12-01 13:00:00 Europe/Berlin",
    "2026-12-01 17:30:00.0 Asia/Kolkata",
]
REFUSED = [
    "2026-12-01 12:00:00",
    "2026-12-01",
    "5.12.",
    "5.12.2026 12:00 UTC",
    "12/01/2026 12:00 UTC",
    "2026-12-01 12:00:00 PST",
    "2026-12-01 12:00:00 CEST",
    "2026-13-01 12:00:00 UTC",
    "2026-12-01 12:00:00 ../../etc/passwd",
    "Tue, 1 Dec 2026 12:00:00 GMT+1",
    "yesterday",
]


@pytest.mark.parametrize("text", READ)
def test_time_with_a_zone_is_read(text):
    assert times.parse(text) == NOON


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="as 2026-12-01T23:59:00.01:00 or .* Received: "):
        times.parse(text)


@pytest.mark.parametrize("text", READ)
def test_nbgrader_reads_the_same_time_from_the_file_that_is_left(tmp_path, text):
    folder = hand_in(tmp_path, "ada", {})
    (folder / "timestamp.txt").write_text(text)
    tidy(folder)
    left = time_of(folder)
    assert parse_utc(left).replace(tzinfo=timezone.utc) == times.parse(left) == NOON
    assert time_fault(folder) == ""


@pytest.mark.parametrize("text", REFUSED)
def test_time_that_is_refused_is_kept_and_told_until_one_comes(tmp_path, text):
    folder = hand_in(tmp_path, "ada", {})
    (folder / "timestamp.txt").write_text(text)
    tidy(folder)
    assert time_of(folder) == "" and repr(text) in time_fault(folder)
    kept = tmp_path / "set_aside" / "ada" / "batchnorm" / "timestamp.txt"
    assert kept.read_text() == text
    (folder / "timestamp.txt").write_text(READ[0])
    tidy(folder)
    assert time_of(folder) == READ[0] and time_fault(folder) == ""


def test_no_more_than_the_beginning_is_read_of_what_a_student_put_there(tmp_path):
    """Sixty gigabytes that take no room on the disk, and a time that goes on for ever."""
    folder = hand_in(tmp_path, "ada", {})
    with open(folder / "timestamp.txt", "wb") as file:
        file.write(b"2026-12-01 12:00:00 UTC")
        file.truncate(60 << 30)
    assert "Received: '2026-12-01 12:00:00 UTC" in time_fault(folder)
    with open(folder / RECORD, "wb") as file:
        file.truncate(60 << 30)
    assert len("".join(set_aside(folder))) <= 10_000
    tidy(folder)
    assert time_of(folder) == "" and not (folder / "timestamp.txt").exists()
    (folder / "timestamp.txt").write_text(f"2026-12-01 12:00:00.{'0' * 5000} UTC")
    tidy(folder)
    assert time_of(folder) == ""

"""Points in time as staff write them: ISO 8601 with a zone, and nothing that has to be guessed."""

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

EXAMPLE = "2026-12-01T23:59:00+01:00"
FORM = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(:\d\d(\.\d{1,6})?)?)\d{0,6}"
    r" ?(?P<zone>Z|[+-]\d\d:?\d\d|[A-Za-z][\w+-]*(/[\w+-]+)*)"
)


def parse(text: str) -> datetime:
    """A time in UTC.

    Args:
        text: as '2026-12-01T23:59:00+01:00', '2026-12-01 23:59 UTC' or
            '2026-12-01 23:59:00 Europe/Berlin'.

    Raises:
        ValueError: it is not of this form, or there is no such day or zone; the message says what
            was expected and received.
    """
    try:
        match = FORM.fullmatch(text.strip())
        if match is None:
            raise ValueError
        time = datetime.fromisoformat(f"{match['day']} {_padded(match['time'])}")
        return time.replace(tzinfo=zone_of(match["zone"])).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise ValueError(
            f"expected a time with its zone, as {EXAMPLE} or 2026-12-01 23:59:00 UTC or "
            f"2026-12-01 23:59:00 Europe/Berlin. Received: {text.strip()[:80]!r}"
        ) from None


def zone_of(name: str) -> tzinfo:
    """The time zone of a name of the tz database, of 'UTC' or 'Z', or of '+01:00'.

    Raises:
        ValueError: there is none.
    """
    if name in ("Z", "UTC"):
        return timezone.utc
    if name[0] in "+-":
        digits = name[1:].replace(":", "")
        minutes = 60 * int(digits[:2]) + int(digits[2:])
        return timezone(timedelta(minutes=-minutes if name[0] == "-" else minutes))
    try:
        return ZoneInfo(name)
    except Exception:  # zoneinfo has several, and the operating system's
        raise ValueError(f"expected a time zone, as Europe/Berlin. Received: {name!r}") from None


def _padded(time: str) -> str:
    """'23:59' and '23:59:00.5' as Python 3.10 reads them."""
    whole, point, fraction = time.partition(".")
    whole = whole if whole.count(":") == 2 else f"{whole}:00"
    return whole + (f".{fraction:0<6}" if point else "")

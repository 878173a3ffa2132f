#!/bin/sh
# Expected: a timestamp.txt with a UTC offset, "2026-12-01 13:00:00 +0100", which `date "+%F %T %z"` writes
#   and which has the three words of nbgrader's own "2026-12-01 12:00:00 UTC", is read as that moment
#   (12:00 UTC), or refused.
# Happens: the offset is taken for a number of seconds: +0100 is 100 s, so that the hand-in moves to 12:58:20
#   UTC, almost an hour later; -0500 is 500 s, and moves it by almost five hours the other way. With a
#   colon ("+01:00") it is passed over, and the time taken for UTC; so are zones that the system's table
#   does not have (PST, CEST). Nothing is logged. With a "T", or without the blank, all is well. What
#   is late, and what it costs, hangs on it.
# Versions: nbgrader 0.9.5 (dateutil 2.9.0).
# Source: nbgrader, utils.py, `parse_utc`, which gives `int(word)` to dateutil's `tzinfos`, where integers
#   are seconds; seen by running it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install nbgrader==0.9.5 python-dateutil==2.9.0.post0
cat > "$folder/read.py" <<'EOF'
import sys
import warnings

import nbgrader
from nbgrader.utils import parse_utc

warnings.simplefilter("ignore")
# what is written: what nbgrader takes it for, in UTC
seen = {
    "2026-12-01 13:00:00 +0100": "2026-12-01 12:58:20",
    "2026-12-01 08:00:00 -0400": "2026-12-01 08:06:40",
    "2026-12-01 13:00:00 +01:00": "2026-12-01 13:00:00",
    "2026-12-01 04:00:00 PST": "2026-12-01 04:00:00",
    "2026-12-01T13:00:00+01:00": "2026-12-01 12:00:00",
    "2026-12-01 13:00:00+01:00": "2026-12-01 12:00:00",
    "2026-12-01 13:00:00 Europe/Berlin": "2026-12-01 12:00:00",
}
print("nbgrader", nbgrader.__version__)
changed = False
for text, expected in seen.items():
    read = str(parse_utc(text))
    print(f"  {text:36} is read as {read} UTC")
    changed |= read != expected
sys.exit(changed)
EOF
"$folder/venv/bin/python" "$folder/read.py"

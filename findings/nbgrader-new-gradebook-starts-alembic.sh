#!/bin/sh
# Expected: nbgrader's documented Python API, `Gradebook("sqlite:///gradebook.db")`, makes a new gradebook
#   with what the interpreter has installed, as it opens one that is there.
# Happens: only where the gradebook is new, it starts a command named `alembic`, whichever PATH finds
#   first, to learn the number of its own schema. Called by the path of a venv's interpreter, without the
#   venv being activated (a scheduler, a service, a subprocess), it ends in FileNotFoundError: 'alembic',
#   and leaves a file with all tables and no schema number behind. The number lies in nbgrader's own
#   folder: alembic's ScriptDirectory reads it in the same process, without a command.
# Versions: nbgrader 0.9.5.
# Source: nbgrader, api.py, `get_alembic_version` and `Gradebook.__init__`; seen by running it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install nbgrader==0.9.5
cat > "$folder/new.py" <<'EOF'
import sys

from nbgrader.api import Gradebook

try:
    Gradebook(sys.argv[1]).close()
except FileNotFoundError as error:
    print(f"FileNotFoundError: {error.filename}")
else:
    print("made")
EOF
cat > "$folder/look.py" <<'EOF'
import sqlite3
import sys

import nbgrader
from alembic.config import Config
from alembic.script import ScriptDirectory
from nbgrader import dbutil

away, on_path = sys.argv[1:3]
failed, made = sqlite3.connect(sys.argv[3]), sqlite3.connect(sys.argv[4])
tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
number = "SELECT version_num FROM alembic_version"
left = [failed.execute(tables).fetchone()[0], made.execute(tables).fetchone()[0]]
config = Config()
config.set_main_option("script_location", dbutil.ALEMBIC_DIR)
read = ScriptDirectory.from_config(config).get_current_head()
print("nbgrader", nbgrader.__version__)
print(f"  venv not on PATH: {away}; {left[0]} tables in the file")
print(f"  venv on PATH: {on_path}; {left[1]} tables, schema {made.execute(number).fetchone()[0]}")
print(f"  read in this process: {read}")
same = made.execute(number).fetchone()[0] == read
sys.exit(not (away == "FileNotFoundError: alembic" and on_path == "made" and same and left[0] > 5))
EOF
# Whatever else PATH holds stays out: only what the system has in /usr/bin and /bin.
away=$(env PATH=/usr/bin:/bin "$folder/venv/bin/python" "$folder/new.py" "sqlite:///$folder/failed.db")
on_path=$(env PATH="$folder/venv/bin:/usr/bin:/bin" "$folder/venv/bin/python" "$folder/new.py" "sqlite:///$folder/made.db")
"$folder/venv/bin/python" "$folder/look.py" "$away" "$on_path" "$folder/failed.db" "$folder/made.db"

#!/bin/sh
# Expected: with `--dist loadgroup`, tests marked `xdist_group("x")` run in one worker, as pytest-xdist
#   documents; or pytest-xdist says that it cannot keep groups with the pytest that it finds.
# Happens: with pytest 9.2.0, pytest-xdist 3.8.0 (the newest of each that pip takes together) spreads a
#   group over all workers, without a word: fixtures of wide scope, a graded class say, are made once in
#   each worker. pytest-xdist writes the group into the private attribute `_nodeid` of each test; since
#   9.2 a node's id is kept elsewhere, and nobody reads that attribute. With pytest 9.1.1 groups hold.
# Versions: pytest-xdist 3.8.0 with pytest 9.2.0 and 9.1.1.
# Source: pytest-xdist, xdist/remote.py, `pytest_collection_modifyitems`; pytest, _pytest/nodes.py;
#   seen by running both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
cat > "$folder/test_group.py" <<'EOF'
import os

import pytest


@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(8))
def test_says_where_it_runs(number):
    with open(os.environ["SEEN"], "a") as seen:
        seen.write(os.environ["PYTEST_XDIST_WORKER"] + "\n")
EOF
workers() {
    "$folder/venv/bin/pip" --quiet --disable-pip-version-check install "pytest==$1" pytest-xdist==3.8.0
    rm -f "$folder/seen"
    (cd "$folder" && SEEN="$folder/seen" venv/bin/python -m pytest -q -n 2 --dist loadgroup test_group.py) > "$folder/log"
    echo "pytest $1, pytest-xdist 3.8.0: the 8 tests of one group ran in $(sort -u "$folder/seen" | wc -l) worker(s); \
$(tail -1 "$folder/log")"
    test "$(sort -u "$folder/seen" | wc -l)" -eq "$2"
}
workers 9.1.1 1
workers 9.2.0 2

#!/usr/bin/env bash
# Gradescope runs this once, as root, when the image is built.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"

if ! { command -v bwrap && python3 -c 'import ensurepip'; } > /dev/null; then
    apt-get update -q
    apt-get install -qy --no-install-recommends bubblewrap python3-venv
fi
python3 -m venv "$root/python"
"$root/python/bin/python" -m pip install --quiet --disable-pip-version-check \
    --requirement "$root/source/requirements.txt"
# The sealed process is read-only and cannot keep bytecode itself.
(cd "$root/source" && "$root/python/bin/python" -m autograder.sandbox.bytecode)
# The key, the checks and the known mistakes are not for students' code to read.
chmod -R go-rwx "$root/source"

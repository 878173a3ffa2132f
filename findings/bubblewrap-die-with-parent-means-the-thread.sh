#!/bin/sh
# Expected: with --die-with-parent, COMMAND dies "when bwrap's parent dies", as bwrap(1) says; a parent is a
#   process.
# Happens: where the parent has several threads, the sandbox is killed as soon as the thread ends that
#   started it, while the parent process lives on: a pool of threads that starts sandboxes and hands them to
#   others loses them one by one, without any message. Without the option it goes on.
# Versions: bubblewrap 0.8.0 (Debian 12's; no package of PyPI), Linux 6.18, Python 3.11.
# Source: bubblewrap, bubblewrap.c, `handle_die_with_parent`, which is prctl(PR_SET_PDEATHSIG); prctl(2) says
#   there that the parent is the thread that created the child. Seen by running it.
set -eu
command -v bwrap > /dev/null || { echo "bubblewrap is not installed"; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/threads.py" <<'PYTHON'
import subprocess
import sys
import threading
import time

print(subprocess.run(["bwrap", "--version"], capture_output=True, text=True).stdout.strip())
COMMAND = ["bwrap", "--ro-bind", "/", "/", "--unshare-pid", *sys.argv[1:], "sleep", "20"]
started = []


def start():
    started.append(subprocess.Popen(COMMAND))
    time.sleep(1)  # bubblewrap has asked for the signal by now


thread = threading.Thread(target=start)
thread.start()
thread.join()
[sandbox] = started
try:
    code = sandbox.wait(5)
    print(f"{sys.argv[1:]}: the thread has ended, this process has not, and the sandbox ended with {code}")
except subprocess.TimeoutExpired:
    code = None
    print(f"{sys.argv[1:]}: the thread has ended, and the sandbox goes on")
    sandbox.kill()
sys.exit(code != (-9 if sys.argv[1:] else None))
PYTHON
python3 "$folder/threads.py" --die-with-parent
python3 "$folder/threads.py"

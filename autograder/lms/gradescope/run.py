"""What runs on Gradescope: one submission, from /autograder/submission to results.json."""

import json
import os
import pickle
import sys
from pathlib import Path

from . import KEY, SETTINGS
from .results import results

# Containers rarely let bubblewrap make its walls. Then students' code runs as nobody, behind limits
# and the filter, where it can read no file of ours.
FALLBACK_USER = "nobody"


def main(root):
    root = Path(root)
    settings = json.loads((root / "source" / SETTINGS).read_text(encoding="utf-8"))
    os.environ["AUTOGRADER_TERM"] = settings["term"]
    from ...answers import key
    from ...grading import grade
    from ...sandbox.launcher import SealedProcess
    from ...sandbox.walls import SandboxUnavailable

    key.carry(pickle.loads((root / "source" / KEY).read_bytes()))
    sandbox = "bubblewrap"
    try:
        SealedProcess().close()
    except SandboxUnavailable as reason:
        print(f"No walls here, so the code runs as {FALLBACK_USER}: {reason}")
        sandbox = "process"
        os.environ["AUTOGRADER_SANDBOX_USER"] = FALLBACK_USER
    verdict = grade.mark(root / "submission", settings["assignment"], sandbox=sandbox)
    faults = verdict.staff_notes()
    for note in verdict.notes:
        print(note)
    if faults:  # no results: Gradescope says that the autograder failed, and gives no 0
        sys.exit("The grader itself failed; this is no mark. Run the autograder again.")
    notes = [note for note in verdict.notes if note != grade.UNSEALED]
    text = json.dumps(results(verdict, notes, settings["visibility"]), indent=1)
    (root / "results").mkdir(exist_ok=True)
    (root / "results" / "results.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

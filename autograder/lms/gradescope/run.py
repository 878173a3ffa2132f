"""What runs on Gradescope: one submission, from /autograder/submission to results.json."""

import json
import sys
from pathlib import Path

from ...assignments import load
from ...course import settings
from ...course.notes import UNSEALED
from ...course.secret import use_secret
from ...grading import mark
from ...sandbox import available, backend
from . import SECRET, SETTINGS
from .results import results

# Containers rarely let bubblewrap make its walls. Then students' code runs as nobody, behind limits
# and the filter, where it can read no file of ours.
FALLBACK_USER = "nobody"


def main(root):
    root = Path(root)
    chosen = json.loads((root / "source" / SETTINGS).read_text(encoding="utf-8"))
    settings.use_term(chosen["term"])
    use_secret((root / "source" / SECRET).read_bytes())
    sandbox, why_not = available()
    if not backend(sandbox).sealed:
        print(f"No walls here, so the code runs as {FALLBACK_USER}: {why_not}")
        settings.use_sandbox_user(FALLBACK_USER)
    assignment = load(chosen["assignment"])
    verdict = mark(root / "submission", assignment, sandbox=sandbox, own_inputs=True)
    faults = verdict.staff_notes()
    for note in verdict.notes:
        print(note)
    if faults:  # no results: Gradescope says that the autograder failed, and gives no 0
        sys.exit("The grader itself failed; this is no mark. Run the autograder again.")
    notes = [str(note) for note in verdict.notes if note.kind != UNSEALED]
    text = json.dumps(results(verdict, notes, chosen["visibility"]), indent=1)
    (root / "results").mkdir(exist_ok=True)
    (root / "results" / "results.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

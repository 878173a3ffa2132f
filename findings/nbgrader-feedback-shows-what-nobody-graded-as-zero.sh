#!/bin/sh
# Expected: where an answer waits to be graded by hand, the feedback page says so, or has no score for it.
# Happens: the page has "Score: 0.0 / 5.0" for it, and adds it to the sum as 0, in the same words as for an answer that
#   somebody gave 0 points. The gradebook knows the difference (`needs_manual_grade`); the page does not ask.
# Versions: nbgrader 0.9.5.
# Source: nbgrader, preprocessor `GetGrades`, which takes `Grade.score`, an expression that is 0 where neither an automatic
#   nor a manual score is set. Seen by running it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install nbgrader==0.9.5
export PATH="$folder/venv/bin:$PATH" HOME="$folder" JUPYTER_PLATFORM_DIRS=1
mkdir -p "$folder/course/source/week1" && cd "$folder/course"
python - <<'EOF'
import nbformat

answer = nbformat.v4.new_markdown_cell("YOUR ANSWER HERE")
answer.metadata.nbgrader = {
    "schema_version": 3, "grade_id": "why", "points": 5,
    "grade": True, "locked": False, "solution": True, "task": False,
}
kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
nbformat.write(nbformat.v4.new_notebook(cells=[answer], metadata=kernel), "source/week1/week1.ipynb")
EOF
quiet() { "$@" > log.txt 2>&1 || { cat log.txt; exit 1; }; }
quiet nbgrader generate_assignment week1
mkdir -p submitted/ada && cp -r release/week1 submitted/ada/week1
sed -i 's/YOUR ANSWER HERE/A long and thoughtful answer./' submitted/ada/week1/week1.ipynb
quiet nbgrader autograde week1
quiet nbgrader generate_feedback week1
python - <<'EOF'
import re
import sys

import nbgrader
from nbgrader.api import Gradebook

with Gradebook("sqlite:///gradebook.db") as gradebook:
    waits = gradebook.find_grade("why", "week1", "week1", "ada").needs_manual_grade
page = open("feedback/ada/week1/week1.html", encoding="utf-8").read()
scores = re.findall(r"Score: [\d.]+ / [\d.]+", page)
print("nbgrader", nbgrader.__version__)
print("  the answer waits for somebody:", waits)
print("  scores on the page:", scores)
sys.exit(not (waits and scores and set(scores) == {"Score: 0.0 / 5.0"}))
EOF

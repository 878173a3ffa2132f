#!/bin/sh
# Expected: a mark scheme, which nbgrader takes out of the notebook that students get, stays with those who grade:
#   the feedback page, which is for students, does not have it.
# Happens: autograding writes the mark scheme back into the student's copy (for formgrader to show), and the feedback
#   page, made from that copy, has all of it: the answers, before the last students with an extension have handed in.
# Versions: nbgrader 0.9.5.
# Source: nbgrader, preprocessors `ClearMarkScheme` (release), `OverwriteCells` (autograde: the source of a locked cell
#   is the gradebook's); the preprocessors of `GenerateFeedback` leave it there. Seen by running it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install nbgrader==0.9.5
export PATH="$folder/venv/bin:$PATH" HOME="$folder" JUPYTER_PLATFORM_DIRS=1
mkdir -p "$folder/course/source/week1" && cd "$folder/course"
python - <<'EOF'
import nbformat

task = nbformat.v4.new_markdown_cell("Why?\n=== BEGIN MARK SCHEME ===\n2 points: because\n=== END MARK SCHEME ===")
task.metadata.nbgrader = {
    "schema_version": 3, "grade_id": "why", "points": 2,
    "grade": False, "locked": True, "solution": False, "task": True,
}
kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
nbformat.write(nbformat.v4.new_notebook(cells=[task], metadata=kernel), "source/week1/week1.ipynb")
EOF
quiet() { "$@" > log.txt 2>&1 || { cat log.txt; exit 1; }; }
quiet nbgrader generate_assignment week1
mkdir -p submitted/ada && cp -r release/week1 submitted/ada/week1
quiet nbgrader autograde week1
quiet nbgrader generate_feedback week1
echo "$(nbgrader --version | tail -1)"
has() { grep -q "2 points: because" "$1" && echo yes || echo no; }
echo "  mark scheme in the released notebook: $(has release/week1/week1.ipynb)"
echo "  mark scheme in the student's feedback: $(has feedback/ada/week1/week1.html)"
[ "$(has release/week1/week1.ipynb)" = no ] && [ "$(has feedback/ada/week1/week1.html)" = yes ]

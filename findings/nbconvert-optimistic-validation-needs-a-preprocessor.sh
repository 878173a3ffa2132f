#!/bin/sh
# Expected: `optimistic_validation = True` of nbconvert's exporters (check the notebook once, after all
#   preprocessors, and not after each) works whatever preprocessors are on; with none there is nothing
#   to check, or the notebook as it came.
# Happens: with no preprocessor on, every conversion ends in an UnboundLocalError on `preprocessor`: the
#   single check at the end names the last one of the loop that did not run. With the option off, or one
#   preprocessor on, the same notebook is converted. nbgrader meets it where `sanitize_preprocessors` is
#   set to [].
# Versions: nbconvert 7.16.6 and 7.17.2.
# Source: nbconvert, exporters/exporter.py, `Exporter._preprocess`; seen by running it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
for version in 7.16.6 7.17.2; do
    "$folder/venv/bin/pip" --quiet --disable-pip-version-check install "nbconvert==$version" "nbformat==5.10.4"
    "$folder/venv/bin/python" - <<'EOF'
import sys

import nbconvert
import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import ClearOutputPreprocessor
from traitlets.config import Config

notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
nbformat.validate(notebook)


def converted(steps, optimistic):
    config = Config({"Exporter": {"default_preprocessors": [], "optimistic_validation": optimistic}})
    config.Exporter.preprocessors = steps
    config.ClearOutputPreprocessor.enabled = True
    try:
        NotebookExporter(config=config).from_notebook_node(notebook)
    except UnboundLocalError as error:
        return f"UnboundLocalError: {error}"
    return "converted"


seen = {
    "one preprocessor, optimistic": converted([ClearOutputPreprocessor], True),
    "no preprocessor, not optimistic": converted([], False),
    "no preprocessor, optimistic": converted([], True),
}
print("nbconvert", nbconvert.__version__)
for case, outcome in seen.items():
    print(f"  {case}: {outcome}")
outcomes = list(seen.values())
sys.exit(not (outcomes[:2] == ["converted"] * 2 and outcomes[2].startswith("UnboundLocalError")))
EOF
done

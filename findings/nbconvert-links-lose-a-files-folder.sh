#!/bin/sh
# Expected: a link to files/data.csv, or a picture files/plot.png, in a text cell is in the HTML export
#   as it was written, and works beside a folder `files`, as it does in JupyterLab.
# Happens: the templates lab, classic and basic take `files/` off the beginning of every href and src
#   after the Markdown is rendered (a way of the first IPython notebooks to name files beside the
#   notebook). The links and pictures of the export lead nowhere; sub/files/ stays as it is.
# Versions: nbconvert 7.17.2 with mistune 3.4.0, nbformat 5.11.1.
# Source: nbconvert, filters/strings.py, `strip_files_prefix`, which the templates apply to Markdown;
#   seen by running it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install nbconvert==7.17.2 nbformat==5.11.1 mistune==3.4.0
cat > "$folder/export.py" <<'EOF'
import re
import sys

import nbconvert
import nbformat
from nbconvert.exporters import HTMLExporter

TEXT = "[data](files/data.csv) ![plot](files/plot.png) [deep](sub/files/data.csv)"
EXPECTED = ["data.csv", "plot.png", "sub/files/data.csv"]

notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(TEXT)])
nbformat.validate(notebook)
print("nbconvert", nbconvert.__version__, "nbformat", nbformat.__version__)
print("  written:", TEXT)
changed = False
for template in ("lab", "classic", "basic"):
    html, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
    found = re.findall(r'(?:href|src)="((?:sub/|files/)*(?:data\.csv|plot\.png))"', html)
    print(f"  {template:8}", found)
    changed |= found != EXPECTED
sys.exit(changed)
EOF
"$folder/venv/bin/python" "$folder/export.py"

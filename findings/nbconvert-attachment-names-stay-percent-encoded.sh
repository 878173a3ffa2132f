#!/bin/sh
# Expected: a picture that is pasted into a text cell (an attachment of a valid notebook, which nbformat
#   validates and JupyterLab shows) is in the HTML export whatever its file is called.
# Happens: the exporter compares the reference after its Markdown renderer has percent-encoded it. An
#   attachment called "my pic.png" or "Bild_ä.png" (a photo's or a screenshot's name) is looked for as
#   "my%20pic.png", not found, and ends the export of the whole notebook in InvalidNotebook, "missing
#   attachment", however it is written: in angle brackets or with %20. The same picture in an
#   <img src="attachment:…"> is passed over without a word, whatever its name.
# Versions: nbconvert 7.17.2 with mistune 3.4.0, nbformat 5.11.1.
# Source: nbconvert, filters/markdown_mistune.py, `_embed_image_or_attachment`; seen by running it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install nbconvert==7.17.2 nbformat==5.11.1 mistune==3.4.0
cat > "$folder/export.py" <<'EOF'
import sys

import nbconvert
import nbformat
from nbconvert.exporters import HTMLExporter

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


def export(name, source):
    text = nbformat.v4.new_markdown_cell(source, attachments={name: {"image/png": PNG}})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("first"), text])
    nbformat.validate(notebook)
    try:
        html, _ = HTMLExporter().from_notebook_node(notebook)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "shown" if PNG in html else "not shown"


seen = {
    ("a.png", "![](attachment:a.png)"): "shown",
    ("my pic.png", "![](<attachment:my pic.png>)"): "InvalidNotebook: missing attachment: my%20pic.png",
    ("my pic.png", "![](attachment:my%20pic.png)"): "InvalidNotebook: missing attachment: my%20pic.png",
    ("Bild_ä.png", "![](attachment:Bild_ä.png)"): "InvalidNotebook: missing attachment: Bild_%C3%A4.png",
    ("a.png", '<img src="attachment:a.png">'): "not shown",
}
print("nbconvert", nbconvert.__version__, "nbformat", nbformat.__version__)
changed = False
for (name, source), expected in seen.items():
    found = export(name, source)
    print(f"  {name:12} {source:36} {found}")
    changed |= found != expected
sys.exit(changed)
EOF
"$folder/venv/bin/python" "$folder/export.py"

"""No script of a student's runs where staff look: feedback pages and formgrader, opened in Chromium.

A script that ran would leave a mark on the page's root; what is looked at is the page as the
browser has it after its own scripts have run.
"""

import json
import shutil
import subprocess
from urllib.parse import quote
from urllib.request import urlopen

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook

from tests.helpers import BATCHNORM, fill, grade, hand_in
from tests.helpers.browser import CHROMIUM, formgrader
from tests.helpers.classes import PROJECT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed (apt-get install chromium)"),
]
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --virtual-time-budget=4000"
).split()

MARK = "document.documentElement.dataset.owned=1"
SCRIPT = f"<script>{MARK}</script>"
ID = f"<svg onload={MARK}>"  # a student's id, as an LMS may hand it on

MARKDOWN = [
    SCRIPT,
    f'<img src=x onerror="{MARK}">',
    f'<svg onload="{MARK}"><script>{MARK}</script></svg>',
    f'<iframe srcdoc="<script>parent.{MARK}</script>"></iframe>',
    f'<iframe src="javascript:parent.{MARK}"></iframe>',
    f'<object data="data:text/html,{SCRIPT}"></object><embed src="javascript:{MARK}">',
    f"[link](javascript:{MARK}) <javascript:{MARK}>",
    f"[link](files/javascript:{MARK}) [link](/files/javascript:{MARK})",
    f'<a href="files/files/javascript:{MARK}">x</a><a href="attachment:javascript:{MARK}">y</a>',
    f'<a href="&#106;ava\tscript:{MARK}">x</a><a href=" javascript:{MARK}">y</a>',
    f'<details open ontoggle="{MARK}">x</details><input autofocus onfocus="{MARK}">',
    f'<form action="javascript:{MARK}"><button>b</button></form>',
    f'<math><mtext><table><mglyph><style><img src=x onerror="{MARK}"></style></table></mtext></math>',
    f'<base href="javascript:{MARK}//"><meta http-equiv="refresh" content="0;url=javascript:{MARK}">',
    f"$\\href{{javascript:{MARK}}}{{x}}$ and $$\\require{{html}}\\class{{a}}{{b}}$$",
    f"```html\n</code></pre>{SCRIPT}\n```",
    f'![a](x" onerror="{MARK})',
    f"![a](attachment:a.svg) ![b](attachment:b.png)\n\n{SCRIPT}",
    "<style>* { background: url(javascript:0) } </style><link rel=stylesheet href=x>",
    f"<!-- --!> {SCRIPT} -->",
    f'<noscript><p title="</noscript><img src=x onerror={MARK}>">',
]
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{MARK}"><script>{MARK}</script></svg>'
DATA = [
    {"text/html": SCRIPT},
    {"application/javascript": MARK},
    {"image/svg+xml": SVG},
    {"text/markdown": SCRIPT},
    {"text/latex": f"$\\href{{javascript:{MARK}}}{{x}}$"},
    {"text/plain": SCRIPT},
    {"image/png": f'iVBO" onerror="{MARK}'},
    {"image/jpeg": f'x"><script>{MARK}</script>'},
    {"application/vnd.jupyter.widget-view+json": {"model_id": SCRIPT}},
]
OUTPUTS = [
    *({"output_type": "display_data", "data": data, "metadata": {}} for data in DATA),
    {"output_type": "stream", "name": "stdout", "text": f"\x1b[31m{SCRIPT}\x1b[0m"},
    {"output_type": "stream", "name": SCRIPT, "text": SCRIPT},
    {"output_type": "error", "ename": SCRIPT, "evalue": SCRIPT, "traceback": [SCRIPT]},
]
FUNCTION = f"""
def min_max_normalize(x):
    # {SCRIPT}
    raise type({SCRIPT!r}, (Exception,), {{}})({SCRIPT + ID!r})
"""


def hostile_notebook():
    """Everything at once, in every place of a notebook that a page shows."""
    notebook = fill(BATCHNORM, {"min_max_normalize": FUNCTION}, answer="\n\n".join(MARKDOWN))
    cells = [{"cell_type": "markdown", "source": text, "metadata": {}} for text in MARKDOWN]
    cells[17]["attachments"] = {
        "a.svg": {"image/svg+xml": SVG},
        f'b.png" onerror="{MARK}': {"image/png": f'x" onerror="{MARK}'},
    }
    cells += [{"cell_type": "raw", "source": text, "metadata": {}} for text in (SCRIPT, SVG)]
    cells += [{"cell_type": "raw", "source": SCRIPT, "metadata": {"raw_mimetype": "text/html"}}]
    code = {"cell_type": "code", "metadata": {"tags": [f'x" onclick="{MARK}']}, "id": f'"{SCRIPT}'}
    code["execution_count"] = None
    cells.append(code | {"source": f"'''</pre>{SCRIPT}'''", "outputs": OUTPUTS})
    notebook["cells"] += cells
    notebook["metadata"]["title"] = f"</title>{SCRIPT}"
    notebook["metadata"]["language_info"] = {"name": SCRIPT, "pygments_lexer": SCRIPT}
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory, sandbox):
    """A course with one hostile notebook, once under a harmless id and once under a hostile one."""
    root = tmp_path_factory.mktemp("pages")
    grading = root / "grading"
    hand_in(grading, "eve", hostile_notebook())
    shutil.copytree(PROJECT / "solutions", root / "solutions")
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    grade(BATCHNORM, grading, sandbox=sandbox)
    hand_in(grading, ID, hostile_notebook())
    # As if somebody had made this student by another way than ours.
    shutil.copytree(grading / "autograded" / "eve", grading / "autograded" / ID)
    with Gradebook(f"sqlite:///{grading}/gradebook.db") as gradebook:
        gradebook.update_or_create_student(ID, first_name=ID, last_name=SCRIPT)
        gradebook.update_or_create_submission(BATCHNORM, ID)
    return root


@pytest.fixture(scope="module")
def browse(tmp_path_factory):
    """browse(address, words) -> the page as Chromium has it, parsed; a page that fetches its rows is
    opened again until it has these words.
    """
    profile = tmp_path_factory.mktemp("chromium")

    def browse(address, words="", tries=5):
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", str(address)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert "<html" in done.stdout, done.stderr[-2000:]
        page = BeautifulSoup(done.stdout, "html.parser")
        return page if words in page.text or tries == 1 else browse(address, words, tries - 1)

    return browse


def is_owned(page):
    return "data-owned" in page.find("html").attrs


def active(page):
    """What would run at a click, if not at once, of the page's own elements."""
    links = ("href", "src", "action", "data", "formaction", "xlink:href")
    return [
        (element.name, element[name])
        for element in page.find_all(True)
        for name in links
        if "".join(element.get(name, "").split()).lower().startswith(("javascript:", "data:text"))
    ]


def test_would_the_mark_be_seen(browse, tmp_path):
    """The same texts through nbconvert as it comes: otherwise the other tests prove nothing."""
    for number, text in enumerate(MARKDOWN[:3]):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
        html, _ = HTMLExporter(template_name="classic").from_notebook_node(notebook)
        path = tmp_path / f"{number}.html"
        path.write_text(html)
        assert is_owned(browse(path.as_uri())), text
    html = HTMLExporter(template_name="classic").markdown2html({}, MARKDOWN[6])
    assert active(BeautifulSoup(html, "html.parser"))


def test_runs_nothing_in_a_feedback_page(course, browse):
    page = browse((course / "grading/feedback/eve" / BATCHNORM / f"{BATCHNORM}.html").as_uri())
    assert "What the grader saw" in page.text and not is_owned(page) and not active(page)
    assert SCRIPT in page.text, "it is shown, as text"


def test_runs_nothing_in_formgrader(course, browse):
    """The lists of students and submissions, and the page on which staff grade."""
    with formgrader(course) as address:
        listed = f"{address}/api/submitted_notebooks/{BATCHNORM}/{BATCHNORM}"
        with urlopen(listed) as reply:
            submissions = {item["student"]: item["id"] for item in json.load(reply)}
        assert set(submissions) == {"eve", ID}
        for path, words in [
            (f"submissions/{submissions['eve']}/", "What the grader saw"),
            (f"submissions/{submissions[ID]}/", "What the grader saw"),
            (f"gradebook/{BATCHNORM}/{BATCHNORM}", "Submission #1"),
            (f"manage_submissions/{BATCHNORM}", "eve"),
            ("manage_students", ID),
            (f"manage_students/{quote(ID)}", ID),
            (f"manage_students/{quote(ID)}/{BATCHNORM}", ID),
        ]:
            page = browse(f"{address}/{path}", words)
            assert words in page.text, (path, page.text[:2000])
            assert not is_owned(page), path
            assert not active(page), path
            if path == f"submissions/{submissions['eve']}/":
                is_usable(page)


def is_usable(page):
    """Safe, and still with its fields for points and comments."""
    assert page.find("input", id="why_batchnorm") and page.find("input", id="min_max")
    assert page.find("textarea", id="why_batchnorm-comment")

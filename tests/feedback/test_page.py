"""What a student wrote is shown on the feedback page, and does nothing there."""

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter

from autograder.feedback.page import FeedbackExporter

v4 = nbformat.v4


@pytest.fixture(scope="module")
def exporter():
    return FeedbackExporter(template_name="classic")


def page(exporter, *cells):
    return exporter.from_notebook_node(v4.new_notebook(cells=list(cells)))[0]


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>mark()</script>",
        "<img src=x onerror=mark()>",
        "[c](javascript:mark())",
        '<a href="data:text/html,<script>mark()</script>">c</a>',
        "<svg onload=mark()></svg>",
        '<iframe srcdoc="<script>mark()</script>"></iframe>',
        '<div style="position:fixed" onclick="mark()">x</div>',
        "![a](data:text/html,mark())",
        '<a href="da&#9;ta:text/html,<script>mark()</script>">c</a>',
        '<img src="data:image/svg+xml,<svg onload=mark()>">',
    ],
)
def test_is_nothing_active_left_in_markdown(exporter, markdown):
    body = BeautifulSoup(page(exporter, v4.new_markdown_cell(markdown)), "html.parser").body
    assert not body.select("iframe, svg, main script, [onerror], [onload], [onclick], [style]")
    for element in body.select("main [href], main [src]"):
        link = element.get("href") or element.get("src")
        assert link.startswith(("#", "http")) or ":" not in link, link


@pytest.mark.parametrize(
    "markdown",
    [
        "$\\href{javascript:mark()}{x}$",
        "<div>$&#92;href{javascript:mark()}{x}$</div>",
        "$&#x5C;&#104;ref{javascript:mark()}{x}$",
        "$&bsol;require{html}$",
        '```mermaid\ngraph TD; click A href "javascript:mark()"\n```',
    ],
)
def test_is_nothing_active_left_in_mathematics_and_diagrams(exporter, markdown):
    body = BeautifulSoup(page(exporter, v4.new_markdown_cell(markdown)), "html.parser").body
    assert "\\href" not in body.text and "\\require" not in body.text
    assert not body.select("main .mermaid, main .jp-Mermaid")


def test_stays_harmless_markdown_as_it_was(exporter):
    text = (
        "# Title\n\n*a* **b** `c` $x_1 < \\frac{1}{2}$\n\n$$y = x$$\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "- one\n- two\n\n[link](https://example.org) ![p](data:image/png;base64,iVBO)\n\n```python\nx = 1\n```\n"
    )
    html = page(exporter, v4.new_markdown_cell(text))
    for part in (
        "<h1",
        "<em>a</em>",
        "<strong>b</strong>",
        "<code>c</code>",
        "<table>",
        "<li>one</li>",
    ):
        assert part in html, part
    for part in ('href="https://example.org"', 'src="data:image/png', "\\frac{1}{2}", "$$y = x$$"):
        assert part in html, part


def test_have_tables_space_between_their_columns(exporter):
    html = page(exporter, v4.new_markdown_cell("| a | b |\n|---|---|\n| 1 | 2 |"))
    head = html.partition("</head>")[0]
    assert "td, th { padding: 0.1em 0.8em }" in head.rpartition("<style>")[2]


def test_looks_a_page_as_nbconvert_makes_it(exporter):
    """Our shortcuts change nothing that is seen: the same page, from the exporter we shorten."""
    picture = v4.new_output("display_data", {"image/png": "iVBO"})
    error = v4.new_output("stream", text="1\n2\n")
    cells = [
        v4.new_markdown_cell("# T\n\ntext", id="a"),
        v4.new_code_cell("x = [i for i in range(3)]  # comment", id="b", outputs=[error, picture]),
    ]
    plain = HTMLExporter(template_name="classic", exclude_anchor_links=True)
    ours, theirs = page(exporter, *cells), page(plain, *cells)

    def seen(html):
        for image in (body := BeautifulSoup(html, "html.parser").body).select("img"):
            image["alt"] = "the same"
        for heading in body.select("h1"):
            del heading["id"]
        return body.prettify()

    assert seen(ours) == seen(theirs)


ALLOWED = {
    "[a](https://a.b/c?d=e#f)": '<a href="https://a.b/c?d=e#f">',
    "<mailto:ada@school.edu>": '<a href="mailto:ada@school.edu">',
    "![p](data:image/png;base64,iVBO)": '<img src="data:image/png;base64,iVBO" alt="p">',
    "```python\ndef f(): pass\n```": '<span class="k">def</span>',
    "<table><tr><td colspan=2>x</td></tr></table>": '<td colspan="2">',
    "$x \\in \\left(0, \\delta\\right)$": "$x \\in \\left(0, \\delta\\right)$",
}
LEFT_OUT = [
    "# why_batchnorm",
    "<span class='full-credit' id='why_batchnorm'>x</span>",
    "<div class='modal-backdrop'>x</div><li class='next'><a href='#'>x</a></li>",
    "<p title=t align=right name=n data-link=l aria-label=a role=button tabindex=1>x</p>",
    "<img src=https://a.b/c.png width=9999 srcset=x usemap=y loading=lazy>",
    "<img src=/formgrader/api/x> ![r](../x.png) ![g](data:image/gif;base64,R0lG)",
    "[r](../x) [q](?a=b) [f](#x) [p](//a.b/c) [j](files/javascript:x) [t](ht\ttp:x)",
    "<table width=5000><tr><td height=5000 style=x>y</td></tr></table><hr width=3000>",
    "```score\nx\n```",
    "- [ ] task",
    "<kbd accesskey=x contenteditable onclick=x>k</kbd><details open class=help>d</details>",
]


@pytest.mark.parametrize("text, html", ALLOWED.items())
def test_shows_what_belongs_to_an_answer(exporter, text, html):
    assert html in page(exporter, v4.new_markdown_cell(text))


@pytest.mark.parametrize("text", LEFT_OUT)
def test_leaves_an_element_nothing_by_which_a_page_could_know_it(exporter, text):
    shown = BeautifulSoup(page(exporter, v4.new_markdown_cell(text)), "html.parser")
    box = shown.select_one(".text_cell_render")
    assert box and {tuple(e.attrs) for e in box.find_all(True)} <= {(), ("alt",)}


@pytest.mark.parametrize(
    "tex", [r"\href1{x}", r"\label{a}", r"\def\sum{1}", r"\newcommand{\sum}{1}", r"\cssId_{x}"]
)
def test_leaves_mathematics_nothing_that_is_more_than_mathematics(exporter, tex):
    assert tex.partition("{")[0][:5] not in page(exporter, v4.new_markdown_cell(f"a ${tex}$"))


def test_looks_a_cell_that_was_on_a_page_before_as_on_a_page_of_its_own():
    text, long = "*one* ", "**two** " * 1200
    cells = [
        v4.new_markdown_cell(text, id="a"),
        v4.new_markdown_cell(text, id="q", metadata={"nbgrader": {"grade_id": "q"}}),
        v4.new_code_cell("x = 1", id="b", outputs=[v4.new_output("stream", text="1")]),
        v4.new_code_cell("x = 1", id="d", outputs=[v4.new_output("stream", text="2")]),
        *(v4.new_markdown_cell(long + str(i), id=f"c{i}") for i in range(8)),  # more than has room
    ]
    used, pages = FeedbackExporter(template_name="classic"), [cells[::-1], cells, cells[2:]]
    for some in pages:
        assert page(used, *some) == page(FeedbackExporter(template_name="classic"), *some)
    html = page(used, *cells)
    assert "<strong>two</strong>" in html and "<pre>**two**" in html

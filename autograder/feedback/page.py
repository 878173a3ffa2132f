"""Pages with what students wrote: nothing of it is active, in feedback or in formgrader.

nbgrader's feedback page is also made faster here: nbconvert's HTML exporter with a memory.
"""

import json
import re
from functools import cache, lru_cache
from html import escape, unescape
from urllib.parse import quote

import bleach
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from pygments.token import STANDARD_TYPES

TAGS = frozenset(
    "a abbr b blockquote br code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 "
    "hr i img kbd li ol p pre s small span strong sub summary sup table tbody td th thead tr u "
    "ul".split()
)
# Classes of highlighted code. No page's script or style knows another meaning of these.
CODE_CLASSES = frozenset(STANDARD_TYPES.values()) - {""} | {"highlight"}
ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s\\]+", re.IGNORECASE)
# What a student wrote can neither lie over other things nor push them aside.
BOX = (
    ".rendered_html, .text_cell_render, .input_area, .output_area "
    "{ contain: content; overflow: auto hidden }"
)
STYLE = f"td, th {{ padding: 0.1em 0.8em }} {BOX}"  # nbgrader's page sets tables without any space
# TeX that MathJax makes links, ids, scripts or styles of, or that gives other TeX a new meaning.
ACTIVE_TEX = re.compile(
    r"\\(?=(?:href|require|unicode|class|cssId|style|data|mmlToken|tag|label|ref|eqref|let|"
    r"[egx]?def|newcommand|renewcommand|providecommand|newenvironment|renewenvironment|"
    r"DeclareMathOperator|bbox|texttip|mathtip|toggle)(?![A-Za-z]))"
)
LABEL, TAG = re.compile(r"\\label\{[^{}\n]{0,80}\}"), re.compile(r"\\tag\{([^{}\n]{0,80})\}")
BOX_OF_A_TASK = re.compile(r'<input class="task-list-item-checkbox"[^<>]*>')
# Characters that turn the direction of what follows them round.
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
PLAIN_ENTITY = re.compile(r"&(?:#0*(\d{2,3})|#[xX]0*([0-9a-fA-F]{2})|(bsol));?")
PICTURE = re.compile(r"data:image/(png|jpeg);base64,[a-z0-9+/=]*$")
# Some Markdown takes time with the square of its length, and highlighting with its own.
LONGEST, PAGE = 10_000, 60_000  # characters of a text, and of a page's, that are rendered
CODE = 50_000  # characters of code that are highlighted
LARGEST_CELL, MOST_CELLS = 20_000, 1000  # characters of one that is remembered; how many are
TEMPLATE = """{% extends 'index.html.j2' %}
{%- block any_cell scoped -%}{{ remembered(cell, super, resources) }}{%- endblock any_cell -%}"""
NAMES = ("student", "first_name", "last_name", "assignment_id", "notebook_path")
# What only IPython understands. No blank line is looked through: that would take its square.
MAGIC = re.compile(r"^[^\S\n]*[%!?]|\?[^\S\n]*$|=[^\S\n]*[%!]", re.MULTILINE)
ROOM = "autograder_room"  # of what may still be rendered, in nbconvert's resources
GRADED = "autograder_graded"  # of the notebook, where it need not be read, in the same
WAITING = "autograder_waiting"  # of the ids of questions, in nbconvert's resources
NO_PICTURE = re.compile(r'<img(?: alt="([^"<>]*)")?>')  # whose address was left out: its words stay
WITHOUT_ALT = re.compile(r"<img(?![^>]*\balt=)")


def _is_safe_attribute(tag, name, value):
    """May a student's element have this attribute? None that a page's script or style could take
    for its own, and no address but a whole one, to which somebody has to click.
    """
    plain = "".join(unescape(value).split())  # as a browser reads it
    if (tag, name) == ("a", "href"):
        return bool(ADDRESS.fullmatch(plain)) and plain.isprintable()
    if (tag, name) == ("img", "src"):  # a picture that was pasted in
        return bool(PICTURE.fullmatch(plain.lower()))
    if tag in ("td", "th") and name in ("colspan", "rowspan"):
        return value.isdigit() and len(value) <= 2
    if tag in ("div", "span") and name == "class":
        return value in CODE_CLASSES
    return (tag, name) == ("img", "alt")


def as_it_is(source):
    """A Jinja filter, in place of one that nbconvert's templates apply after `safe_markdown`: it
    takes `files/` off the beginning of addresses, and what is left may be another kind of address.
    """
    return source


@pass_context
def safe_markdown(context, source):
    """A Jinja filter: Markdown as HTML without anything active. A student's `<script>` would run in
    the browser of whoever grades.
    """
    pictures = _pictures(context.get("cell", {}).get("attachments") or {})
    room = context.get("resources", {}).setdefault(ROOM, [PAGE])
    room[0] -= len(source)
    for name, (token, _) in pictures.items():
        source = source.replace(f"attachment:{name}", token)
    html = _remembered(source) if room[0] >= 0 else f"<pre>{escape(source)}</pre>"
    for token, uri in pictures.values():
        html = html.replace(token, uri)
    return html


def _pictures(attachments):
    """{name as it may stand in a text: (a short data: URI to render in its stead, its own)}. The
    renderer and the cleaner would take minutes over the megabytes of a photo.
    """
    forms = {}
    for number, (name, data) in enumerate(attachments.items()):
        for mime, text in data.items():
            token = f"data:{mime};base64,attachedpicture{number:04}"
            uri = f"data:{mime};base64,{''.join(text.split())}"
            if PICTURE.fullmatch(uri.lower()):
                forms |= {form: (token, uri) for form in (name, quote(name))}
    return dict(sorted(forms.items(), key=lambda form: -len(form[0])))


@lru_cache(4096)
def _remembered(source):
    try:
        if len(source) > LONGEST:
            return f"<pre>{escape(source)}</pre>"
        html = _rendered(source)
    except Exception:  # an odd text must not cost anybody a page
        return f"<pre>{escape(source)}</pre>"
    html = BOX_OF_A_TASK.sub(lambda box: "\u2611 " if "checked" in box[0] else "\u2610 ", html)
    html = bleach.clean(html, TAGS, _is_safe_attribute, ["http", "https", "mailto", "data"])
    html = NO_PICTURE.sub(r"\1", html)
    return ACTIVE_TEX.sub(r"\\mathtt ", html)


def _rendered(source):
    source = TAG.sub(r"\\quad(\1)", LABEL.sub("", source))
    source = PLAIN_ENTITY.sub(_plain_character, source.translate(TURNING))
    return _renderer().markdown2html({}, source.replace("attachment:", "missing:"))


def _plain_character(entity):
    """A letter or backslash for the entity that stands for it, which could hide TeX commands."""
    decimal, hexadecimal, _ = entity.groups()
    number = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else ord("\\")
    return chr(number) if chr(number).isalnum() or number == ord("\\") else entity[0]


@cache
def _renderer():
    return HTMLExporter(exclude_anchor_links=True)


def without_zeros(html, waiting):
    """The body of nbgrader's page without the scores of the questions that nobody has graded yet,
    which it shows as 0.
    """
    for name in map(re.escape, waiting):
        link = rf'(<a href="#{name}">[^<]*</a>) \(Score: [\d.]+ / ([\d.]+)\)'
        html = re.sub(link, r"\1 (not graded yet, of \2)", html)
        heading = rf'(<a name="{name}"></a><div class="panel-heading">.{{1,400}}?)Score: [\d.]+ / '
        html = re.sub(heading, r"\1not graded yet, of ", html, count=1, flags=re.DOTALL)
    if waiting and html.count("(Score: ") == 1:  # the sum alone: nothing is graded
        html = re.sub(r"\(Score: [\d.]+ / ", "(not graded yet, of ", html, count=1)
    elif waiting:
        html = html.replace("(Score: ", "(Score so far: ", 1)
    return html


class EscapeNames(Preprocessor):
    """Escapes the names that nbgrader's templates put into a page as they are."""

    enabled = True

    def preprocess(self, nb, resources):
        resources |= {name: escape(str(resources[name])) for name in NAMES if resources.get(name)}
        return nb, resources


class Own(NotebookNode):
    """A notebook that is nobody else's, of which nbconvert need not make a copy."""

    def __deepcopy__(self, memo):
        return self


class FeedbackExporter(HTMLExporter):
    """Remembers how a cell looks, since most of a notebook is the same for the whole class.

    It also leaves out HTMLExporter's last step, which parses the finished page again only to give
    images an alternative text: that is one regular expression here.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.raw_template = TEMPLATE  # first: what was registered before is forgotten
        self.register_filter("markdown2html", safe_markdown)
        self.register_filter("strip_files_prefix", as_it_is)
        self._code_html = lru_cache(4096)(self._highlight)
        self.environment.globals["remembered"] = self._cell_html
        self._cells = {}  # {all that a cell holds: (its HTML, how much of a page's room it took)}

    def from_file(self, file_stream, resources=None, **kwargs):
        if resources and (nb := resources.pop(GRADED, None)):
            return self.from_notebook_node(nb, resources=resources, **kwargs)
        return super().from_file(file_stream, resources=resources, **kwargs)

    def _preprocess(self, nb, resources):
        for step in self._preprocessors:  # without a copy, and a validation after each
            nb, resources = step(nb, resources)
        return nb, resources

    def from_notebook_node(self, nb, resources=None, **kwargs):
        nb, resources = Own(nb), self._init_resources(resources)
        widgets = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources
        )
        self.register_filter("filter_data_type", widgets)
        self.register_filter("highlight_code", self._highlight_remembered)
        html, resources = TemplateExporter.from_notebook_node(self, nb, resources, **kwargs)
        # Most of a page is style, which is not looked through.
        head, end, body = html.partition("</head>")
        body = WITHOUT_ALT.sub('<img alt="Output of the cell above"', body)
        body = without_zeros(body, resources.get(WAITING, ()))
        return f"{head}<style>{STYLE}</style>{end}{body}", resources

    def _cell_html(self, cell, render, resources):
        """The HTML of a cell, as it was made of the same cell before."""
        place, room = json.dumps(cell), resources.setdefault(ROOM, [PAGE])
        if place not in self._cells or self._cells[place][1] > room[0]:
            before, html = room[0], render()
            if room[0] < 0 or len(place) > LARGEST_CELL:
                return html
            if len(self._cells) >= MOST_CELLS:
                self._cells.clear()
            self._cells[place] = html, before - room[0]
            return html
        html, used = self._cells[place]
        room[0] -= used
        return html

    def _highlight_remembered(self, source, language=None, metadata=None):
        return self._code_html(source, (metadata or {}).get("magics_language", language))

    def _highlight(self, source, language):
        if len(source) > CODE:
            return f'<div class="highlight"><pre>{escape(source)}</pre></div>'
        if language is None:  # IPython's lexer takes longer, and sees more only where there is this
            language = "ipython3" if MAGIC.search(source) else "python3"
        html = Highlight2HTML(parent=self)(source, language)
        return html.replace("hl-python3", "hl-ipython3", 1)


class BoxedExporter(HTMLExporter):
    """formgrader's exporter, whose pages keep each cell in a box."""

    def from_notebook_node(self, nb, resources=None, **kwargs):
        html, resources = super().from_notebook_node(nb, resources, **kwargs)
        return html.replace("</head>", f"<style>{BOX}</style></head>", 1), resources

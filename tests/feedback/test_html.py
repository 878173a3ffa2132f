import base64
import pickle
from html.parser import HTMLParser

import pytest
from bs4 import BeautifulSoup

from autograder.answers.verdict import NOT_ASKED, Case, Diagnosis, Result, Verdict
from autograder.assignments import load
from autograder.course.notes import DAMAGE, STAFF, Note
from autograder.diagnosis.detail import Detail
from autograder.feedback.html import question_html, summary_html
from autograder.feedback.text import first_reason, points
from tests.helpers import written

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


class Balance(HTMLParser):
    """Collects tags and fails on one that is not closed in order."""

    def __init__(self, html):
        super().__init__()
        self.open, self.seen = [], set()
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_is_text_of_a_student_escaped():
    told = Diagnosis(EVIL, EVIL, EVIL, (EVIL,))
    look = Detail(EVIL, ((EVIL, EVIL, EVIL),))
    failed = Case(EVIL, False, EVIL, diagnosis=told, detail=look)
    result = Result("q", 4, [failed, Case(EVIL, False, EVIL), Case(EVIL, True, EVIL)])
    for html in (
        question_html(result),
        summary_html(Verdict("a", "crashed", [result], [Note("", EVIL)])),
    ):
        assert not {"script", "img"} & Balance(html).seen and "&lt;script&gt;" in html


def test_notes_for_staff_are_not_on_the_page_and_there_is_no_mark():
    right = Result("q", 4, [Case("a", True)])
    html = summary_html(Verdict("a", "graded", [right], [Note(STAFF, "look"), Note("", "cell 3")]))
    assert "look at it first" in html and "cell 3" in html and "STAFF" not in html
    assert "There is no mark yet" in html and "Automatic points" not in html


def test_question_that_could_not_be_asked_has_no_points_and_no_cases():
    asked = Result(
        "q", 4, [Case(NOT_ASKED, False, "Your notebook could not be read: it is empty.")]
    )
    html = question_html(asked)
    assert "q: not graded." in html and "of 4" not in html and "could not" not in html
    summary = summary_html(
        Verdict("a", "damaged", [asked], [Note(DAMAGE, "It could not be read.")])
    )
    assert "It could not be read." in summary and "<table" not in summary


def test_long_reason_is_cut_between_words():
    long = Result("q", 4, [Case("a", False, "word " * 60)])
    assert first_reason(long).endswith("word …") and len(first_reason(long)) <= 120


def test_are_cases_that_failed_alike_told_together():
    cases = [Case(f"case {i}", False, "not implemented yet") for i in range(20)]
    html = question_html(Result("q", 4, cases))
    assert html.count("not implemented yet") == 1 and "case 19" in html and "0 of 20 cases" in html


DIAGNOSIS = Diagnosis("The scale is forgotten.", "What has gamma to do with it?", "slide 7", ("a",))


def test_are_a_mistake_and_its_hint_told_once_before_what_was_seen():
    cases = [Case(f"case {i}", False, f"y: differs by {i}", diagnosis=DIAGNOSIS) for i in range(9)]
    html = question_html(Result("q", 4, cases))
    Balance(html)
    for text in (DIAGNOSIS.headline, DIAGNOSIS.hint, "Reread: slide 7."):
        assert html.count(text) == 1 and html.index(text) < html.index("<details>")
    assert "In 9 cases: case 0; case 1; case 2; and 6 more." in html
    assert "y: differs by 0" in html and "case 8" in html


def test_is_a_closer_look_shown_in_a_table(ask, model_cells):
    result = ask([*model_cells, "def standardize(x):\n    return x - x.mean(0)"])[0]["standardize"]
    html = question_html(result)
    Balance(html)
    page = BeautifulSoup(html, "html.parser")
    head = [cell.text for cell in page.select("details th")]
    assert head[1:3] == ["expected", "received"]
    detail = next(case.detail for case in result.cases if case.detail)
    assert len(detail.rows) == 5 and detail.more == 31 and detail.rows[0][0] == "[0, 0]"
    assert all("padding" in cell["style"] for cell in page.select("td, th"))


@pytest.mark.parametrize(
    "assignment, slip, question, tag",
    [
        ("simple_rnn", "forward_state_not_carried", "rnn_forward", "polyline"),
        ("xavier", "uniform_positive", "glorot_uniform", "rect"),
        ("xavier", "signal_no_tanh", "signal_stds", "polyline"),
        ("convnet_visualization", "grid_one_scale", "filter_grid", "img"),
        ("convnet_visualization", "patches_scaled", "top_patches", "img"),
        ("convnet_visualization", "affinities_product", "tsne_affinities", "img"),
    ],
)
def test_is_there_a_picture_of_what_has_structure(ask, assignment, slip, question, tag):
    cells = ["import numpy as np", *written(assignment, {slip}).values()]
    html = question_html(ask(cells, assignment)[0][question])
    assert {tag} <= Balance(html).seen and "<script" not in html
    for image in BeautifulSoup(html, "html.parser").select("img"):
        raw = base64.b64decode(image["src"].removeprefix("data:image/png;base64,"))
        assert raw.startswith(b"\x89PNG") and image["alt"]


def test_is_a_verdict_small_enough_to_travel(ask):
    """Evidence is dropped once it has been looked at: only sentences and small pictures are left."""
    every = {m.id for m in load("convnet_visualization").catalogue}
    cells = ["import numpy as np", *written("convnet_visualization", every).values()]
    results, _ = ask(cells, "convnet_visualization")
    assert len(pickle.dumps(list(results.values()))) < 200_000


def test_are_many_reasons_folded_but_none_left_out():
    html = question_html(
        Result("q", 4, [Case(f"case {i}", False, f"reason {i}") for i in range(9)])
    )
    assert "4 more that failed" in html and all(f"reason {i}<" in html for i in range(9))
    Balance(html)


@pytest.mark.parametrize("number, text", [(3.0, "3"), (2.67, "2.67"), (0, "0"), (10.0, "10")])
def test_are_points_written_as_people_do(number, text):
    assert points(number) == text


def test_is_credit_after_an_earlier_mistake_said_without_unfolding():
    credit = "the states follow from your own rnn_step: nothing more is lost"
    cases = [Case(f"case {i}", True, credit) for i in range(7)] + [Case("another", True, "")]
    html = question_html(Result("rnn_forward", 5, cases))
    Balance(html)
    assert html.count(credit) == 1 and "(7 cases)" in html
    assert html.index(credit) < html.index("<details>")

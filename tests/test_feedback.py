from html.parser import HTMLParser

import pytest

from autograder.feedback import points, question_html, summary_html
from autograder.verdict import Case, Result, Verdict

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
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_is_text_of_a_student_escaped():
    result = Result("q", 4, [Case(EVIL, False, EVIL), Case(EVIL, True, EVIL)])
    for html in (question_html(result), summary_html(Verdict("a", "crashed", [result], [EVIL]))):
        assert not {"script", "img"} & Balance(html).seen and "&lt;script&gt;" in html


def test_are_cases_that_failed_alike_told_together():
    cases = [Case(f"case {i}", False, "not implemented yet") for i in range(20)]
    html = question_html(Result("q", 4, cases))
    assert html.count("not implemented yet") == 1 and "case 19" in html and "0 of 20 cases" in html


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

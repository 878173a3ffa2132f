"""What a student writes changes nothing of what a grader's click does, and covers nothing on the page
on which staff grade: formgrader in Chromium.
"""

import json
import shutil
from urllib.request import urlopen

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import sync_playwright

from tests.helpers import BATCHNORM, fill, grade, hand_in, written
from tests.helpers.browser import CHROMIUM, formgrader, wait_for_grades
from tests.helpers.classes import PROJECT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed (apt-get install chromium)"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
QUESTION = "why_batchnorm"
WORD = "unfold"
ANSWERS = {
    "ada": f"<span class='full-credit'>{WORD}</span> <a class='full-credit' href='#'>{WORD}</a>",
    "ben": f"<span class='comment'>mine</span> {WORD}",
    "cat": f"# {QUESTION}\n\n<span id='{QUESTION}'>{WORD}</span>",
    "dan": f"[{WORD}](files/javascript:document.title='MARKER')",
    "eve": (
        f"<div class='modal-backdrop' style='position: fixed'>{WORD}</div>"
        f"<table width=5000 height=5000><tr><td>x</td></tr></table>" + "wide" * 2000
    ),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory, sandbox):
    root = tmp_path_factory.mktemp("steering")
    for student, answer in ANSWERS.items():
        notebook = fill(BATCHNORM, written(BATCHNORM), answer=answer)
        above = {"cell_type": "markdown", "metadata": {}, "source": answer}
        notebook["cells"].insert(2, above)
        hand_in(root / "grading", student, notebook)
    shutil.copytree(PROJECT / "solutions", root / "solutions")
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    grade(BATCHNORM, root / "grading", sandbox=sandbox)
    return root


@pytest.fixture(scope="module")
def pages(course):
    """pages(student) -> formgrader's page of a submission."""
    with formgrader(course) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        listed = f"{address}/api/submitted_notebooks/{BATCHNORM}/{BATCHNORM}"
        with urlopen(listed) as reply:
            numbers = {item["student"]: item["id"] for item in json.load(reply)}

        def opened(student):
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.set_default_timeout(30_000)
            page.goto(f"{address}/submissions/{numbers[student]}/")
            wait_for_grades(page)
            return page

        yield opened
        browser.close()


def given(course, student):
    """(points, comment) of the written answer in the gradebook."""
    places = (QUESTION, BATCHNORM, BATCHNORM, student)
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as gradebook:
        comment = gradebook.find_comment(*places).manual_comment
        return gradebook.find_grade(*places).manual_score, comment


@pytest.mark.parametrize("student", ANSWERS)
def test_a_click_on_what_a_student_wrote_gives_nothing(pages, course, student):
    page = pages(student)
    title = page.title()
    for word in page.get_by_text(WORD).all():
        word.click(force=True)
    page.wait_for_timeout(500)
    assert page.title() == title and given(course, student) == (None, None)
    page.close()


@pytest.mark.parametrize("student", ANSWERS)
def test_points_and_comments_that_a_grader_types_are_kept(pages, course, student):
    page = pages(student)
    points, comment = page.locator(f"input#{QUESTION}"), page.locator(f"#{QUESTION}-comment")
    points.fill("3")
    points.press("Tab")
    comment.fill("well done")
    comment.press("Tab")
    for _ in range(100):
        if given(course, student) == (3.0, "well done"):
            break
        page.wait_for_timeout(100)
    assert given(course, student) == (3.0, "well done")
    page.close()


@pytest.mark.parametrize("student", ANSWERS)
def test_what_a_student_wrote_stays_in_its_box(pages, student):
    page = pages(student)
    for box in page.locator(".rendered_html").all():
        around = box.evaluate(
            "e => { const r = e.getBoundingClientRect(); return [r.width, r.height] }"
        )
        assert around[0] <= 1280 and around[1] < 3000
    middle = "e => getComputedStyle(e).contain"
    assert all("content" in box.evaluate(middle) for box in page.locator(".rendered_html").all())
    page.close()

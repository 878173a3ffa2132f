"""A grader's afternoon in JupyterLab: release, autograde with the button, grade an answer by hand,
see the total. In a real browser; with AUTOGRADER_SCREENSHOTS=FOLDER it leaves pictures.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import expect, sync_playwright

from tests.helpers import BATCHNORM, fill, hand_in, written
from tests.helpers.browser import CHROMIUM, free_port, wait_for, wait_for_grades
from tests.helpers.classes import PROJECT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed (apt-get install chromium)"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
SECONDS = 30_000  # milliseconds to wait for anything: machines are slow


@pytest.fixture
def lab(tmp_path, sandbox):
    """(address of JupyterLab, the course's folder): two students have handed in."""
    for name in (f"solutions/{BATCHNORM}", "nbgrader_config.py"):
        source, place = PROJECT / name, tmp_path / name
        place.parent.mkdir(exist_ok=True)
        shutil.copytree(source, place) if source.is_dir() else shutil.copy(source, place)
    slip = written(BATCHNORM, {"backward_no_gamma"})
    hand_in(tmp_path / "grading", "ada", fill(BATCHNORM, written(BATCHNORM)))
    hand_in(tmp_path / "grading", "ben", fill(BATCHNORM, slip))
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path}"]
    home = tmp_path / "home"
    environment = os.environ | {"AUTOGRADER_SANDBOX": sandbox, "HOME": str(home)}
    environment |= {"JUPYTER_CONFIG_DIR": str(home), "JUPYTER_RUNTIME_DIR": str(home)}
    with open(tmp_path / "lab.log", "w") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api", server)
        yield address, tmp_path
    finally:
        server.terminate()
        server.wait(30)


def picture(page, name):
    if folder := os.environ.get("AUTOGRADER_SCREENSHOTS"):
        Path(folder).mkdir(exist_ok=True)
        page.screenshot(path=Path(folder, f"{name}.png"))


def confirmed(frame, words):
    """Wait for formgrader's answer to a button, and close it."""
    modal = frame.locator("#success-modal, #error-modal")
    expect(modal).to_contain_text(words)
    for _ in range(10):  # a click while it fades in is not heard
        modal.locator(".modal-footer button").click()
        try:
            return expect(modal).to_have_count(0, timeout=3000)
        except AssertionError:
            continue
    raise AssertionError(f"the message {words!r} could not be closed")


def test_can_a_class_be_graded_by_clicking(lab):
    address, root = lab
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 950})
        page.set_default_timeout(SECONDS)
        expect.set_options(timeout=SECONDS)

        # JupyterLab, and in its menu formgrader.
        page.goto(f"{address}/lab")
        page.locator("div.lm-MenuBar-itemLabel", has_text="Nbgrader").click()
        page.locator('li[data-command="nbgrader:open-formgrader"]').click()
        frame = page.frame_locator("#formgrader-iframe iframe")
        row = frame.locator("tr", has=frame.locator("td.name", has_text=BATCHNORM))
        expect(row).to_be_visible()
        picture(page, "1-assignments")

        # Generate the students' version: the same bytes as in assignments/.
        row.locator("td.assign a").click()
        confirmed(frame, "Successfully created")
        expect(row.locator("td.num-submissions")).to_contain_text("2")
        own = Path("assignments", BATCHNORM, f"{BATCHNORM}.ipynb")
        assert json.loads((root / own).read_text()) == json.loads((PROJECT / own).read_text())

        # Autograde one of the two.
        row.locator("td.num-submissions a").click()
        ada = frame.locator("tr", has=frame.locator("td.student-id", has_text=re.compile("^ada$")))
        ada.locator("td.autograde a").click()
        confirmed(frame, "Successfully autograded")
        expect(ada.locator("td.status")).to_contain_text("needs manual grading")
        expect(ada.locator("td.score")).to_contain_text("30 / 40")
        ben = frame.locator("tr", has=frame.locator("td.student-id", has_text=re.compile("^ben$")))
        expect(ben.locator("td.status")).to_contain_text("needs autograding")
        picture(page, "2-autograded")

        # Grade the written answer by hand.
        page.goto(f"{address}/formgrader/gradebook/{BATCHNORM}/{BATCHNORM}")
        page.locator("a", has_text="Submission #1").click()
        expect(page.locator("body")).to_contain_text("What the grader saw")
        wait_for_grades(page)
        field = page.locator('input.score[id="why_batchnorm"]')
        field.scroll_into_view_if_needed()
        field.fill("7.5")
        with page.expect_response(lambda reply: "/api/grade/" in reply.url) as saved:
            field.press("Tab")
        assert saved.value.ok
        comment = page.locator('textarea.comment[id="why_batchnorm-comment"]')
        comment.fill("Say which mean: the batch's.")
        with page.expect_response(lambda reply: "/api/comment/" in reply.url):
            comment.press("Tab")
        picture(page, "3-by-hand")

        # The total, in the list, in the gradebook.
        page.goto(f"{address}/formgrader/manage_submissions/{BATCHNORM}")
        ada = page.locator("tr", has=page.locator("td.student-id", has_text=re.compile("^ada$")))
        expect(ada.locator("td.score")).to_contain_text("37.5 / 40")
        expect(ada.locator("td.status")).to_contain_text("graded")

        # Its feedback, with the button, too.
        ada.locator("td.generate-feedback a").click()
        confirmed(page, "Successfully generated feedback")
        picture(page, "4-total")
        browser.close()
    with Gradebook(f"sqlite:///{root}/grading/gradebook.db") as gradebook:
        assert gradebook.find_submission(BATCHNORM, "ada").score == 37.5
    feedback = root / "grading" / "feedback" / "ada" / BATCHNORM / f"{BATCHNORM}.html"
    assert "Say which mean" in feedback.read_text() and "37.5" in feedback.read_text()

"""Does the report say what the class did, to everybody who may read it?"""

import base64
import json
import re
import shutil
import xml.dom.minidom
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from autograder import report
from autograder.assignments import load
from autograder.cli import main
from autograder.course import Course, Entry
from autograder.errors import AutograderError
from autograder.gradebook import standings
from autograder.report import similarity
from autograder.report.statistics import Comparison, Statistics
from tests.helpers import BATCHNORM, course_with_class, fill, grade, hand_in, written


def entry(score=30.0, status="graded", misconception=None, seconds=0.5, notes=(), recorded=True):
    """An entry of a class file with two questions."""
    passed = misconception is None and score > 0
    cases = [{"name": "a case", "passed": passed, "message": "", "misconception": misconception}]
    cases += [{"name": "another", "passed": score > 0, "message": "", "misconception": None}]
    questions = {
        "min_max": {"score": 2.0 if passed else 1.0, "max_score": 2.0, "cases": cases},
        "standardize": {"score": score - 2, "max_score": 28.0, "cases": cases[1:]},
    }
    if status == "damaged":
        lost = [{"name": "all", "passed": False, "message": "x", "misconception": None}]
        questions = {q: v | {"score": 0.0, "cases": lost} for q, v in questions.items()}
    return {
        "student": "somebody", "assignment": BATCHNORM,
        "status": status, "score": score, "max_score": 30.0, "seconds": seconds,
        "questions": questions, "notes": list(notes), "recorded": recorded,
    }  # fmt: skip


CLASS = {
    "ada": entry(),
    "ben": entry(29.0, misconception="minmax_whole_matrix"),
    "cy": entry(29.0, misconception="minmax_whole_matrix", seconds=4.0),
    "dan": entry(0.0, "damaged", notes=["Your notebook could not be read: x"]),
    "eve": entry(0.0, notes=["STAFF: the grader failed"]),
    "fay": entry(20.0, "timeout", notes=["stopped"], recorded=False),
}


def statistics(entries):
    """Of entries as a class file has them."""
    read = {student: Entry.from_json(data) for student, data in entries.items()}
    return Statistics(load(BATCHNORM), read)


def write(grading, entries, assignment=BATCHNORM):
    path = Path(grading, "reports", f"{assignment}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"assignment": assignment, "submissions": entries}))
    return path


def test_do_damaged_work_and_our_own_faults_count_for_nobody():
    found = statistics(CLASS)
    assert sorted(found.judged) == ["ada", "ben", "cy", "fay"] and found.full == 1
    assert found.mean == 27 and found.median == 29
    assert [student for student, _ in found.trouble()] == ["eve", "dan", "fay"]
    assert found.classes() == [
        (0, 5, 0),
        (5, 10, 0),
        (10, 15, 0),
        (15, 20, 0),
        (20, 25, 1),
        (25, 30, 3),
    ]


def test_are_mistakes_counted_by_student_and_told_how_to_treat():
    (mistake,) = statistics(CLASS).mistakes
    known = next(m for m in load(BATCHNORM).catalogue if m.id == mistake.id)
    assert mistake.students == ("ben", "cy") and mistake.share == 0.5
    assert (mistake.title, mistake.hint, mistake.reread) == (known.title, known.hint, known.reread)


def test_are_shares_those_of_the_class():
    question = statistics(CLASS).questions[0]
    assert (question.full, question.some, question.none) == (0.5, 0.5, 0.0)
    assert question.cases == [("a case", 0.5), ("another", 1.0)]


def test_does_a_comparison_say_who_and_what_changed():
    before = CLASS | {"ada": entry(25.0), "ben": entry()}
    both = Comparison(statistics(before), statistics(CLASS))
    assert both.changed == [("ada", 25.0, 30.0), ("ben", 30.0, 29.0)] and both.new == []
    assert both.mistakes[0][1:] == (0.25, 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("entries", [{"dan": CLASS["dan"]}, {"ada": CLASS["ada"]}, CLASS])
def test_is_a_page_written_of_any_class(tmp_path, entries):
    write(tmp_path, entries)
    page = report.class_report(load(BATCHNORM), Course(tmp_path)).read_text()
    assert "<h1>batchnorm</h1>" in page and "Alike" in page
    assert "batchnorm" in report.course_report(Course(tmp_path)).read_text()


def test_is_it_said_that_nobody_was_graded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in (["report", BATCHNORM], ["report"]):
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 2 and "expected results" in done.output


def test_is_a_wrong_previous_file_a_plain_error(tmp_path):
    write(tmp_path, CLASS)
    (tmp_path / "x.json").write_text('{"submissions": [1]}')
    with pytest.raises(AutograderError, match="expected a class file"):
        report.class_report(load(BATCHNORM), Course(tmp_path), tmp_path / "x.json")


@pytest.mark.slow
def test_is_nothing_of_a_students_active_in_the_page(tmp_path):
    evil = "<script>x</script><img src=x onerror=x>"
    entries = {evil: entry(notes=[evil], status="crashed")} | CLASS
    entries["ada"]["questions"] = {evil: entries["ada"]["questions"]["min_max"]}
    write(tmp_path, entries)
    pages = [
        report.class_report(load(BATCHNORM), Course(tmp_path)),
        report.course_report(Course(tmp_path)),
    ]
    for page in pages:
        soup = BeautifulSoup(page.read_text(), "html.parser")
        assert not soup.find_all("script")
        assert all(image["src"].startswith("data:image/svg") for image in soup.find_all("img"))


@pytest.fixture(scope="module")
def graded(tmp_path_factory, sandbox):
    """A class graded twice, the second time with better work, and its reports."""
    root = course_with_class(tmp_path_factory.mktemp("report"))
    grading = root / "grading"
    grade(BATCHNORM, grading, sandbox=sandbox)
    hand_in(grading, "ben", fill(BATCHNORM, written(BATCHNORM)))
    grade(BATCHNORM, grading, sandbox=sandbox)
    report.class_report(load(BATCHNORM), Course(grading))
    report.course_report(Course(grading))
    return grading


@pytest.mark.slow
def test_do_all_links_lead_somewhere(graded):
    for page in (graded / "reports").glob("*.html"):
        soup = BeautifulSoup(page.read_text(), "html.parser")
        links = [link["href"] for link in soup.find_all("a")]
        assert any("feedback" in link for link in links)
        for link in links:
            place, _, anchor = link.partition("#")
            assert not place or (page.parent / unquote(place)).resolve().is_file(), link
            assert not anchor or soup.find(id=anchor), link


@pytest.mark.slow
def test_can_the_report_be_read_without_seeing_its_pictures(graded):
    for page in (graded / "reports").glob("*.html"):
        soup = BeautifulSoup(page.read_text(), "html.parser")
        assert soup.html["lang"] == "en" and len(soup.find_all("h1")) == 1
        for figure in soup.find_all("figure"):
            assert "table below" in figure.img["alt"] or "below" in figure.img["alt"]
            assert figure.find_next("table")
            picture = base64.b64decode(figure.img["src"].partition(",")[2])
            xml.dom.minidom.parseString(picture)
        for table in soup.find_all("table"):
            assert table.find("th", scope="col")


@pytest.mark.slow
def test_does_the_report_compare_with_the_run_before(graded):
    text = BeautifulSoup((graded / "reports" / f"{BATCHNORM}.html").read_text(), "html.parser").text
    assert "Compared with before" in text and "1 students have other points" in text


@pytest.mark.slow
def test_is_the_run_before_kept_when_nothing_changed(graded, sandbox):
    kept = graded / "reports" / f"{BATCHNORM}.previous.json"
    before = kept.read_bytes()
    grade(BATCHNORM, graded, sandbox=sandbox)
    assert kept.read_bytes() == before


@pytest.mark.slow
def test_are_only_those_alike_who_wrote_the_same(tmp_path):
    model = written(BATCHNORM)
    renamed = {
        name: re.sub(
            r"\bx\b", "batch", source.replace("axis", "direction").replace("direction=", "axis=")
        )
        for name, source in model.items()
    }
    hand_in(tmp_path, "ada", fill(BATCHNORM, model))
    hand_in(tmp_path, "copy", fill(BATCHNORM, renamed))
    hand_in(tmp_path, "empty", fill(BATCHNORM, {}))
    hand_in(tmp_path, "untouched", fill(BATCHNORM, {}))
    hand_in(tmp_path, "damaged", '{"cells": [')
    for path in load(BATCHNORM).solutions[:4]:
        hand_in(tmp_path, path.stem, fill(BATCHNORM, path))
    students = sorted(p.name for p in (tmp_path / "submitted").iterdir())
    found = similarity.pairs(load(BATCHNORM), Course(tmp_path), students)
    assert [pair.students for pair in found] == [("ada", "copy")]
    assert min(found[0].shares) > 0.8 and found[0].characters > 500


@pytest.mark.slow
def test_does_the_command_write_every_page(graded, monkeypatch):
    monkeypatch.chdir(graded.parent)
    shutil.rmtree(graded / "reports" / "x", ignore_errors=True)
    done = CliRunner().invoke(main, ["report"])
    assert done.exit_code == 0, done.output
    assert done.output.split() == [
        str(graded / "reports" / name) for name in (f"{BATCHNORM}.html", "course.html")
    ]
    assert standings.entries(load(BATCHNORM), Course(graded))

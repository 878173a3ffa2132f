"""The program runs installed: a wheel in another environment, without the project's folder."""

import os
import shutil
import subprocess
import sys
import sysconfig

import pytest

from tests.helpers import BATCHNORM, fill, hand_in, written
from tests.helpers.classes import PROJECT

pytestmark = pytest.mark.slow
PACKED = ("autograder", "assignments", "solutions", "README.md", "pyproject.toml", "setup.py")


@pytest.fixture(scope="module")
def installed(tmp_path_factory, sandbox):
    """run(*words) -> CompletedProcess of an installed `autograder`, in an empty folder."""
    root = tmp_path_factory.mktemp("installed")
    for name in PACKED:
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        (root / "source").mkdir(exist_ok=True)
        copy(PROJECT / name, root / "source" / name)
    pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"]
    quietly = {"check": True, "capture_output": True}
    wheel = [sys.executable, *pip, "wheel", "--no-deps", "--wheel-dir", root, root / "source"]
    subprocess.run(wheel, **quietly)
    shutil.rmtree(root / "source")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / "venv"], **quietly)
    python = root / "venv" / "bin" / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-c", where], check=True, capture_output=True, text=True).stdout
    # The packages it depends on are those of this environment; what is editable here stays out.
    with open(os.path.join(site.strip(), "dependencies.pth"), "w") as file:
        file.write(sysconfig.get_path("purelib"))
    [built] = root.glob("*.whl")
    into = ["--python", python, "install", "--no-deps", "--no-index", built]
    subprocess.run([sys.executable, *pip, *into], **quietly)
    programs = [str(python.parent), sysconfig.get_path("scripts"), os.environ["PATH"]]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {
        "PATH": os.pathsep.join(programs),
        "AUTOGRADER_SANDBOX": sandbox,
        "AUTOGRADER_KEY": str(PROJECT / ".cache" / "key"),
        "JUPYTER_PATH": os.path.join(sysconfig.get_path("data"), "share", "jupyter"),
    }
    course = root / "course"
    course.mkdir()

    def run(*words):
        command = [python, "-m", "autograder", *map(str, words)]
        return subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)

    run.folder = course
    return run


def test_notebook_is_checked(installed):
    hand_in(installed.folder / "grading", "ada", fill(BATCHNORM, written(BATCHNORM)))
    notebook = installed.folder / "grading/submitted/ada/batchnorm/batchnorm.ipynb"
    done = installed("check", notebook)
    assert done.returncode == 0 and "30 / 30" in done.stdout, done.stdout + done.stderr


def test_class_is_graded_into_a_gradebook(installed):
    hand_in(installed.folder / "grading", "ben", fill(BATCHNORM, {}))
    done = installed("grade", BATCHNORM)
    assert done.returncode == 0 and "30 / 30" in done.stdout, done.stdout + done.stderr
    assert (installed.folder / "grading" / "gradebook.db").exists()
    page = installed.folder / "grading/feedback/ben/batchnorm/batchnorm.html"
    assert "not implemented yet" in page.read_text()


def test_exam_has_its_solutions(installed):
    done = installed("audit", "convnet_visualization", "--pairs", "2")
    assert done.returncode == 0 and "10/10" in done.stdout, done.stdout + done.stderr


def test_demonstration_runs(installed):
    done = installed("demo", "convnet_visualization")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (installed.folder / "grading/demo/reports/convnet_visualization.html").exists()


def test_publishing_says_that_it_needs_the_projects_folder(installed):
    done = installed("publish")
    assert done.returncode == 1 and done.stderr.startswith("Error: publish needs the project's")
    assert len(done.stderr.splitlines()) == 1
    assert "use a checkout" in " ".join(installed("--help").stdout.split())

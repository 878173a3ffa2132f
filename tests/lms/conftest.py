import zipfile

import pytest

from autograder.course import Course


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "grading")


@pytest.fixture
def archive(tmp_path):
    """archive({name: content}) -> its path."""

    def archive(files):
        path = tmp_path / f"{len(list(tmp_path.glob('*.zip')))}.zip"
        with zipfile.ZipFile(path, "w") as file:
            for name, content in files.items():
                file.writestr(name, content)
        return path

    return archive

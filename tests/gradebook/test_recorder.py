"""What a gradebook is told when it is new, and what is not loaded for it."""

import os
import subprocess
import sys

import pytest
from nbgrader import api

from autograder.gradebook import lean

asked = api.get_alembic_version  # as nbgrader has it, before ours takes its place


@pytest.mark.slow
def test_new_gradebook_has_the_schema_that_alembic_says(monkeypatch):
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable), prepend=os.pathsep)
    assert lean.schema_version() == asked()


def test_command_loads_nothing_of_nbgraders_servers():
    program = (
        "import sys, autograder.cli, autograder.gradebook.standings as loaded\n"
        "names = [n for n in sys.modules if n.startswith('nbgrader.server') or n == 'lark']\n"
        "print(*[n for n in names if hasattr(sys.modules[n], '__file__')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not done.stdout.strip()

"""The tests."""

import os
from pathlib import Path

# Every course of the tests draws from one secret: what is stored of verdicts stays the same.
os.environ["AUTOGRADER_SECRET"] = str(Path(__file__).parent / "helpers" / "secret.txt")

"""What the tests of the questions share."""

IMPORTS = "import numpy as np"


def lost(results):
    """The questions on which something was lost."""
    return {name for name, result in results.items() if result.score < result.max_score}


def credited(result, words="nothing more is lost"):
    """The cases that passed by follow-through."""
    return [case for case in result.cases if case.passed and words in case.message]

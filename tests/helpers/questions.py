"""Questions by themselves, and what is read off their results."""

from autograder.assignments.draws import Draws


def lost(results):
    """The questions on which something was lost."""
    return {name for name, result in results.items() if result.score < result.max_score}


def credited(result, words="nothing more is lost"):
    """The cases that passed by follow-through."""
    return [case for case in result.cases if case.passed and words in case.message]


def texts(notes):
    """Notes as they are shown."""
    return [str(note) for note in notes]


def hidden_inputs(topic):
    """The random generator that inputs of this topic are drawn from."""
    return Draws.of_course()(topic)

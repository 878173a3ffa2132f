"""The gradebook remembers what each assignment's hidden inputs were drawn from: term word, secret.

It is a table of ours beside nbgrader's, so that whoever grades into the same gradebook, from
whatever folder or shell, is told before marks are drawn from others.
"""

from contextlib import contextmanager

from sqlalchemy import Column, MetaData, String, Table, create_engine, delete, insert, select

from ..course import secret

TERMS = Table(
    "autograder_terms",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("word", String(256), nullable=False),
)


def require(url: str, assignment: str) -> None:
    """See to it that this process draws from what the gradebook remembers for the assignment, or,
    where it has nothing, for the others.

    Raises:
        OtherTerm: it does not.
    """
    with _connected(url) as connection:
        words = dict(connection.execute(select(TERMS.c.assignment, TERMS.c.word)).all())
    for name in [assignment] if assignment in words else words:
        secret.require_drawn_from(words[name], f"the marks of {name} in the gradebook")


def remember(url: str, assignment: str) -> None:
    """Write down what the assignment's inputs are drawn from, unless it stands there."""
    with _connected(url) as connection:
        known = select(TERMS.c.word).where(TERMS.c.assignment == assignment)
        if connection.execute(known).scalar() == secret.drawn_from():
            return
        connection.execute(delete(TERMS).where(TERMS.c.assignment == assignment))
        connection.execute(insert(TERMS).values(assignment=assignment, word=secret.drawn_from()))


@contextmanager
def _connected(url):
    """A transaction on the gradebook, in which the table is there."""
    engine = create_engine(url)
    try:
        TERMS.create(engine, checkfirst=True)
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()

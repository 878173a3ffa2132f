"""What an assignment adds to the diagnosis: remarks that need its own formulas, pictures, and all
about kinds of evidence that are its own.
"""


class Remarks:
    """An assignment without anything to add. Others override what they can say more about."""

    def first(self, subject, got, want):
        """Remarks on finite values of the right shape, ahead of the general ones.

        Args:
            subject: the `subject.Subject`.
            got, want: float64 arrays of one shape.
        """
        return ()

    def last(self, subject, got, want):
        """Remarks on the same, after the general ones."""
        return ()

    def places(self, subject, wrong):
        """Remarks on where an answer is wrong, ahead of the general ones.

        Args:
            wrong: bool array of the answer's shape, not all True.
        """
        return ()

    def picture(self, subject, got, want):
        """HTML of a picture of both arrays, or "" where lines over steps or layers will do."""
        return ""

    def explain(self, cases):
        """{id of a case: Diagnosis} of wrong cases whose evidence is of the assignment's own kind.

        Args:
            cases: all cases of a question that no known mistake explains.
        """
        return {}

    def look(self, case):
        """The Detail of a failed case whose evidence is of the assignment's own kind, or None."""
        return None

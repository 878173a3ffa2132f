"""Follow-through on initializers: right but for the student's own compute_fans.

Either they are right with our own compute_fans in place of theirs, or theirs is one of the known
mistakes on every shape of its own question, and they draw what those fans ask for.
"""

import numpy as np

from ...diagnosis.imitation import imitation_of
from . import mistakes, reference
from .samples import draw

MATRIX, TALLER, WIDER = (7, 11), (8, 11), (7, 12)


class OwnFans:
    """What a student's compute_fans has to do with one of their initializers.

    Args (of the constructor):
        name: of the initializer.
    """

    def __init__(self, student, name):
        self.student, self.name = student, name
        self.followed = "compute_fans" in student.lost and self._react()

    def explain(self, shape, calls, seeds, wanted, from_fans):
        """Are their kernels of a shape wrong only because their fans are? Arguments as of `draw`,
        and `wanted` the distribution, `from_fans`: fans -> the distribution that they ask for.
        """
        if not self.followed:
            return False
        other = self.student.with_right(mistakes.compute_fans)
        if draw(getattr(other, self.name), shape, calls, seeds, wanted).right:
            return True
        from . import ASSIGNMENT  # which needs this module

        known = imitation_of(self.student, ("compute_fans",), ASSIGNMENT)
        fans = known.compute_fans(shape) if known else None
        if fans is None or (fans.fan_in, fans.fan_out) == reference.fans(shape):
            return False
        own = from_fans((fans.fan_in, fans.fan_out))
        return draw(getattr(self.student, self.name), shape, calls, seeds, own).right

    def _react(self):
        """Are their fans more than trivial: does their sum depend on both sides of a matrix?"""
        sums = [self._sum(shape) for shape in (MATRIX, TALLER, WIDER)]
        return None not in sums and sums[0] not in sums[1:]

    def _sum(self, shape):
        answer = self.student.compute_fans(shape)
        pair = answer.fan_in, answer.fan_out
        kinds = (int, float, np.integer, np.floating)
        good = all(isinstance(fan, kinds) and 1 <= fan < 1e9 for fan in pair)
        return float(sum(pair)) if good else None

"""From a wrong answer to a sentence.

In: the cases of one question with their evidence, and the calls that were made. Out: a `Diagnosis`
and a `Detail` on each failed case. The machinery knows no assignment: it is handed one, with its
catalogue of mistakes and its own remarks.
"""

from .catalogue import NONE, Mistake, catalogue
from .diagnostician import Diagnostician
from .imitation import Imitation
from .subject import Remark

__all__ = ["NONE", "Diagnostician", "Imitation", "Mistake", "Remark", "catalogue"]

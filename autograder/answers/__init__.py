"""What came back from a student's functions, and whether it is right.

`calls`: functions, calls, answers, and who may be asked. `compare`: a case out of an answer and the
expected value. `key`: what Keras gave, remembered. `follow_through`: is an answer right, given an
earlier mistake? `verdict`: cases make a question's score, questions make the verdict.
"""

from .calls import Answer, Call, Failure, Function, Nobody, RemoteValue, Respondent
from .compare import compare, requires
from .differences import TOLERANCE, differs
from .evidence import Comparison, Evidence
from .verdict import Case, Detail, Diagnosis, Result, Verdict

__all__ = [
    "TOLERANCE",
    "Answer",
    "Call",
    "Case",
    "Comparison",
    "Detail",
    "Diagnosis",
    "Evidence",
    "Failure",
    "Function",
    "Nobody",
    "RemoteValue",
    "Respondent",
    "Result",
    "Verdict",
    "compare",
    "differs",
    "requires",
]

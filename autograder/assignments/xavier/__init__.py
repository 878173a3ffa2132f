"""Parameter initialization: symmetry, scale, Xavier (Glorot & Bengio 2010)."""

from ..assignment import Assignment
from . import mathematics
from .hints import CATALOGUE
from .mistakes import FUNCTIONS, INSIDE
from .questions import EXAM
from .remarks import Remarks

ASSIGNMENT = Assignment("xavier", EXAM, CATALOGUE, FUNCTIONS, INSIDE, Remarks(), mathematics)

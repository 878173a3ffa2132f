"""The simple recurrent network, and backpropagation through time."""

from ..assignment import Assignment
from . import mathematics
from .hints import CATALOGUE
from .mistakes import FUNCTIONS, INSIDE
from .questions import EXAM
from .remarks import Remarks

ASSIGNMENT = Assignment("simple_rnn", EXAM, CATALOGUE, FUNCTIONS, INSIDE, Remarks(), mathematics)

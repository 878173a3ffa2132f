"""Normalisation and Batch Normalization (Ioffe & Szegedy 2015)."""

from ..assignment import Assignment
from . import mathematics
from .hints import CATALOGUE
from .mistakes import FUNCTIONS, INSIDE
from .questions import EXAM
from .remarks import Remarks

ASSIGNMENT = Assignment("batchnorm", EXAM, CATALOGUE, FUNCTIONS, INSIDE, Remarks(), mathematics)

"""Looking into ConvNets: filters, receptive fields, patches, t-SNE."""

from ..assignment import Assignment
from . import mathematics
from .hints import CATALOGUE
from .mistakes import FUNCTIONS, INSIDE
from .questions import EXAM
from .remarks import Remarks

ASSIGNMENT = Assignment(
    "convnet_visualization", EXAM, CATALOGUE, FUNCTIONS, INSIDE, Remarks(), mathematics
)

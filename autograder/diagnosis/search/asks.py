"""The questions that lead on, one for each kind of edit. None of them says what is right."""

OPERATOR = "How do the two belong together? Work the line out on paper, for two small numbers."
TERM = "Which terms has the equation? Write it beside the line, and count them on both sides."
BRACKET = "What belongs inside the bracket, and what outside? Write the equation beside the line."
FUNCTION = "Which function belongs there, and what is it applied to?"
REDUCTION = "Sum or mean? Which axes does it run over, and what is it divided by, how often?"
AXIS = "What does each axis count? Write the shapes beside the line, before and after."
TRANSPOSE = "Write the shapes of both factors beside the line: over which axis does a product sum?"
OTHER = (
    "Its shape fits, so that nothing complains. Which quantity belongs there: of which step, from "
    "which side of the operation?"
)
CONSTANT = "Where does that number come from? Derive it once on paper, for the smallest case."
CONDITION = "When shall it hold? Try a value on either side of the border, and one on it."
INDEX = "Which entry is meant? Go through it by hand with two or three of them."
SLOPE = "The derivative of which function is that, and at which value is it taken?"
ORDER = "Which of the two needs the other's result, and is it the old or the new one?"
IN_PLACE = "Whose array is changed there? What the caller handed in has to stay as it was."
LOOP = "How often does the loop have to run? Print its variable for an input of three steps."
RETURNED = "In which order does the docstring name the values?"
STATEMENT = "Is the line there, does it run in every case, and is its result used?"
DRAWN = (
    "From which distribution are the numbers to come? Draw a million of them and look at their "
    "histogram: its bounds, its middle, its spread."
)
SEVERAL = "Write that line's equation beside it, and try it on a case small enough for paper."

"""A regular expression that does not come to an end."""
import re

everywhere(lambda *args, **kwargs: re.match(r"(a+)+$", "a" * 60 + "b"))

"""A verdict as people read it: in a terminal (`text`), in nbgrader's pages (`html`), and those
pages themselves, in which nothing that a student wrote is active (`page`).

In: a `Verdict` or a `Result`. Out: lines of text, or HTML.
"""

from .text import STATUS, count_cases, first_reason, points, reasons_text

__all__ = ["STATUS", "count_cases", "first_reason", "points", "reasons_text"]

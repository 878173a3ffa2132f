"""Templates into pages; whatever a student may have written is escaped."""

import datetime
from typing import Any

from .. import templates
from ..feedback import points
from ..feedback.text import counted
from ..sandbox.wire import clean


def percent(share: float) -> str:
    """0.256 -> '26 %'."""
    return f"{100 * share:.0f} %"


templates.environment(__file__).filters.update(
    points=points, percent=percent, clean=clean, counted=counted
)


def render(template: str, **values: Any) -> str:
    """Return the HTML of a template in `templates/`."""
    today = datetime.date.today().isoformat()
    return templates.render(__file__, template, today=today, **values)

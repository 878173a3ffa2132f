"""Templates into pages; whatever a student may have written is escaped."""

import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..feedback.text import points
from ..sandbox.wire import clean


def render(template, **values):
    """Return the HTML of a template in `templates/`."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"points": points, "percent": percent, "clean": clean}
    today = datetime.date.today().isoformat()
    return environment.get_template(template).render(today=today, **values)


def percent(share):
    """0.256 -> '26 %'."""
    return f"{100 * share:.0f} %"

"""Templates into HTML. Whatever is put into one is escaped, unless it is HTML of ours."""

import functools
from pathlib import Path
from typing import Any


@functools.cache
def _environment(folder: Path) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def environment(module_file: str) -> Any:
    """The Jinja environment of the `templates/` beside a module."""
    return _environment(Path(module_file).parent / "templates")


def render(module_file: str, template: str, **values: Any) -> str:
    """Return the HTML of a template in the `templates/` beside a module (its `__file__`)."""
    return str(environment(module_file).get_template(template).render(**values))

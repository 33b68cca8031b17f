"""Pages from templates: one environment, in which every value is escaped and a name nobody gave is an error."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


def page(template: str, **fields: object) -> str:
    """A template of `templates/` filled in: a whole page in UTF-8 that needs no other file, no network and no script.

    Raises jinja2.UndefinedError for a name that the template uses and nobody gave.
    """
    return environment().get_template(template).render(fields)


@cache
def environment() -> Environment:
    """The environment of all pages. Values are text: what looks like markup in a department's file is shown as such."""
    made = Environment(
        loader=PackageLoader("riskmodel.rendering", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = number
    return made


def number(value: int) -> str:
    """A whole number with commas between thousands."""
    return f"{value:,}"

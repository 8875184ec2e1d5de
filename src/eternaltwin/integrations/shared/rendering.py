"""The templates of the button and of the built-in page, which Flask, Starlette and FastAPI share."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

#: Package whose folder `templates` contains the templates.
TEMPLATE_PACKAGE = "eternaltwin.integrations.shared"

#: Names of the templates. A Flask game may have its own template for the page.
PAGE_TEMPLATE, BUTTON_TEMPLATE = "eternaltwin/page.html", "eternaltwin/button.html"


@cache
def _environment() -> Environment:
    """Return the templates. Jinja is imported with the first of them, so that games start without it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader(TEMPLATE_PACKAGE)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, auto_reload=False)


def render(template: str, **context: object) -> str:
    """Render a template.

    Args:
        template: Name of a file in the folder `templates`.
        **context: Variables of the template, which are escaped.

    Returns:
        HTML.
    """
    return _environment().get_template(template).render(context)

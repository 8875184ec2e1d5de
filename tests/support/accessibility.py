"""What axe-core finds in a page, and how wide the page is."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from typing import Literal

    from playwright.sync_api import Page, ViewportSize

#: The package that contains axe-core. Only the script is used.
_PACKAGE = "axe_playwright_python"

_RUN = """async () => (await axe.run(document, {resultTypes: ["violations", "incomplete"]})).violations.map(
  found => `${found.id}: ${found.nodes.map(node => node.target.join(" ") + " " + node.failureSummary).join("; ")}`)"""


class Appearance(NamedTuple):
    """How a player sees a page.

    Attributes:
        scheme: The colours that the player prefers.
        width: Width of the window in CSS pixels.
    """

    scheme: Literal["light", "dark"]
    width: int

    @property
    def viewport(self) -> ViewportSize:
        """The size of the window."""
        return {"width": self.width, "height": 800}


#: The appearances in which no page may have a fault: desktop and phone, by day and by night.
APPEARANCES = [Appearance("light", 1280), Appearance("dark", 1280), Appearance("light", 390), Appearance("dark", 390)]


@cache
def _script() -> str:
    pytest.importorskip(_PACKAGE, reason="axe-core is not installed")
    return (files(_PACKAGE) / "axe.min.js").read_text(encoding="utf-8")


def check_page(page: Page) -> None:
    """Expect in every appearance that axe-core finds nothing, and that nothing is wider than the window."""
    page.evaluate(_script())
    for appearance in APPEARANCES:
        page.emulate_media(color_scheme=appearance.scheme)
        page.set_viewport_size(appearance.viewport)
        found = page.evaluate(_RUN)
        assert found == [], f"{page.url}, {appearance}: {found}"
        widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], f"{page.url} scrolls sideways, {appearance}"

"""The description on the package index: the README, with links that work everywhere. Hatchling runs this."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

#: A link or an image whose target is a file of the repository.
_LINK = re.compile(r"(?P<image>!?)(?P<text>\[[^\]]*\])\((?!https?:|#)(?P<path>[^)\s]+)\)")


def with_absolute_links(readme: str, repository: str) -> str:
    """Return a README whose links to files lead to the repository on the web.

    Args:
        readme: The Markdown.
        repository: The URL of the repository at GitLab.

    Returns:
        The Markdown with absolute links.
    """

    def absolute(link: re.Match[str]) -> str:
        kind = "raw" if link["image"] else "blob"
        return f"{link['image']}{link['text']}({repository}/-/{kind}/main/{link['path']})"

    return _LINK.sub(absolute, readme)


class Readme(MetadataHookInterface):
    """Sets the description of the package."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the description.

        Args:
            metadata: The table `project` of `pyproject.toml`.
        """
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        linked = with_absolute_links(text, metadata["urls"]["Repository"])
        metadata["readme"] = {"content-type": "text/markdown", "text": linked}

"""Writes `llms.txt` and `llms-full.txt`: the pages for programs that read text (llmstxt.org)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tools.site.source import Page, Section

_SUMMARY = (
    "# eternaltwin\n\n> A Python library for web games: sign-in with Eternaltwin, its API, and a development server.\n"
)


def write(sections: list[Section], folder: Path) -> None:
    """Write both files, and the Markdown of each page beside its HTML.

    Args:
        sections: The sections of the site.
        folder: The folder of the built site.
    """
    guides = [section for section in sections if not all(is_reference(page) for page in section.pages)]
    index, full = [_SUMMARY], [_SUMMARY]
    for section in guides:
        links = [f"- [{page.title}]({page.path})" for page in section.pages]
        index.append(f"## {section.title}\n\n" + "\n".join(links) + "\n")
        full += [page.text for page in section.pages]
        for page in section.pages:
            (folder / page.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / page.path).write_text(page.text, encoding="utf-8")
    (folder / "llms.txt").write_text("\n".join(index), encoding="utf-8")
    (folder / "llms-full.txt").write_text("\n\n".join(full), encoding="utf-8")


def is_reference(page: Page) -> bool:
    """Return whether a page is one of the reference, which is made of docstrings.

    Args:
        page: The page.

    Returns:
        Whether its text is a directive of mkdocstrings.
    """
    return page.text.startswith(":::")

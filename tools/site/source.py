"""Writes what the site is built from: the pages of `docs/`, and a page for each module of the reference."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent.parent

#: Where the repository can be read, for links to files that are no pages.
REPOSITORY = "https://gitlab.com/eternaltwin/eternaltwin-python/-"

#: Comments are for the tests of the pages.
_COMMENT = re.compile(r"^[^\S\n]*<!--.*?-->[^\S\n]*\n(?:[^\S\n]*\n)?", re.MULTILINE | re.DOTALL)

#: What follows the language of a block of code is for the tests, too.
_FENCE = re.compile(r"^([^\S\n]*```\w+)[^\S\n][^\n]*$", re.MULTILINE)

#: A link or an image: `](target)`.
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)(?P<path>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")

#: A picture of `docs/images`.
_IMAGE = re.compile(r"!\[(?P<text>[^\]]*)\]\(images/(?P<name>[^)]+)\)")


class Page(NamedTuple):
    """A page of the site.

    Attributes:
        path: Its file, relative to the source of the site.
        title: Its title in the navigation.
        text: Its Markdown.
        source: The file that it is made from, relative to the root of the repository.
    """

    path: str
    title: str
    text: str
    source: str

    @property
    def description(self) -> str:
        """Its first paragraph, without markup."""
        paragraphs = (each for each in self.text.split("\n\n") if re.match(r"[A-Z`]", each))
        return re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*_]", r"\1", next(paragraphs, "")).replace("\n", " ")

    @property
    def markdown(self) -> str:
        """Its text, with what the theme shows beside it."""
        meta = {"edit": f"{REPOSITORY}/edit/main/{self.source}", "description": self.description}
        header = "".join(f"{name}: {json.dumps(value)}\n" for name, value in meta.items() if value)
        return f"---\n{header}---\n\n{self.text}"


class Section(NamedTuple):
    """A section of the navigation.

    Attributes:
        title: Its title.
        pages: Its pages.
    """

    title: str
    pages: list[Page]


def read_sections() -> list[Section]:
    """Return the sections of the site, with the texts of their pages."""
    listed = tomllib.loads((Path(__file__).parent / "navigation.toml").read_text(encoding="utf-8"))["section"]
    return [Section(each["title"], list(_pages(each))) for each in listed]


def write(sections: list[Section], folder: Path) -> None:
    """Write the source of the site.

    Args:
        sections: The sections.
        folder: Where to write it. What is there is removed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for page in (page for section in sections for page in section.pages):
        file = folder / page.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page.markdown, encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "images", folder / "images")
    for file in sorted(ROOT.glob("docs/*.json")):
        shutil.copy(file, folder)
    shutil.copytree(Path(__file__).parent / "assets", folder / "assets")


def _pages(section: Mapping[str, list[str]]) -> Iterator[Page]:
    for name in section.get("pages", []):
        file = ROOT / "CHANGELOG.md" if name == "changelog" else ROOT / "docs" / f"{name}.md"
        yield _page(f"{name}.md", file)
    for module in section.get("modules", []):
        yield Page(f"reference/{module}.md", module, f"::: {module}\n", _file(module).relative_to(ROOT).as_posix())


def _file(module: str) -> Path:
    """Return the file of a module."""
    path = ROOT / "src" / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _with_dark_picture(image: re.Match[str]) -> str:
    """Return an image with its dark variant, if there is one. The site shows that of the reader's colors."""
    name = Path(image["name"])
    dark = name.with_name(f"{name.stem}-dark{name.suffix}")
    if not (ROOT / "docs" / "images" / dark).is_file():
        return image[0]
    return f"![{image['text']}](images/{name}#only-light)\n![{image['text']}](images/{dark}#only-dark)"


def _page(path: str, file: Path) -> Page:
    text = _FENCE.sub(r"\1", _COMMENT.sub("", file.read_text(encoding="utf-8")))
    title = text.partition("\n")[0].removeprefix("# ")
    linked = _IMAGE.sub(_with_dark_picture, _LINK.sub(lambda link: _led(link, file, path), text))
    return Page(path, title, linked, file.relative_to(ROOT).as_posix())


def _led(link: re.Match[str], file: Path, path: str) -> str:
    """Return a link that leads to the same place from the site."""
    target = (file.parent / link["path"]).resolve().relative_to(ROOT)
    anchor = link["anchor"] or ""
    if target.parts[0] == "docs":
        up = "../" * path.count("/")
        return f"]({up}{target.relative_to('docs').as_posix()}{anchor})"
    if target.as_posix() == "CHANGELOG.md":
        return f"]({'../' * path.count('/')}changelog.md{anchor})"
    return f"]({REPOSITORY}/blob/main/{target.as_posix()}{anchor})"

"""Every cross reference of the reference pages leads to something that exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.support.definitions import SOURCE, is_defined

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted([*SOURCE.glob("eternaltwin/**/*.py"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")])

#: A link of mkdocstrings: its text, and the dotted name of its target.
_REFERENCE = re.compile(r"\[`?([^\]`]+)`?\]\s*\[(eternaltwin[^\]]*)\]")
_ASYNC_VARIANT = re.compile(r"Async variant of \[`(\w+)`\]\[([\w.]+)\]\.")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def references(path: Path) -> list[tuple[str, str]]:
    """Return the texts and targets of the references in a page, or in the strings of a module."""
    text = path.read_text(encoding="utf-8")
    strings = [text]
    if path.suffix == ".py":
        constants = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
        strings = [value for value in constants if isinstance(value, str)]
    return [(text, target) for string in strings for text, target in _REFERENCE.findall(string)]


def async_variants(path: Path) -> list[tuple[str, str]]:
    """Return the names and the docstrings of the functions of a module that are documented as async variants."""
    functions = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, Function)]
    documented = [(node.name, ast.get_docstring(node) or "") for node in functions]
    return [(name, docstring) for name, docstring in documented if docstring.startswith("Async variant of ")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_cross_references_lead_to_what_exists(path: Path) -> None:
    assert [target for _, target in references(path) if not is_defined(target)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_reference_that_shows_a_constant_leads_to_it(path: Path) -> None:
    """Not to its module: `[LINK_SITES][eternaltwin.archives]` would lead to the top of a page."""
    constants = [(text, target) for text, target in references(path) if re.fullmatch(r"[A-Z_]+", text)]
    assert [text for text, target in constants if target.rpartition(".")[2] != text] == []


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".py"], ids=lambda path: path.name)
def test_async_variants_refer_to_their_sync_variant(path: Path) -> None:
    for name, docstring in async_variants(path):
        found = _ASYNC_VARIANT.match(docstring)
        assert found
        assert found[1] == found[2].rpartition(".")[2]
        assert found[1] in (name, name.removeprefix("a"))


def test_there_are_references() -> None:
    assert sum(len(references(path)) for path in FILES) > 100


@pytest.mark.parametrize(
    ("name", "exists"),
    [
        ("eternaltwin.devserver", True),
        ("eternaltwin.devserver.DevServer.authorize", True),
        ("eternaltwin.identities.Session.identifier", True),
        ("eternaltwin.archives.TwinoidUser.id", True),
        ("eternaltwin.archives.LINK_SITES", True),
        ("eternaltwin.integrations.django.models.EternaltwinAccount", True),
        ("eternaltwin.devserver.DevServer.authorise", False),
        ("eternaltwin.archives.LINK_PLACES", False),
        ("eternaltwin.nothing", False),
        ("another.package", False),
    ],
)
def test_names_are_looked_up_in_the_source(name: str, exists: bool) -> None:
    assert is_defined(name) is exists

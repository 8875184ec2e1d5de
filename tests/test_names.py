"""No two modules define a class or a type alias of the same name, so that a name has one meaning."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import eternaltwin

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(eternaltwin.__file__).parent

#: Names that several modules define for one thing, or that others have given, with these modules and the reason.
EXCEPTIONS = {
    "DinoparcDinoz": (("archives", "models.archives"), "the public object, and the JSON that it extends"),
    "DinoparcUser": (("archives", "models.archives"), "the public object, and the JSON that it extends"),
    "HammerfestUser": (("archives", "models.archives"), "the public object, and the JSON that it extends"),
    "TwinoidUser": (("archives", "models.archives"), "the public object, and the JSON that it extends"),
    "User": (("models.users", "users"), "the public object, and the JSON of it"),
    "Command": (
        (
            "integrations.django.management.commands.move_eternaltwin_account",
            "integrations.django.management.commands.rename_eternaltwin_connection",
            "integrations.django.management.commands.sync_eternaltwin_users",
        ),
        "the class of a command, which Django finds by this name",
    ),
    "Migration": (
        (
            "integrations.django.migrations.0001_initial",
            "integrations.django.migrations.0002_account_identifier",
            "integrations.django.migrations.0003_claims",
        ),
        "the class of a migration, which Django finds by this name",
    ),
    "UserClient": (("clients.asyncio.users", "clients.sync.users"), "the variants of one client, with the same calls"),
    "Eternaltwin": (
        ("clients.asyncio.clients", "clients.sync.clients", "integrations.flask.extension"),
        "the variants of one client, and the extension of Flask, which is named for what it adds, as others are",
    ),
    "EternaltwinLogin": (
        ("integrations.fastapi", "integrations.starlette.login"),
        "the sign-in of FastAPI extends that of Starlette",
    ),
    "EternaltwinOAuth2": (
        ("integrations.httpx_oauth", "integrations.social_core"),
        "the same adapter for two libraries, which both call such classes so; a game uses one of them",
    ),
    "Guest": (
        ("identities", "integrations.flask.users"),
        "an identity, and in Flask games an alias of AnonymousPlayer that is kept for existing code",
    ),
}

_TYPE_NAME = re.compile(r"_*[A-Z]\w*[a-z]\w*")


def _assigned(node: ast.Assign | ast.AnnAssign, module: str) -> Iterator[tuple[str, str]]:
    """Yield the name that an assignment gives to a type. Modules may share the names of type variables."""
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    if node.value is not None and isinstance(target, ast.Name) and _TYPE_NAME.fullmatch(target.id):
        is_variable = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "TypeVar"
        yield target.id, "a type variable" if is_variable else module


def _renamed(node: ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Yield the names that an import gives to something else, with its place."""
    for item in node.names:
        if item.asname is not None and item.asname != item.name and _TYPE_NAME.fullmatch(item.asname):
            yield item.asname, f"{node.module}.{item.name}"


def definitions(source: str, module: str) -> set[tuple[str, str]]:
    """Return the classes, type aliases and renamed imports of a module, each with the place of its definition."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            found.add((node.name, module))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            found.update(_assigned(node, module))
        elif isinstance(node, ast.ImportFrom):
            found.update(_renamed(node))
    return found


def test_a_name_has_one_meaning() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted(ROOT.rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name, place in definitions(path.read_text(encoding="utf-8"), module):
            if place not in places[name]:
                places[name].append(place)
    found = {name: tuple(modules) for name, modules in places.items() if len(modules) > 1}
    assert found == {name: modules for name, (modules, _) in EXCEPTIONS.items()}


@pytest.mark.parametrize(
    "source",
    [
        "class Place: ...",
        "class Outer:\n    class Place: ...",
        "Place = int | str",
        "Place: TypeAlias = 'int | str'",
        "if TYPE_CHECKING:\n    Place = dict[str, int]",
        "Place = 'int'",
    ],
)
def test_definitions_are_found(source: str) -> None:
    assert ("Place", "here") in definitions(source, "here")


def test_imports_under_another_name_are_found() -> None:
    source = "from there import Town as Place\nfrom there import Town as Town"
    assert definitions(source, "here") == {("Place", "there.Town")}


def test_modules_share_type_variables_but_not_with_types() -> None:
    source = "Place = TypeVar('Place', bound=int)"
    assert definitions(source, "here") == definitions(source, "there") == {("Place", "a type variable")}


@pytest.mark.parametrize("source", ["P = ParamSpec('P')", "PLACE = 1", "place = 1", "Place: int", "a.Place = 1"])
def test_other_names_are_not_definitions(source: str) -> None:
    assert definitions(source, "here") == set()

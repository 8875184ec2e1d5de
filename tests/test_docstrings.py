"""Every public callable of the library is documented in full, since the reference is built from docstrings."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import eternaltwin

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(eternaltwin.__file__).parent
MODULES = sorted(
    path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts
)

Function = ast.FunctionDef | ast.AsyncFunctionDef

_SECTION = re.compile(r"^(Args|Attributes|Returns|Yields):\n((?:[ ]{4,}.*\n|\n)+)", re.MULTILINE)
_ENTRY = re.compile(r"^[ ]{4}\*{0,2}(\w+)(?: \([^)]*\))?:", re.MULTILINE)
_ROLE = re.compile(r":(?:class|func|meth|mod|data|attr|exc|obj|ref):`")
_PROPERTIES = {"property", "cached_property", "functools.cached_property"}
_NO_VALUE = {"None", "NoReturn", "Never", "typing.NoReturn"}
#: Base classes whose fields are the constructor's parameters.
_RECORDS = {"Struct", "NamedTuple", "TypedDict", "msgspec.Struct"}


def sections(docstring: str) -> dict[str, set[str]]:
    """Return the names that each section of a docstring documents."""
    return {name: set(_ENTRY.findall(body)) for name, body in _SECTION.findall(f"{docstring}\n")}


def is_public(name: str) -> bool:
    return not name.startswith("_")


def decorators(node: Function | ast.ClassDef) -> set[str]:
    return {ast.unparse(decorator).partition("(")[0] for decorator in node.decorator_list}


def parameters(node: Function, *, is_method: bool) -> set[str]:
    """Return the names of the parameters that a caller passes."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args]
    if is_method and "staticmethod" not in decorators(node):
        named = named[1:]
    rest = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return {argument.arg for argument in (*named, *arguments.kwonlyargs, *rest) if is_public(argument.arg)}


def function_problems(node: Function, *, is_method: bool) -> Iterator[str]:
    docstring = ast.get_docstring(node) or ""
    kinds = decorators(node)
    if not docstring:
        yield "has no docstring"
        return
    if docstring.startswith("Async variant of [") or kinds & _PROPERTIES:
        return
    if any(kind.endswith((".setter", ".deleter")) for kind in kinds):
        return
    found = sections(docstring)
    if missing := parameters(node, is_method=is_method) - found.get("Args", set()):
        yield f"does not document {', '.join(sorted(missing))}"
    returned = ast.unparse(node.returns) if node.returns is not None else "None"
    if returned.strip("'\"") not in _NO_VALUE and not found.keys() & {"Returns", "Yields"}:
        yield "does not document what it returns"


def class_problems(node: ast.ClassDef) -> Iterator[str]:
    docstring = ast.get_docstring(node) or ""
    if not docstring:
        yield "has no docstring"
        return
    found = sections(docstring)
    documented = found.get("Args", set()) | found.get("Attributes", set())
    if missing := (fields(node) | constructor_parameters(node)) - documented:
        yield f"does not document {', '.join(sorted(missing))}"


def constructor_parameters(node: ast.ClassDef) -> set[str]:
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            return parameters(statement, is_method=True)
    return set()


def fields(node: ast.ClassDef) -> set[str]:
    """Return the public fields of a record that have no docstring of their own below them."""
    is_record = {ast.unparse(base) for base in node.bases} & _RECORDS or any(
        kind.endswith("dataclass") for kind in decorators(node)
    )
    found = set[str]()
    for statement, below in zip(node.body, [*node.body[1:], None], strict=True):
        if is_record and isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            has_own = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
            if is_public(statement.target.id) and not has_own:
                found.add(statement.target.id)
    return found


def problems(body: list[ast.stmt], place: str, *, in_class: bool = False) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef) and is_public(node.name) and node.name != "Meta":
            yield from (f"{place}.{node.name} {problem}" for problem in class_problems(node))
            yield from problems(node.body, f"{place}.{node.name}", in_class=True)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_public(node.name):
            if not decorators(node) & {"overload", "typing.overload"}:
                yield from (f"{place}.{node.name} {problem}" for problem in function_problems(node, is_method=in_class))
        elif isinstance(node, ast.If | ast.Try):
            yield from problems(node.body, place, in_class=in_class)


@pytest.mark.parametrize("module", MODULES)
def test_public_callables_are_documented_in_full(module: str) -> None:
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    assert list(problems(tree.body, module)) == []


@pytest.mark.parametrize("module", MODULES)
def test_docstrings_are_markdown(module: str) -> None:
    for line in (PACKAGE / module).read_text(encoding="utf-8").splitlines():
        assert not _ROLE.search(line), "a Sphinx role is shown as it is by the reference"

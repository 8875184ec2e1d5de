"""Every public callable of the library is documented in full, since the reference is built from docstrings."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
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
#: The classes of a module, by name.
Classes = dict[str, ast.ClassDef]

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


def class_problems(node: ast.ClassDef, classes: Classes) -> Iterator[str]:
    docstring = ast.get_docstring(node) or ""
    if not docstring:
        yield "has no docstring"
        return
    found = sections(docstring)
    documented = found.get("Args", set()) | found.get("Attributes", set())
    needed = fields(node)
    if constructor := find_constructor(node, classes):
        needed |= parameters(constructor, is_method=True)
        needed |= attributes(constructor) - described_below(node)
    if missing := needed - documented:
        yield f"does not document {', '.join(sorted(missing))}"


def find_constructor(node: ast.ClassDef, classes: Classes) -> ast.FunctionDef | None:
    """Return the constructor of a class, or the one it inherits from a private class, which no page documents."""
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return each
    names = [ast.unparse(base).partition("[")[0] for base in node.bases]
    bases = [classes[name] for name in names if name in classes and not is_public(name)]
    return next(filter(None, (find_constructor(base, classes) for base in bases)), None)


def attributes(constructor: ast.FunctionDef) -> set[str]:
    """Return the public attributes that a constructor sets."""
    targets = [each for each in ast.walk(constructor) if isinstance(each, ast.Attribute)]
    stored = [each for each in targets if isinstance(each.ctx, ast.Store) and ast.unparse(each.value) == "self"]
    return {each.attr for each in stored if is_public(each.attr)}


def described_below(node: ast.ClassDef) -> set[str]:
    """Return the attributes that have a docstring of their own below them."""
    return {
        each.target.id
        for each, below in pairwise(node.body)
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and is_docstring(below)
    }


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def fields(node: ast.ClassDef) -> set[str]:
    """Return the public fields of a record that have no docstring of their own below them."""
    is_record = {ast.unparse(base) for base in node.bases} & _RECORDS or any(
        kind.endswith("dataclass") for kind in decorators(node)
    )
    annotated = [each.target for each in node.body if is_record and isinstance(each, ast.AnnAssign)]
    names = {target.id for target in annotated if isinstance(target, ast.Name)}
    return {name for name in names if is_public(name)} - described_below(node)


def problems(body: list[ast.stmt], place: str, classes: Classes, *, in_class: bool = False) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef) and is_public(node.name) and node.name != "Meta":
            yield from (f"{place}.{node.name} {problem}" for problem in class_problems(node, classes))
            yield from problems(node.body, f"{place}.{node.name}", classes, in_class=True)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_public(node.name):
            if not decorators(node) & {"overload", "typing.overload"}:
                yield from (f"{place}.{node.name} {problem}" for problem in function_problems(node, is_method=in_class))
        elif isinstance(node, ast.If | ast.Try):
            yield from problems(node.body, place, classes, in_class=in_class)


def problems_of(source: str, place: str) -> list[str]:
    tree = ast.parse(source)
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    return list(problems(tree.body, place, classes))


@pytest.mark.parametrize("module", MODULES)
def test_public_callables_are_documented_in_full(module: str) -> None:
    assert problems_of((PACKAGE / module).read_text(encoding="utf-8"), module) == []


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ("def f(a): 'First.'", "f does not document a"),
        ("class A:\n 'First.'\n def __init__(self, a): self._a = a", "A does not document a"),
        ("class _B:\n def __init__(self, a): self._a = a\nclass A(_B[int]): 'First.'", "A does not document a"),
        ("class A:\n 'First.'\n def __init__(self): self.a: int = 1", "A does not document a"),
        ("class A:\n 'First.'\n def __init__(self): self.a, self._b = 1, 2", "A does not document a"),
        ("@dataclass\nclass A:\n 'First.'\n a: int", "A does not document a"),
        ("class A:\n 'First.'\n @property\n def a(self) -> int: ...", "A.a has no docstring"),
        ("class A:\n 'First.'\n @cached_property\n def a(self) -> int: ...", "A.a has no docstring"),
        ("def f() -> int: 'First.'", "f does not document what it returns"),
    ],
)
def test_missing_documentation_is_found(body: str, missing: str) -> None:
    assert problems_of(body, "m") == [f"m.{missing}"]


@pytest.mark.parametrize("module", MODULES)
def test_docstrings_are_markdown(module: str) -> None:
    for line in (PACKAGE / module).read_text(encoding="utf-8").splitlines():
        assert not _ROLE.search(line), "a Sphinx role is shown as it is by the reference"

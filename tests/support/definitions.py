"""What the modules of the package define, read from their source: a module that needs Django is not imported."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import eternaltwin

SOURCE = Path(eternaltwin.__file__).parent.parent


def module_path(name: str) -> Path | None:
    """Return the file of a module of the package, or None if there is no such module."""
    place = SOURCE.joinpath(*name.split("."))
    return next((path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file()), None)


@cache
def module_body(name: str) -> list[ast.stmt]:
    """Return the statements of a module; none if there is no such module."""
    path = module_path(name)
    return [] if path is None else list(_flattened(ast.parse(path.read_text(encoding="utf-8")).body))


def split_name(name: str) -> tuple[str, list[str]]:
    """Split a dotted name into a module of the package and the names of what is in it."""
    parts = name.split(".")
    length = next((size for size in range(len(parts), 0, -1) if module_path(".".join(parts[:size]))), 0)
    return ".".join(parts[:length]), parts[length:]


def is_defined(name: str) -> bool:
    """Return whether a dotted name is a module of the package or something that is defined in one."""
    module, names = split_name(name)
    return bool(module) and (not names or _is_in(module, module_body(module), names))


def exported(module: str) -> list[str] | None:
    """Return the `__all__` of a module, or None if it has none."""
    for node in module_body(module):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _bound(node) == {"__all__"}:
            names: list[str] = ast.literal_eval(node.value)
            return names
    return None


def public_definitions(module: str) -> set[str]:
    """Return the public classes and functions that a module itself defines."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in module_body(module) if isinstance(node, kinds) and node.name[0] != "_"}


def _flattened(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements with those of `if`, `with` and `try` beside them."""
    found = list[ast.stmt]()
    for node in body:
        nested = node.body if isinstance(node, ast.If | ast.With | ast.Try) else []
        found += [node, *_flattened(nested)]
    return found


def _is_in(module: str, body: list[ast.stmt], names: list[str]) -> bool:
    return any(_leads_to(module, node, names) for node in body)


def _leads_to(module: str, node: ast.stmt, names: list[str]) -> bool:
    """Return whether a statement defines the first of some names, and what it defines has the others."""
    first, rest = names[0], names[1:]
    if isinstance(node, ast.ImportFrom):
        imported = [alias.name for alias in node.names if (alias.asname or alias.name) == first]
        is_own = f"{node.module}".startswith("eternaltwin")
        return any(not is_own or is_defined(".".join([f"{node.module}", each, *rest])) for each in imported)
    if isinstance(node, ast.ClassDef) and node.name == first:
        return not rest or _is_member(module, node, rest)
    return not rest and first in _bound(node)


def _is_member(module: str, owner: ast.ClassDef, names: list[str]) -> bool:
    """Return whether a class, or a base class of it in the package, has a member."""
    if _is_in(module, owner.body, names):
        return True
    bases = (ast.unparse(base).partition("[")[0].split(".") for base in owner.bases)
    return any(_is_in(module, module_body(module), [*base, *names]) for base in bases)


def _bound(node: ast.stmt) -> set[str]:
    """Return the names that a definition or an assignment binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {ast.unparse(target) for target in targets}

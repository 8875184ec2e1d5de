"""Prepares the source of a module for mutmut.

mutmut does not change decorated functions. `@cache` above `def read()` becomes `read = cache(read)` below it, which
does the same at run time.

mutmut wraps an asynchronous generator in another one. An event loop that shuts down closes both at once, which fails.
Such functions are therefore left as they are.
"""

from __future__ import annotations

import ast

#: Decorators that mutmut supports (`classmethod` only alone), or of functions that contain nothing to change.
_KEPT = {"abstractmethod", "overload", "staticmethod"}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def without_decorators(source: str) -> str:
    """Return the source of a module with assignments instead of the decorators of functions and methods."""
    tree = ast.parse(source)
    lines = source.splitlines(keepends=True)
    for function in reversed(_decorated(tree.body)):
        _move_decorators(function, lines, source)
    return "".join(lines)


def without_changed_generators(source: str) -> str:
    """Return the source of a module in which mutmut leaves asynchronous generators as they are."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AsyncFunctionDef) and any(isinstance(inner, ast.Yield) for inner in ast.walk(node)):
            header = node.body[0].lineno - 2
            lines[header] = f"{lines[header].rstrip()}  # pragma: no mutate block\n"
    return "".join(lines)


def _decorated(body: list[ast.stmt]) -> list[_Function]:
    found: list[_Function] = []
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            found += _decorated(statement.body)
        elif isinstance(statement, _Function) and statement.decorator_list and not _is_kept(statement):
            found.append(statement)
    return found


def _is_kept(function: _Function) -> bool:
    """Return whether decorators stay: mutmut supports them, or they replace what had the name before."""
    names = [ast.unparse(decorator) for decorator in function.decorator_list]
    return names == ["classmethod"] or not _KEPT.isdisjoint(names) or f"{function.name}.setter" in names


def _move_decorators(function: _Function, lines: list[str], source: str) -> None:
    value = function.name
    for decorator in reversed(function.decorator_list):
        value = f"{ast.get_source_segment(source, decorator)}({value})"
    end = function.end_lineno or function.lineno
    lines.insert(end, f"{' ' * function.col_offset}{function.name} = {value}\n")
    del lines[function.decorator_list[0].lineno - 1 : function.lineno - 1]

"""An extension of Griffe, which reads the docstrings of the reference.

Async variants have one line in the code that refers to the sync variant. In the reference, they show its sections too.
The tree of a module, drawn with lines, becomes a list of links. An example is one of Google's `Example:` sections with
`>>>` lines, which Griffe reads as code only in `Examples:`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import griffe

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASYNC_VARIANT = re.compile(r"Async variant of \[`\w+`\]\[([\w.]+)\]\.")
_FIRST_SECTION = re.compile(r"^(?:Args|Returns|Yields|Raises|Example):$", re.MULTILINE)
_TREE = re.compile(r"^    \w+\n(?:    [│├└ ].*\n)+", re.MULTILINE)
_BRANCH = re.compile(r"(?P<lines>[│├└─ ]*)(?P<name>\w+)(?P<bases> \([\w, ]+\))?(?:\s+(?P<text>.+))?")
_EXAMPLE = re.compile(r"^Example:(?=\n(?:[^\S\n]+\S.*\n|\n)*?[^\S\n]+>>>)", re.MULTILINE)


class Docstrings(griffe.Extension):
    """Completes the docstrings of a package after it was read."""

    def on_package(self, *, pkg: griffe.Module, loader: griffe.GriffeLoader, **kwargs: Any) -> None:
        """Complete all docstrings.

        Args:
            pkg: The package.
            loader: Knows all packages that were read.
            kwargs: Unused.
        """
        del kwargs
        _document_constants(pkg)
        for each, docstring in list(_documented(pkg)):
            variant = _ASYNC_VARIANT.match(docstring.value)
            if variant:
                sync = loader.modules_collection[variant[1]].docstring
                docstring.value = f"{docstring.value}\n\n{_sections('' if sync is None else sync.value)}"
            docstring.value = _EXAMPLE.sub("Examples:", _with_linked_tree(docstring.value, each.path))


def _document_constants(owner: griffe.Object) -> None:
    """Read the comments `#:` above constants, which Griffe does not."""
    for member in owner.members.values():
        if isinstance(member, griffe.Attribute) and member.docstring is None:
            comment = _comment_above(member)
            if comment:
                member.docstring = griffe.Docstring(comment, parent=member)
        elif isinstance(member, griffe.Object):
            _document_constants(member)


def _comment_above(constant: griffe.Attribute) -> str:
    if constant.lineno is None or not isinstance(constant.filepath, Path):
        return ""
    lines = constant.lines_collection[constant.filepath]
    found: list[str] = []
    for line in reversed(lines[: constant.lineno - 1]):
        if not line.lstrip().startswith("#:"):
            break
        found.insert(0, line.lstrip().removeprefix("#:").strip())
    return "\n".join(found)


def _documented(owner: griffe.Object) -> Iterator[tuple[griffe.Object, griffe.Docstring]]:
    if owner.docstring is not None:
        yield owner, owner.docstring
    for member in owner.members.values():
        if isinstance(member, griffe.Object):
            yield from _documented(member)


def _with_linked_tree(docstring: str, module: str) -> str:
    """Return a docstring whose drawn tree of classes is a list that links to them."""
    tree = _TREE.search(docstring)
    if tree is None:
        return docstring
    branches = filter(None, (_BRANCH.fullmatch(line[4:]) for line in tree[0].splitlines()))
    return docstring.replace(tree[0], "".join(_item(branch, module) for branch in branches))


def _item(branch: re.Match[str], module: str) -> str:
    text = f": {branch['text']}" if branch["text"] else ""
    link = f"[`{branch['name']}`][{module}.{branch['name']}]"
    return f"{' ' * len(branch['lines'])}- {link}{branch['bases'] or ''}{text}\n"


def _sections(docstring: str) -> str:
    """Return a docstring from its first section on."""
    first = _FIRST_SECTION.search(docstring)
    return docstring[first.start() :] if first else ""

"""Parses docstrings of structs, which are the descriptions in their schemas."""

from __future__ import annotations

import inspect
import re

_SECTION = "\n\nAttributes:\n"
_ENTRY = re.compile(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", re.MULTILINE)


def split_docstring(docstring: str) -> tuple[str, dict[str, str]]:
    """Split the docstring of a struct.

    Args:
        docstring: The docstring, in Google style.

    Returns:
        The description of the struct, and the descriptions of its fields by their names.
    """
    description, _, section = inspect.cleandoc(docstring).partition(_SECTION)
    return description, {name: " ".join(text.split()) for name, text in _ENTRY.findall(section)}

"""Games that are made of what the command line prints."""

from __future__ import annotations

import re
import shlex
from types import FunctionType
from typing import TYPE_CHECKING

import pytest

from eternaltwin.connections import configure

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def forget_connections() -> Iterator[None]:
    """Remove the connections that a game configures."""
    yield
    configure()


def run_game(code: str) -> dict[str, object]:
    """Run the module of a game, and return its names."""
    namespace: dict[str, object] = {"__name__": "game"}
    FunctionType(compile(code, "game.py", "exec"), namespace)()
    return namespace


#: A part of what `init` prints, below the line that names its file.
_PART = re.compile(r"^# ---- (?:at the end of )?(\S+|in a shell) ----\n(.*?)(?=^# ---- |\Z)", re.MULTILINE | re.DOTALL)


def parts_of(output: str) -> dict[str, str]:
    """Return the parts of what `init` prints, by the name of their file."""
    return dict(_PART.findall(output))


def variables_of(environment: str) -> dict[str, str]:
    """Return the variables that a shell reads from the file of the environment."""
    words = [shlex.split(line, comments=True) for line in environment.splitlines()]
    return {name: value for line in words for name, _, value in (word.partition("=") for word in line)}

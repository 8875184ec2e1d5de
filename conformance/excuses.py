"""The exchanges in which the development server may differ from the official one, and the reasons."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_FOLDER = Path(__file__).parent

#: The intended differences, which will remain.
INTENDED = _FOLDER / "excuses.toml"

#: The missing features of the development server.
PENDING = _FOLDER / "pending.toml"

_PENDING_HEADER = """\
# The exchanges for which the development server does not respond like the official one yet, and why. Exchanges that
# match must not be listed: `python -m conformance prune` removes them.
"""


class _Excuse(TypedDict):
    reason: str
    exchanges: list[str]


def _read(path: Path) -> list[_Excuse]:
    return cast("list[_Excuse]", tomllib.loads(path.read_text("utf-8")).get("excuse", []))


def excuses_of(*paths: Path) -> dict[str, str]:
    """Return the reasons in files, by name of the exchange."""
    return {name: excuse["reason"] for path in paths for excuse in _read(path) for name in excuse["exchanges"]}


def all_excuses() -> Mapping[str, str]:
    """Return the reasons for all differences of the development server, by name of the exchange."""
    return excuses_of(INTENDED, PENDING)


def prune(needless: Collection[str]) -> int:
    """Remove exchanges from `pending.toml` by name, and return the number of the remaining ones."""
    remaining = [
        (excuse["reason"], [name for name in excuse["exchanges"] if name not in needless]) for excuse in _read(PENDING)
    ]
    parts = [_PENDING_HEADER]
    for reason, names in remaining:
        if names:
            lines = "".join(f"    {json.dumps(name, ensure_ascii=False)},\n" for name in names)
            parts.append(f"\n[[excuse]]\nreason = {json.dumps(reason)}\nexchanges = [\n{lines}]\n")
    PENDING.write_text("".join(parts), "utf-8")
    return sum(len(names) for _, names in remaining)

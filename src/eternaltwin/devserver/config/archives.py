"""From the tables `seed.dinoparc_user`, `seed.hammerfest_user` and `seed.twinoid_user` to archived accounts.

The official server has no such tables: they are an extension of this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from eternaltwin.devserver.config.types import (
    Count,
    DinoparcUserSeed,
    DinozSeed,
    HammerfestUserSeed,
    TwinoidGameSeed,
    TwinoidUserSeed,
)
from eternaltwin.devserver.config.values import patched
from eternaltwin.devserver.domain.archives import SITES, account_number, servers_of
from eternaltwin.devserver.domain.names import TITLE_RULE, USERNAME_RULE, parse_title, parse_username
from eternaltwin.models import DinoparcCollection

if TYPE_CHECKING:
    from eternaltwin.devserver.config.values import Table

_NUMBERS = range(2**31)

#: What numbers Twinoid's games have.
_GAMES = range(1, 2**31)

Structure = TypeVar("Structure", bound=msgspec.Struct)

#: The number of an account that has not been given one.
_NONE = -1


def _linked_to(table: Table, old: str | None) -> str | None:
    return table.parsed_or_null("linked_to", old, parse_username, USERNAME_RULE)


def _id(table: Table, server: str, old: int) -> int:
    """The number of an account; a new one, whose number is none so far, has to have one."""
    return table.whole_number("id", old, SITES[server].ids)


def _numbered(
    table: Table, name: str, old: dict[str, Structure], kind: type[Structure], numbers: range
) -> dict[str, Structure]:
    """Tables whose keys are numbers. A new one replaces the whole of the old one."""

    def build(key: str, _: Structure | None, entry: Table) -> Structure:
        if str(account_number(key, numbers)) != key:
            raise entry.wrong(f"the key must be a whole number from {numbers[0]} to {numbers[-1]}")
        return entry.structure(kind)

    return patched(table, name, old, build)


def dinoparc_user(key: str, old: DinoparcUserSeed | None, table: Table) -> DinoparcUserSeed:
    """An account of Dinoparc, called as its key unless it says otherwise."""
    known = old if old is not None else DinoparcUserSeed(id=_NONE, name=key)
    server = table.choice("server", known.server, servers_of("Dinoparc"))
    return DinoparcUserSeed(
        server=server,
        id=_id(table, server, known.id),
        name=table.parsed("username", known.name, parse_title, TITLE_RULE),
        linked_to=_linked_to(table, known.linked_to),
        coins=table.whole_number("coins", known.coins, _NUMBERS),
        dinoz=_numbered(table, "dinoz", known.dinoz, DinozSeed, SITES[server].ids),
        inventory=table.value("inventory", known.inventory, dict[str, Count]),
        collection=table.value("collection", known.collection, DinoparcCollection),
    )


def hammerfest_user(key: str, old: HammerfestUserSeed | None, table: Table) -> HammerfestUserSeed:
    """An account of Hammerfest, called as its key unless it says otherwise."""
    known = old if old is not None else HammerfestUserSeed(id=_NONE, name=key)
    server = table.choice("server", known.server, servers_of("Hammerfest"))
    return HammerfestUserSeed(
        server=server,
        id=_id(table, server, known.id),
        name=table.parsed("username", known.name, parse_title, TITLE_RULE),
        linked_to=_linked_to(table, known.linked_to),
        best_score=table.whole_number("best_score", known.best_score, _NUMBERS),
        best_level=table.whole_number("best_level", known.best_level, range(256)),
        game_completed=table.boolean("game_completed", known.game_completed),
        items=table.value("items", known.items, list[str]),
        quests=table.value("quests", known.quests, dict[str, str]),
        inventory=table.value("inventory", known.inventory, dict[str, Count]),
    )


def twinoid_user(key: str, old: TwinoidUserSeed | None, table: Table) -> TwinoidUserSeed:
    """An account of Twinoid, called as its key unless it says otherwise."""
    known = old if old is not None else TwinoidUserSeed(id=_NONE, name=key)
    return TwinoidUserSeed(
        id=_id(table, known.server, known.id),
        name=table.parsed("display_name", known.name, parse_title, TITLE_RULE),
        linked_to=_linked_to(table, known.linked_to),
        game=_numbered(table, "game", known.game, TwinoidGameSeed, _GAMES),
    )

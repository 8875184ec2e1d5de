"""Archived accounts, and the links to them, as rows for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

from eternaltwin.cli.forum_views import shown_time
from eternaltwin.cli.visible_text import visible
from eternaltwin.models import CurrentLink, OldLink
from eternaltwin.rules.archives import SITES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.models import Links, Owners

Row = tuple[str, str]


def archive_rows(archived: msgspec.Struct) -> list[Row]:
    """Return what is known of an archived account or dinoz.

    Args:
        archived: The account or dinoz, of which values that were never read are left out.

    Returns:
        Names and values, in the order of the API.
    """
    fields = cast("dict[str, object]", msgspec.to_builtins(archived))
    owners: Owners | None = getattr(archived, "etwin", None)
    rows = [(name.replace("_", " "), _text(value)) for name, value in fields.items() if name != "etwin"]
    known = [(name, text) for name, text in rows if text]
    return known if owners is None else [*known, ("Eternaltwin user", _owner(owners))]


def link_rows(links: Links) -> list[tuple[str, ...]]:
    """Return the accounts that a user has or had linked.

    Args:
        links: The links of the user.

    Returns:
        Site, number and name of the account, and from when to when it was linked.
    """
    return [row for site in SITES.values() for row in _rows_of_site(links, site.name, site.field)]


def _rows_of_site(links: Links, site: str, field: str) -> Iterator[tuple[str, ...]]:
    link = getattr(links, field)
    for each in (link.current, *link.old):
        if each is not None:
            yield (site, *_account(each), shown_time(each.link.time), _end(each))


def _account(link: CurrentLink | OldLink) -> tuple[str, str]:
    account = link.user if isinstance(link, CurrentLink) else link.remote
    return visible(account.id), visible(account.name)


def _end(link: CurrentLink | OldLink) -> str:
    return "" if link.unlink is None else shown_time(link.unlink.time)


def _owner(owners: Owners) -> str:
    if owners.current is None:
        return "not linked"
    user = owners.current.user
    return f"{visible(user.display_name.current.value)} {user.id}"


def _text(value: object) -> str:
    """Return JSON as text for people. Of a value that changes, it is the last one."""
    if isinstance(value, dict):
        return _table_text(cast("dict[str, object]", value))
    if isinstance(value, list):
        return ", ".join(_item_text(part) for part in cast("list[object]", value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else visible(str(value))


def _table_text(table: dict[str, object]) -> str:
    if "latest" in table:
        return _text(cast("dict[str, object]", table["latest"])["value"])
    parts = {visible(name): _text(part) for name, part in table.items() if name != "type"}
    return ", ".join(f"{name}: {part}" for name, part in parts.items() if part)


def _item_text(part: object) -> str:
    text = _text(part)
    return f"({text})" if isinstance(part, dict) else text

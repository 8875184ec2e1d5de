"""What newer servers than 0.16.4 report about sections and threads: what may be written, and what they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from msgspec import UNSET, UnsetType

from eternaltwin.forum.revisions import Authored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin import models

Value = TypeVar("Value")


def if_sent(value: Value | UnsetType) -> Value | None:
    """Return what a server sent.

    Args:
        value: The value of an optional field.

    Returns:
        The value, or None if the field was not sent.
    """
    return None if value is UNSET else value


class Grammar:
    """The Marktwin that the caller may write in a section. The server strips everything else, without an error.

    Marks that this library does not know are kept in `flags`. Source of the names: the client of DinoRPG, a game with
    a forum in it.

    Args:
        grammar: The part of a response to convert.

    Attributes:
        flags: Names of the granted marks: `emphasis`, `strong`, `strikethrough`, `quote`, `spoiler`, `animation`,
            `announcement`, `bad`, `big`, `code`, `collapse`, `list`, `rp`, `sidenote`, `underline`, `user`, and `mod`
            and `admin`, which tokens never have.
        depth: Number of marks, links included, that may be open at once. None if it is not limited.
        icons: Names of the granted icons.
        links: Schemes of the addresses that links may have, such as `https`.

    Example:
        An editor shows the buttons whose mark is granted:

        >>> grammar = Section.get("main_en", identity=token).grammar
        >>> [name for name in ("strong", "emphasis", "spoiler") if grammar is None or grammar.allows(name)]
        ['strong', 'emphasis']
    """

    def __init__(self, grammar: Mapping[str, object]) -> None:
        self.flags = frozenset(name for name, value in grammar.items() if value is True)
        depth = grammar.get("depth")
        self.depth: int | None = depth if type(depth) is int else None
        self.icons = _strings(grammar.get("icons"))
        self.links = _strings(grammar.get("links"))

    def allows(self, flag: str) -> bool:
        """Return whether a mark is granted.

        Args:
            flag: Name of the mark, such as `strong`.

        Returns:
            Whether it is in `flags`.

        Example:
            >>> Grammar({"strong": True, "quote": False}).allows("quote")
            False
        """
        return flag in self.flags

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if isinstance(other, Grammar) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.flags, self.depth, self.icons, self.links))

    def __repr__(self) -> str:
        return f"<Grammar {', '.join(sorted(self.flags))}>"


def _strings(value: object) -> tuple[str, ...]:
    values = cast("list[object]", value) if isinstance(value, list) else []
    return tuple(item for item in values if isinstance(item, str))


class SectionName:
    """The section that another one is in.

    Args:
        section: The part of a response to convert.

    Attributes:
        identifier: The UUID, in lower case. Pass it to `Section.get` to read the section.
        key: A short name that can be used instead of the id. None if there is none.
        name: The title of the section.
    """

    def __init__(self, section: models.ForumSectionRef) -> None:
        self.identifier = str(section.id)
        self.key = section.key
        self.name = section.display_name

    def __repr__(self) -> str:
        return f"<SectionName {self.identifier} {self.key or self.name!r}>"


class LastPost(Authored):
    """The newest post of a thread, without its body: who wrote it, and when.

    It has the attributes `identifier`, `created_at`, `author`, `author_role` and `author_game`, as
    [`Post`][eternaltwin.forum.Post] has.

    Args:
        post: The part of a response to convert.
    """

    def __init__(self, post: models.ForumLastPost) -> None:
        super().__init__(post)

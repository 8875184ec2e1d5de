"""What the configuration says about sections of the forum, and the users and threads that tests mark.

All of this belongs to one server, is kept in memory, and is forgotten when the server is reset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eternaltwin.devserver.config import ForumSectionSeed
from eternaltwin.devserver.domain.grammar import WritingGrammar
from eternaltwin.devserver.domain.names import seed_id
from eternaltwin.devserver.services.seed_errors import seed_error

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.devserver.domain.forum import SectionRecord, Standing


class ParentSection(NamedTuple):
    """The section that another one is in.

    Attributes:
        id: Id.
        key: Key in the configuration.
        display_name: Display name.
    """

    id: UUID
    key: str
    display_name: str


class SectionSettings:
    """How sections are nested, and what may be written in them. Sections that no seed names have the defaults.

    Args:
        seeds: The sections by their keys in the configuration.

    Raises:
        ConfigurationError: A parent does not exist, or is within the section itself.
    """

    def __init__(self, seeds: dict[str, ForumSectionSeed]) -> None:
        self._seeds = seeds
        for key in seeds:
            self._check(key)

    def _check(self, key: str) -> None:
        seen, parent = {key}, self._seeds[key].parent
        while parent is not None:
            if parent not in self._seeds:
                raise seed_error(f"seed.forum_section.{key}.parent", f"there is no section {parent!r}")
            if parent in seen:
                raise seed_error(f"seed.forum_section.{key}.parent", f"{parent!r} is in the section itself")
            seen.add(parent)
            parent = self._seeds[parent].parent

    def parent(self, section: SectionRecord) -> ParentSection | None:
        """Return the section that a section is in.

        Args:
            section: The section.

        Returns:
            The section around it, or None.
        """
        seed = self._seeds.get(section.key)
        if seed is None or seed.parent is None:
            return None
        return ParentSection(seed_id("forum_section", seed.parent), seed.parent, self._seeds[seed.parent].display_name)

    def children(self, section: SectionRecord) -> list[str]:
        """Return the sections that are directly in a section.

        Args:
            section: The section.

        Returns:
            Their keys.
        """
        return [key for key, seed in self._seeds.items() if seed.parent == section.key]

    def grammar(self, section: SectionRecord, standing: Standing, roles: frozenset[str]) -> WritingGrammar:
        """Return the Marktwin that a user may write in a section.

        Args:
            section: The section.
            standing: What decides what the user may do there.
            roles: The flags that the user has for their roles, `mod` and `admin`.

        Returns:
            The grammar, which grants nothing to those who cannot write.
        """
        if not standing.can_write:
            return WritingGrammar()
        seed = self._seeds.get(section.key) or ForumSectionSeed(display_name=section.display_name)
        granted = seed.grammar
        return WritingGrammar(
            flags=roles.union(granted.marks),
            depth=granted.depth,
            icons=tuple(granted.icons),
            links=tuple(granted.links),
        )

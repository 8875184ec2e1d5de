"""The archived accounts of older games, which the configuration lists. They are held in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.domain.errors import NameTakenError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.devserver.config.archived_users import ArchivedUserSeed, DinoparcUserSeed, DinozSeed
    from eternaltwin.devserver.config.types import SeedConfig


class Archives:
    """Archived accounts and dinoz, by site and number.

    Args:
        seeds: The seeds of the configuration.

    Raises:
        NameTakenError: Two accounts, or two dinoz, have the same site and number.
    """

    def __init__(self, seeds: SeedConfig) -> None:
        self._accounts: dict[tuple[str, int], ArchivedUserSeed] = {}
        self._dinoz: dict[tuple[str, int], tuple[DinoparcUserSeed, DinozSeed]] = {}
        self._add(seeds.dinoparc_user.values())
        self._add(seeds.hammerfest_user.values())
        self._add(seeds.twinoid_user.values())
        for seed in seeds.dinoparc_user.values():
            self._add_dinoz_of(seed)

    def _add(self, seeds: Iterable[ArchivedUserSeed]) -> None:
        for seed in seeds:
            if self._accounts.setdefault((seed.server, seed.id), seed) is not seed:
                raise NameTakenError(f"there are two archived accounts {seed.id} of {seed.server}")

    def _add_dinoz_of(self, owner: DinoparcUserSeed) -> None:
        for number, seed in owner.dinoz.items():
            entry = (owner, seed)
            if self._dinoz.setdefault((owner.server, int(number)), entry) is not entry:
                raise NameTakenError(f"there are two archived dinoz {number} of {owner.server}")

    def all(self) -> list[ArchivedUserSeed]:
        """List all accounts.

        Returns:
            The accounts, by game and then in the order of the configuration.
        """
        return list(self._accounts.values())

    def account(self, site: str, number: int) -> ArchivedUserSeed | None:
        """Return an account.

        Args:
            site: Name of the site, such as `hammerfest.fr`.
            number: Number of the account.

        Returns:
            The account, or None if it is not archived.
        """
        return self._accounts.get((site, number))

    def dinoz(self, server: str, number: int) -> tuple[DinoparcUserSeed, DinozSeed] | None:
        """Return a dinoz of Dinoparc.

        Args:
            server: Name of the site, such as `dinoparc.com`.
            number: Number of the dinoz.

        Returns:
            The owner and the dinoz, or None if the dinoz is not archived.
        """
        return self._dinoz.get((server, number))

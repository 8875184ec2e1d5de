"""The archived accounts of older games, which the configuration lists. They are held in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.services.seed_errors import check_distinct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.devserver.config.archived_users import ArchivedUserSeed, DinoparcUserSeed, DinozSeed
    from eternaltwin.devserver.config.types import SeedConfig


class Archives:
    """Archived accounts and dinoz, by site and number.

    Args:
        seeds: The seeds of the configuration.

    Raises:
        ConfigurationError: Two accounts, or two dinoz, have the same site and number.
    """

    def __init__(self, seeds: SeedConfig) -> None:
        self.load(seeds)

    def load(self, seeds: SeedConfig) -> None:
        """Replace all accounts and dinoz by those of a configuration.

        Args:
            seeds: The seeds of the configuration.

        Raises:
            ConfigurationError: Two accounts, or two dinoz, have the same site and number. Nothing was replaced.
        """
        tables: dict[str, Mapping[str, ArchivedUserSeed]] = {
            "dinoparc_user": seeds.dinoparc_user,
            "hammerfest_user": seeds.hammerfest_user,
            "twinoid_user": seeds.twinoid_user,
        }
        accounts = {f"seed.{table}.{key}": seed for table, found in tables.items() for key, seed in found.items()}
        check_distinct((key, f"archived accounts {seed.id} of {seed.server}") for key, seed in accounts.items())
        dinoz = [
            (f"seed.dinoparc_user.{key}.dinoz.{number}", owner, int(number), seed)
            for key, owner in seeds.dinoparc_user.items()
            for number, seed in owner.dinoz.items()
        ]
        check_distinct((key, f"archived dinoz {number} of {owner.server}") for key, owner, number, _ in dinoz)
        self._seeds = accounts
        self._accounts = {(seed.server, seed.id): seed for seed in accounts.values()}
        self._dinoz = {(owner.server, number): (owner, seed) for _, owner, number, seed in dinoz}

    def all(self) -> dict[str, ArchivedUserSeed]:
        """List all accounts.

        Returns:
            The accounts by their keys, such as `seed.twinoid_user.twino`, by game and then in the order of the
            configuration.
        """
        return self._seeds

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

"""The archived accounts of older games: those of the configuration, and those added later. They are held in memory."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from eternaltwin.devserver.config.conversion import ServerConfigWarning, config_over
from eternaltwin.devserver.config.types import ServerConfig
from eternaltwin.devserver.services.seed_errors import check_distinct
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eternaltwin.devserver.config.archived_users import ArchivedUserSeed, DinoparcUserSeed, DinozSeed
    from eternaltwin.devserver.config.types import SeedConfig


#: The tables of archived accounts in a configuration.
_TABLES = ("dinoparc_user", "hammerfest_user", "twinoid_user")


def _changed(
    current: Mapping[str, ArchivedUserSeed], old: Mapping[str, ArchivedUserSeed], new: Mapping[str, ArchivedUserSeed]
) -> dict[str, ArchivedUserSeed]:
    """Return current accounts with the difference between two configurations."""
    kept = {key: seed for key, seed in current.items() if key in new or old.get(key) != seed}
    return {**kept, **{key: seed for key, seed in new.items() if old.get(key) != seed}}


class Archives:
    """Archived accounts and dinoz, by site and number.

    Args:
        seeds: The seeds of the configuration.

    Raises:
        ConfigurationError: Two accounts, or two dinoz, have the same site and number.
    """

    def __init__(self, seeds: SeedConfig) -> None:
        self._of_configuration = seeds
        self._use(seeds)

    def reset(self) -> None:
        """Forget the accounts that were added later."""
        self._use(self._of_configuration)

    def load(self, seeds: SeedConfig) -> Callable[[], None]:
        """Apply the difference between a changed configuration and that of before. Accounts that were added later stay.

        Args:
            seeds: The seeds of the configuration.

        Returns:
            A function that undoes it.

        Raises:
            ConfigurationError: Two accounts, or two dinoz, have the same site and number. Nothing was changed.
        """
        before, current = self._of_configuration, self._current
        changes = {
            table: _changed(getattr(current, table), getattr(before, table), getattr(seeds, table)) for table in _TABLES
        }
        self._use(msgspec.structs.replace(current, **changes))
        self._of_configuration = seeds

        def undo() -> None:
            self._of_configuration = before
            self._use(current)

        return undo

    def add(self, table: str, key: str, content: object) -> None:
        """Add an account, or change one, until the next reset.

        Args:
            table: The table of the configuration: `dinoparc_user`, `hammerfest_user` or `twinoid_user`.
            key: Key of the account in that table.
            content: What the configuration would contain in `[seed.TABLE.KEY]`, as it is read from TOML or JSON.

        Raises:
            ConfigurationError: A value is wrong, a key is unknown, or another account has the number.
        """
        old = ServerConfig(seed=self._current)
        with warnings.catch_warnings():
            warnings.simplefilter("error", ServerConfigWarning)
            try:
                new = config_over(old, {"seed": {table: {key: content}}}, Path("archives"))
            except ServerConfigWarning as warning:
                problem = str(warning)
            else:
                self._use(new.seed)
                return
        raise ConfigurationError(problem)

    def _use(self, seeds: SeedConfig) -> None:
        tables: dict[str, Mapping[str, ArchivedUserSeed]] = {table: getattr(seeds, table) for table in _TABLES}
        found = {f"seed.{table}.{key}": seed for table, entries in tables.items() for key, seed in entries.items()}
        check_distinct((key, f"archived accounts {seed.id} of {seed.server}") for key, seed in found.items())
        dinoz = [
            (f"seed.dinoparc_user.{key}.dinoz.{number}", owner, int(number), seed)
            for key, owner in seeds.dinoparc_user.items()
            for number, seed in owner.dinoz.items()
        ]
        check_distinct((key, f"archived dinoz {number} of {owner.server}") for key, owner, number, _ in dinoz)
        self._current = seeds
        self._seeds = found
        self._accounts = {(seed.server, seed.id): seed for seed in found.values()}
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

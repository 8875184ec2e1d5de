"""Which connection a command uses: that of its options, of a profile, of the environment, or eternaltwin.org."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from eternaltwin.cli.config import choose_profile

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from eternaltwin.clients.sync.clients import Eternaltwin

#: The variables of the environment, by setting: those of `configure_from_environment`.
VARIABLES = {
    "url": "ETERNALTWIN_URL",
    "public_url": "ETERNALTWIN_PUBLIC_URL",
    "client_id": "ETERNALTWIN_CLIENT_ID",
    "client_secret": "ETERNALTWIN_CLIENT_SECRET",
    "redirect_uri": "ETERNALTWIN_REDIRECT_URI",
    "state_key": "ETERNALTWIN_STATE_KEY",
}

#: Without a handler, Python prints warnings such as that of a retry, and the failure is printed anyway.
_NO_LOG = logging.NullHandler()

#: The settings of a game, of which all are set or none.
_OF_A_GAME = ("client_id", "client_secret", "redirect_uri", "state_key")


class ChosenConnection(NamedTuple):
    """The options with which a command chooses its connection.

    Attributes:
        url: Address of the server.
        profile: Name of a profile.
        timeout: Seconds that a call may take.
    """

    url: str | None = None
    profile: str | None = None
    timeout: float | None = None

    def settings(self) -> dict[str, Any]:
        """Return the settings of the connection, which may be incomplete.

        A profile that is named outranks the environment, and the environment the default profile. `url` replaces the
        address of both.

        Returns:
            The settings by name, without those that are not set.

        Raises:
            ConfigurationError: There is no such profile, or the file with the profiles is wrong.
        """
        environment = _settings_of(os.environ)
        if self.profile is None and environment:
            found = environment
        else:
            profile = None if self.url is not None and self.profile is None else choose_profile(self.profile)
            found = {} if profile is None else _set_fields(msgspec.structs.asdict(profile))
        if self.url is not None:
            found = {**found, "url": self.url}
            found.pop("public_url", None)
        return found if self.timeout is None else {**found, "timeout": self.timeout}


def _settings_of(environment: Mapping[str, str]) -> dict[str, Any]:
    return _set_fields({name: environment.get(variable) for name, variable in VARIABLES.items()})


def _set_fields(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value}


@contextmanager
def opened(chosen: ChosenConnection, *, needs_game: bool = False) -> Generator[Eternaltwin]:
    """Open the client of a command, and close it at the end.

    Args:
        chosen: The options of the command.
        needs_game: Whether the command needs the settings of a game. Others ignore incomplete ones, and only read.

    Yields:
        The client.

    Raises:
        ConfigurationError: A setting is wrong or missing.
    """
    from eternaltwin.clients.http.observation import RETRIES
    from eternaltwin.clients.sync.clients import Eternaltwin

    RETRIES.addHandler(_NO_LOG)
    settings = chosen.settings()
    if not needs_game and not all(name in settings for name in _OF_A_GAME):
        settings = {name: value for name, value in settings.items() if name not in _OF_A_GAME}
    with Eternaltwin(**settings) as client:
        yield client

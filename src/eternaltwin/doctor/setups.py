"""The set-up of a game: its settings, checked one by one, so that one that is wrong hides no other."""

from __future__ import annotations

import secrets
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.settings import CLIENT_SETTING_NAMES
from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.doctor.findings import Finding
from eternaltwin.doctor.probes import Address
from eternaltwin.exceptions import ConfigurationError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.clients.http.transports import Transport
    from eternaltwin.clients.settings import CheckedSettings
    from eternaltwin.login import SingleUseStore

__all__ = ["GameSetup"]

#: Name of the check of the settings themselves.
SETTINGS = "settings"

#: What stands for a setting that is wrong, while the others are checked.
_PLACEHOLDERS: dict[str, object] = {
    "client_id": "unknown@clients",
    "client_secret": "unknown",
    "redirect_uri": "http://localhost/",
    "state_key": secrets.token_hex(32),
    "url": "http://localhost",
}

#: The settings that together are the address of the server.
_ADDRESS = ("url", "scheme", "host", "port", "prefix")


@dataclass(frozen=True)
class GameSetup:
    """A game's settings, as a framework or the environment has them. Its `repr` shows no secret.

    Attributes:
        settings: Settings of the connection by name, not checked, as for
            [`configure`][eternaltwin.connections.configure].
        alias: Alias of the connection, for messages.
        store: The store of used sign-ins. None if it is not known.
        secure: Whether cookies are sent over https only. `"auto"` means whether `redirect_uri` is https.
        secrets: Other secrets of the application, which must not also be the `state_key`.
        game_url: Where players open the game, such as `http://localhost:8000`. None if it is not known.
        source: Where the settings come from, for people.
        findings: What was found while the settings were read.
    """

    settings: Mapping[str, object] = field(repr=False)
    alias: str = DEFAULT_ALIAS
    store: SingleUseStore | None = None
    secure: bool | Literal["auto"] = "auto"
    secrets: tuple[str | bytes, ...] = field(default=(), repr=False)
    game_url: str | None = None
    source: str = "the settings given"
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class CheckedSetup:
    """A set-up whose settings are checked.

    Attributes:
        given: The set-up as given.
        settings: The checked settings. Those that were wrong are replaced.
        wrong: Names of the settings that were wrong, so that nothing can be said about them.
        findings: What was found.
        timeout: Seconds that each request may take.
    """

    given: GameSetup
    settings: CheckedSettings
    wrong: frozenset[str]
    findings: tuple[Finding, ...]
    timeout: float

    @property
    def server(self) -> Address:
        """The address of the server, as this process reaches it."""
        settings = self.settings
        transport = cast("Transport | None", settings.transport)
        return Address(settings.base_url, self.timeout, settings.verify_ssl, transport)

    @property
    def public_server(self) -> Address:
        """The address of the server, as browsers reach it."""
        if self.settings.public_url == self.settings.base_url:
            return self.server
        return Address(self.settings.public_url, self.timeout, self.settings.verify_ssl)

    @property
    def has_game(self) -> bool:
        """Whether the connection has an OAuth client. If not, it only reads."""
        return self.settings.oauth_client is not None


def check_setup_settings(setup: GameSetup, timeout: float) -> CheckedSetup:
    """Check the settings one by one.

    Args:
        setup: The set-up.
        timeout: Seconds that each request of later checks may take.

    Returns:
        The set-up with checked settings.
    """
    settings, wrong, findings = dict(setup.settings), list[str](), list(setup.findings)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        while (checked := _try_settings(settings, wrong, findings)) is None:
            settings = _replaced(settings, wrong[-1])
    notes = dict.fromkeys(str(warning.message) for warning in caught)
    findings += [Finding(SETTINGS, "note", "spelling", note, next="Write it as proposed.") for note in notes]
    return CheckedSetup(setup, checked, frozenset(wrong), tuple(findings or [_fine(checked)]), timeout)


def _try_settings(settings: Mapping[str, object], wrong: list[str], findings: list[Finding]) -> CheckedSettings | None:
    """Return the checked settings, or None after adding what is wrong to the lists."""
    try:
        return ClientABC.check(settings)
    except (ConfigurationError, MissingExtraError) as exc:
        name = _setting_of(exc)
        if name in wrong:  # replacing it was of no use
            raise
        findings.append(_wrong(name, exc))
        wrong.append(name)
        return None


def _setting_of(exc: ConfigurationError | MissingExtraError) -> str:
    """Return the setting that is wrong. Only that of a cache opens something that needs an extra."""
    name = exc.setting if isinstance(exc, ConfigurationError) else None
    return "url" if name in _ADDRESS else name or "profile_cache"


def _wrong(name: str, exc: Exception) -> Finding:
    problem = exc.problem if isinstance(exc, ConfigurationError) else str(exc)
    summary = problem if name in problem else f"{name}: {problem}"
    advice = f"Correct the setting {name}, or the variable that it is read from."
    return Finding(SETTINGS, "error", f"wrong-{name.replace('_', '-')}", summary, "", advice)


def _replaced(settings: Mapping[str, object], name: str) -> dict[str, object]:
    """Return the settings without one that is wrong, or with another in its place."""
    dropped = _ADDRESS if name == "url" else (name,)
    left = {key: value for key, value in settings.items() if key not in dropped}
    return {**left, name: _PLACEHOLDERS[name]} if name in _PLACEHOLDERS else left


def _fine(checked: CheckedSettings) -> Finding:
    client = checked.oauth_client
    if client is not None:
        return Finding.ok(SETTINGS, f"The settings of {client.client_id} are complete")
    summary = "The connection only reads: it has no game to check"
    advice = f"To sign players in, set {', '.join(CLIENT_SETTING_NAMES)}."
    return Finding(SETTINGS, "note", "reads-only", summary, next=advice)

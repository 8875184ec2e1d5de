"""Finds what is wrong with the set-up of a game, and how to mend it. `eternaltwin doctor` shows it.

A game's own tests may call it, too:

Example:
    ```python
    from eternaltwin.doctor import check_setup


    def test_the_set_up_is_right() -> None:
        assert not [found for found in check_setup(settings) if found.level == "error"]
    ```

No finding contains a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.clients.validation.settings import check_seconds
from eternaltwin.doctor.checkup import run_checks
from eternaltwin.doctor.findings import Finding, FindingLevel
from eternaltwin.doctor.live import watch_sign_in
from eternaltwin.doctor.setups import GameSetup, check_setup_settings
from eternaltwin.hidden import clears_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DEFAULT_TIMEOUT", "Finding", "FindingLevel", "GameSetup", "check_setup", "watch_sign_in"]

#: Seconds that each request of a check may take, by default.
DEFAULT_TIMEOUT = 3.0


@clears_frames
def check_setup(
    setup: GameSetup | Mapping[str, object],
    *,
    timeout: float = DEFAULT_TIMEOUT,
    on_finding: Callable[[Finding], object] | None = None,
) -> list[Finding]:
    """Check the set-up of a game: its settings, its server, and what lies between them.

    It asks the server with the game's credentials, and the callback without parameters. It changes nothing, except that
    a shared store of used sign-ins keeps a random key for a second.

    Args:
        setup: The set-up, or only the settings of its connection, by name, as for
            [`configure`][eternaltwin.connections.configure]. Settings that are wrong are findings.
        timeout: Seconds that each request may take, more than 0. All checks together take a few times as long.
        on_finding: Called with each finding as soon as there is one, in this thread. None to wait for all.

    Returns:
        The findings, in a fixed order. Something is wrong if the level of one is `error`.

    Raises:
        ConfigurationError: `timeout` is not a positive number.

    Example:
        >>> for found in check_setup({**settings, "client_secret": "wrong"}):
        ...     if found.level == "error":
        ...         print(found.summary)
        client_secret is wrong: the server knows mygame@clients, and has another secret for it
    """
    given = setup if isinstance(setup, GameSetup) else GameSetup(setup)
    checked = check_setup_settings(given, check_seconds("timeout", timeout))
    return run_checks(checked, on_finding or _ignore)


def _ignore(finding: Finding) -> None:
    del finding

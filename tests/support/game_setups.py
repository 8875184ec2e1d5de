"""Set-ups to check, and the findings in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.doctor import Finding, check_setup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eternaltwin.devserver import DevServer
    from tests.support.servers import Peer

GAME = "mygame@clients"
SECRET = "the s3cret of the game"
CALLBACK = "http://localhost:1/oauth/callback"

#: The game that the servers of these tests know. Nothing listens on port 1.
SEEDS = {"seed": {"app": {"mygame": {"display_name": "My Game", "oauth_callback": CALLBACK, "secret": SECRET}}}}


def game_on(server: DevServer, **changes: object) -> dict[str, object]:
    """Return the settings of the game, with changes."""
    return {**server.connection_settings(GAME), **changes}


def failures(findings: list[Finding]) -> list[str]:
    """Return the codes of what is wrong."""
    return [found.code for found in findings if found.is_failure]


def finding(findings: list[Finding], name: str) -> Finding:
    """Return the only finding of a check."""
    (found,) = [found for found in findings if found.name == name]
    return found


def found_in(settings: Mapping[str, object], name: str, timeout: float = 3) -> Finding:
    """Check settings, and return the finding of a check."""
    return finding(check_setup(settings, timeout=timeout), name)


def one_each(*responses: bytes) -> Callable[[Peer], None]:
    """Return a script that sends one response on each connection, and the last one on all further ones."""

    def script(peer: Peer) -> None:
        if peer.read():
            peer.send(responses[min(peer.number, len(responses) - 1)])

    return script

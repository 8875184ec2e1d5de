"""Is `redirect_uri` the registered callback, character for character?"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eternaltwin.doctor.findings import Finding
from eternaltwin.doctor.registrations import Match, registration_of
from eternaltwin.error_responses import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.doctor.setups import CheckedSetup

REDIRECT_CHECK = "redirect_uri"

#: Maximum number of characters of an address that is shown.
_SHOWN = 300


def check_redirect_uri(setup: CheckedSetup) -> Iterator[Finding]:
    """Compare `redirect_uri` with the callback that the server has registered.

    Args:
        setup: The set-up, with a game, whose `url` is right.

    Yields:
        One finding.
    """
    provided, registration = setup.settings.redirect_uri, registration_of(setup)
    if registration is None:
        yield Finding(
            REDIRECT_CHECK,
            "skipped",
            "skipped",
            "Not checked: the server shows the registered callback to the game only, whose credentials it refuses",
        )
    elif registration.match is Match.UNKNOWN_GAME:
        yield Finding(REDIRECT_CHECK, "skipped", "skipped", "Not checked: the server does not know the game")
    elif registration.callback is None:
        yield Finding.ok(REDIRECT_CHECK, f"redirect_uri is the registered callback, {provided}")
    else:
        yield explain_callbacks(registration.callback, provided)


def explain_callbacks(registered: str, provided: str) -> Finding:
    """Return how a callback differs from the registered one.

    Args:
        registered: The callback that the server has registered.
        provided: The setting `redirect_uri`.

    Returns:
        The finding, with the two addresses below each other and their first difference marked.
    """
    place = first_difference(registered, provided)
    shown = [printable(address, _SHOWN) for address in (registered, provided)]
    return Finding(
        REDIRECT_CHECK,
        "error",
        "other-callback",
        f"redirect_uri is not the registered callback: {_what_differs(registered, provided)}",
        f"registered: {shown[0]}\nprovided:   {shown[1]}\n            {' ' * place}^",
        "Set redirect_uri to the registered address, or register the other one: the server compares every character"
        " (oauth_callback in eternaltwin.toml).",
    )


def first_difference(first: str, second: str) -> int:
    """Return where two strings begin to differ.

    Args:
        first: A string.
        second: Another string.

    Returns:
        Number of characters, from the start, that they have in common.
    """
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


def _what_differs(registered: str, provided: str) -> str:
    """Return the part in which two addresses differ, for the first line."""
    if registered.rstrip("/") == provided.rstrip("/"):
        return "one of the two ends with a slash"
    there, here = urlsplit(registered), urlsplit(provided)
    for part, one, other in (
        ("scheme", there.scheme, here.scheme),
        ("host or the port", there.netloc, here.netloc),
        ("path", there.path, here.path),
    ):
        if one != other:
            return f"the {part} differs"
    return "the query differs"

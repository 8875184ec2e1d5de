"""Is `state_key` usable?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.doctor.findings import Finding
from eternaltwin.exceptions import EternalTwinError
from eternaltwin.integrations.shared.checks import check_state_key
from eternaltwin.keys import KeyRing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.doctor.setups import CheckedSetup
    from eternaltwin.keys import KeyABC

KEY_CHECK = "state_key"

#: Number of different characters below which a secret was hardly chosen at random: one of 43 characters has about 30.
_FEW_CHARACTERS = 10


def check_key(setup: CheckedSetup) -> Iterator[Finding]:
    """Check that `state_key` signs and verifies states, and is used for nothing else.

    Args:
        setup: The set-up, with a game.

    Yields:
        One finding, or several.
    """
    key, given = setup.settings.state_key, setup.given
    try:
        key.decode(key.encode({"purpose": "doctor"}))
    except EternalTwinError as exc:
        yield Finding(
            KEY_CHECK,
            "error",
            "unusable-key",
            "state_key cannot sign the states of sign-ins",
            f"{exc}.",
            "Give the private part of the key as well, and install what its kind needs.",
        )
        return
    reused = list(check_state_key(given.alias, setup.settings, given.secrets))
    yield from (Finding(KEY_CHECK, "warning", item.id, item.problem.rstrip("."), "", item.hint) for item in reused)
    if is_guessable(given.settings.get("state_key")):
        yield Finding(
            KEY_CHECK,
            "warning",
            "guessable-key",
            "state_key has few different characters, so that it may be guessed",
            next="Create a random one: eternaltwin keygen.",
        )
    elif not reused:
        yield Finding.ok(KEY_CHECK, f"state_key is usable ({_kind(key)})")


def is_guessable(secret: object) -> bool:
    """Return whether a secret looks as if a person has typed it.

    Args:
        secret: The setting `state_key`.

    Returns:
        True for a string with less than 10 different characters. False for keys, whose material is hidden.
    """
    return isinstance(secret, str | bytes) and len(set(secret)) < _FEW_CHARACTERS


def _kind(key: KeyABC) -> str:
    return f"{len(key.keys)} keys, the first of which signs" if isinstance(key, KeyRing) else key.algorithm

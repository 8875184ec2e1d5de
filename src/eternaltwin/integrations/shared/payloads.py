"""The JSON that front ends in JavaScript send and receive, and the forms of pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from eternaltwin.integrations.shared.failures import failure_word
from eternaltwin.integrations.shared.pages import SIGN_IN_FIRST

if TYPE_CHECKING:
    from eternaltwin.exceptions import LoginError
    from eternaltwin.integrations.shared.players import Player
    from eternaltwin.login.tickets import Process

#: Maximum size of a submitted body, in bytes, and maximum number of its fields.
MAX_BODY = 16_384
MAX_FIELDS = 20


def expects_json(accept: str) -> bool:
    """Return whether a request expects JSON instead of a redirect or a page.

    Args:
        accept: Header `Accept` of the request, or an empty string.

    Returns:
        True if it names `application/json`, and not `text/html`, which browsers name when they open a page.
    """
    types = [entry.partition(";")[0].strip().lower() for entry in accept.split(",")]
    return "application/json" in types and "text/html" not in types


def submitted_fields(content_type: str, body: bytes) -> dict[str, str]:
    """Read the fields of a submitted form, or of a JSON object.

    Args:
        content_type: Header `Content-Type` of the request, or an empty string.
        body: Body of the request, at most 16,384 bytes.

    Returns:
        The fields by name; of fields with the same name, the last. Only the strings of a JSON object. Empty if the body
        is something else, or a form with more than 20 fields.
    """
    try:
        if content_type.partition(";")[0].strip().lower() == "application/json":
            return _strings_of(cast("object", json.loads(body)))
        return dict(parse_qsl(body.decode("latin-1"), max_num_fields=MAX_FIELDS))
    except (ValueError, RecursionError):
        return {}


def process_of(submitted: object) -> Process:
    """Return what a sign-in is for.

    Args:
        submitted: The field or the parameter `process` of a request, or None.

    Returns:
        `"connect"`, or `"login"` for every other value.
    """
    return "connect" if submitted == "connect" else "login"


def _strings_of(content: object) -> dict[str, str]:
    fields = cast("dict[str, object]", content) if isinstance(content, dict) else {}
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def url_payload(url: str) -> dict[str, str]:
    """Return the JSON that replaces a redirect.

    Args:
        url: Target of the redirect, which the front end opens.

    Returns:
        An object with the key `url`.
    """
    return {"url": url}


def player_payload(player: Player) -> dict[str, str | bool]:
    """Return the signed-in player as JSON.

    Args:
        player: The player.

    Returns:
        An object with `identifier`, `display_name`, `is_administrator` and `logged_in_at` (ISO 8601, in UTC).
    """
    return {
        "identifier": player.identifier,
        "display_name": player.display_name,
        "is_administrator": player.is_administrator,
        "logged_in_at": player.logged_in_at.isoformat().replace("+00:00", "Z"),
    }


def failure_payload(exc: LoginError, language: str) -> dict[str, str]:
    """Return the JSON of a request that failed, in place of the redirect to a page.

    Args:
        exc: The error.
        language: One of `LANGUAGES`.

    Returns:
        An object with `error`, the sentence for the player, and `reason`, a key of `FAILURES`.
    """
    return {"error": exc.message_in(language), "reason": failure_word(exc)}


def guest_payload() -> dict[str, str]:
    """Return the JSON of the status 401.

    Returns:
        An object with the key `error`.
    """
    return {"error": SIGN_IN_FIRST}

"""Explains to the developer of a game why its authorization request is refused, and what to change."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import msgspec

from eternaltwin.devserver.domain.addresses import absolute_url
from eternaltwin.devserver.domain.differences import difference, visible
from eternaltwin.devserver.domain.toml import toml_table
from eternaltwin.devserver.pages.forms import query_fields
from eternaltwin.devserver.pages.views import Advice, Explanation, game_view
from eternaltwin.rules.clients import CLIENT_KEY_SUFFIX, is_client_key

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse

#: The callback in a proposal, where the game has sent none that can be registered.
_SAMPLE_CALLBACK = "http://localhost:8000/oauth/callback"


class CodedBody(msgspec.Struct, frozen=True):
    """The body of an error with a code.

    Attributes:
        code: The code, such as `Q1003`.
        message: The message.
        extra: Details.
    """

    code: str
    message: str
    extra: dict[str, object] | None = None


def coded_body(response: ApiResponse) -> CodedBody | None:
    """Return the error in a response.

    Args:
        response: The response to a request that was refused.

    Returns:
        The error, or None if it has no code.
    """
    try:
        return msgspec.json.decode(response.body, type=CodedBody)
    except msgspec.DecodeError:
        return None


def explain(request: ApiRequest, code: str | None) -> Explanation:
    """Explain why an authorization request is refused.

    Args:
        request: The authorization request, whose handler may read everything.
        code: The code of the error, such as `Q1003`, or None for an error without a code.

    Returns:
        The explanation.
    """
    fields = query_fields(request)
    client = request.world.sign_in.client_named(fields.get("client_id", ""))
    parameter, advise = _ADVICE.get(code or "", ("client_id", _nothing))
    callbacks = difference(client.callback, fields["redirect_uri"]) if code == "Q1003" and client else None
    return Explanation(
        game=None if client is None else game_view(client),
        parameter=parameter,
        provided=_shown(fields.get(parameter)),
        callbacks=callbacks,
        advice=advise(request, fields),
    )


def _nothing(_: ApiRequest, _fields: dict[str, str]) -> tuple[Advice, ...]:
    """Advise nothing, as the message of the error says it all."""
    return ()


def _shown(value: str | None) -> str | None:
    return None if value is None else visible(value)


# --- advice, by code


def _on_the_game(request: ApiRequest, fields: dict[str, str]) -> tuple[Advice, ...]:
    """Advise on a client_id that is missing, malformed or unknown."""
    reference = fields.get("client_id", "")
    known = [client.key for client in request.world.clients()]
    similar = get_close_matches(_with_suffix(reference), known, n=1, cutoff=0.8)
    meant = tuple(Advice("If this is the game, let it send this client_id:", key) for key in similar)
    return (*meant, _new_game(reference, fields.get("redirect_uri", "")))


def _with_suffix(reference: str) -> str:
    return f"{reference[:64].removesuffix(CLIENT_KEY_SUFFIX)}{CLIENT_KEY_SUFFIX}"


def _new_game(reference: str, redirect_uri: str) -> Advice:
    key = _with_suffix(reference) if is_client_key(_with_suffix(reference)) else f"mygame{CLIENT_KEY_SUFFIX}"
    name = key.removesuffix(CLIENT_KEY_SUFFIX)
    callback = absolute_url(redirect_uri) or _SAMPLE_CALLBACK
    table = {"display_name": name, "uri": urljoin(callback, "/"), "oauth_callback": callback, "secret": "dev"}
    text = f"If the game is new, add it to eternaltwin.toml. Its client_id is then {key}:"
    return Advice(text, toml_table(f"seed.app.{name}", table))


def _on_the_callback(request: ApiRequest, fields: dict[str, str]) -> tuple[Advice, ...]:
    """Advise on a redirect_uri that is not the registered one."""
    client = request.world.client(fields["client_id"])
    provided = fields["redirect_uri"]
    send = Advice("If the registered address is right, let the game send it as its redirect_uri:", client.callback)
    wanted = absolute_url(provided)
    if wanted is None or wanted == client.callback:
        return (send,)
    exactly = "" if wanted == provided else ", and let the game send it exactly as it stands here"
    text = f"If the game's address is right, register it in eternaltwin.toml{exactly}:"
    table = toml_table(f"seed.app.{client.key.removesuffix(CLIENT_KEY_SUFFIX)}", {"oauth_callback": wanted})
    return (Advice(text, table), send)


def _on_the_response_type(_: ApiRequest, _fields: dict[str, str]) -> tuple[Advice, ...]:
    return (Advice("Let the game send this parameter (RFC 6749, section 4.1.1):", "response_type=code"),)


def _on_the_scope(request: ApiRequest, _: dict[str, str]) -> tuple[Advice, ...]:
    behaviour = request.world.behaviour
    text = f"Let the game request these scopes or fewer. Version {behaviour.version} of the server has no others:"
    return (Advice(text, " ".join(sorted(behaviour.scopes))),)


_Advises = Callable[["ApiRequest", dict[str, str]], tuple[Advice, ...]]

#: By the code of an error: the parameter that it is about, and the advice.
_ADVICE: dict[str, tuple[str, _Advises]] = {
    "Q1001": ("client_id", _on_the_game),
    "Q1002": ("client_id", _on_the_game),
    "Q1003": ("redirect_uri", _on_the_callback),
    "Q1004": ("client_id", _on_the_game),
    "Q1005": ("response_type", _on_the_response_type),
    "Q1006": ("response_type", _on_the_response_type),
    "Q1007": ("scope", _on_the_scope),
    "S1001": ("response_type", _on_the_response_type),
}

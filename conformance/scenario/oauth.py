"""The authorization code grant (RFC 6749), with the peculiarities of the official server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.steps import basic, bearer, keeping, query, session, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.steps import Identity, Step

AUTHORIZE = "/oauth/authorize"
TOKEN = "/oauth/token"
CALLBACK = "http://localhost:8000/oauth/callback"
KEY = "python_client@clients"
CLIENT = basic(KEY, "dev_secret")
OTHER_CLIENT = basic("kingdom_dev@clients", "dev")
FORM_TYPE = "application/x-www-form-urlencoded"


def _full(**changes: str) -> str:
    """Return a valid query with changes; an empty value removes a parameter."""
    parameters = {
        "response_type": "code",
        "client_id": KEY,
        "redirect_uri": CALLBACK,
        "scope": "base",
        "state": "st",
    } | changes
    return query(AUTHORIZE, **parameters)


def _without(*names: str, **changes: str) -> str:
    parameters = {"response_type": "code", "client_id": KEY, "redirect_uri": CALLBACK} | changes
    return query(AUTHORIZE, **{name: text for name, text in parameters.items() if name not in names})


def _authorize(name: str, path: str, *by: Identity, **keep: str) -> Step:
    return keeping(step(f"authorize {name}", "GET", path, *(by or (session("user1"),))), **keep)


AUTHORIZATIONS: Sequence[Step] = (
    step("authorize as guest", "GET", _full()),
    step("authorize as guest without query", "GET", AUTHORIZE),
    step("authorize as guest with reserved characters", "GET", _full(state="a b&c=d/é+%")),
    _authorize("ok", _full(), code="query:code", expired_code="expired:code", foreign_code="foreign:code"),
    _authorize("ok without state, scope and redirect", _without("redirect_uri")),
    _authorize("by client id", _full(client_id="$python_client")),
    _authorize("by client id with suffix", _full(client_id="$python_client@clients")),
    _authorize("by client key without suffix", _full(client_id="python_client")),
    _authorize("empty scope", _full(scope="")),
    _authorize("scope twice over", _full(scope=" base  base ")),
    _authorize("bad scope", _full(scope="admin")),
    _authorize("scope of newer servers", _full(scope="base forum:write")),
    _authorize("empty state", _full(state="")),
    _authorize("state with reserved characters", _full(state="a b&c=d/é+%")),
    _authorize("further parameters", _full(access_type="offline", nonce="1", prompt="consent")),
    _authorize("missing client", _without("client_id", state="st")),
    _authorize("empty client", _full(client_id="")),
    _authorize("malformed client", _full(client_id="@@@")),
    _authorize("unknown client", _full(client_id="nosuch@clients")),
    _authorize("unknown client id", _full(client_id="00000000-0000-4000-8000-000000000000")),
    _authorize("redirect mismatch", _full(redirect_uri="http://evil.example/cb")),
    _authorize("redirect with slash", _full(redirect_uri=f"{CALLBACK}/")),
    _authorize("redirect no address", _full(redirect_uri="callback")),
    _authorize("empty redirect", _full(redirect_uri="")),
    _authorize("missing response type", _without("response_type")),
    _authorize("empty response type", _full(response_type="")),
    _authorize("bad response type", _full(response_type="zzz")),
    _authorize("token response type", _full(response_type="token")),
    _authorize("bad scope and bad response type", _full(response_type="zzz", scope="admin")),
    _authorize("without query", AUTHORIZE),
    _authorize("parameter twice", f"{_full()}&state=again"),
    _authorize("as user by basic", _full(), basic("user2", "1234567891"), user2_code="query:code"),
    _authorize("as client", _full(), CLIENT),
    step("authorize head", "HEAD", _full(), session("user1")),
    step("authorize head as guest", "HEAD", _full()),
    step("authorize post", "POST", AUTHORIZE),
)


def _token(name: str, *by: Identity, **body: str) -> Step:
    return step(f"token {name}", "POST", TOKEN, *by, json={"grant_type": "authorization_code", **body})


TOKENS: Sequence[Step] = (
    _token("without auth", code="$code"),
    _token("as user", session("user1"), code="$code"),
    _token("bad secret", basic(KEY, "bad"), code="$code"),
    _token("missing code", CLIENT),
    _token("missing code without auth"),
    _token("empty code", CLIENT, code=""),
    _token("malformed code", CLIENT, code="abc"),
    _token("malformed code of three parts", CLIENT, code="a.b.c"),
    _token("foreign code", CLIENT, code="$foreign_code"),
    _token("expired code", CLIENT, code="$expired_code"),
    _token("wrong client", OTHER_CLIENT, code="$code"),
    _token("expired code of wrong client", OTHER_CLIENT, code="$expired_code"),
    step("token null code", "POST", TOKEN, CLIENT, json={"grant_type": "authorization_code", "code": None}),
    step("token code is a number", "POST", TOKEN, CLIENT, json={"grant_type": "authorization_code", "code": 1}),
    step("token without grant type", "POST", TOKEN, CLIENT, json={"code": "$code"}),
    step("token other grant type", "POST", TOKEN, CLIENT, json={"grant_type": "password", "code": "$code"}),
    step("token form other grant type", "POST", TOKEN, CLIENT, form={"grant_type": "refresh_token", "code": "$code"}),
    step("token form without code", "POST", TOKEN, CLIENT, form={"grant_type": "authorization_code"}),
    step("token form without grant type", "POST", TOKEN, CLIENT, form={"code": "$code"}),
    step("token empty form", "POST", TOKEN, CLIENT, text="", headers={"Content-Type": FORM_TYPE}),
    step("token empty json", "POST", TOKEN, CLIENT, json={}),
    step("token json list", "POST", TOKEN, CLIENT, json=[]),
    step("token bad content type", "POST", TOKEN, CLIENT, text="code=1", headers={"Content-Type": "text/plain"}),
    step("token no content type", "POST", TOKEN, CLIENT, text="code=1"),
    step("token bad json", "POST", TOKEN, CLIENT, text="{", headers={"Content-Type": "application/json"}),
    step(
        "token form parameter twice", "POST", TOKEN, CLIENT, text="code=1&code=2", headers={"Content-Type": FORM_TYPE}
    ),
    step(
        "token client in the form",
        "POST",
        TOKEN,
        form={"grant_type": "authorization_code", "code": "$code", "client_id": KEY, "client_secret": "dev_secret"},
    ),
    step(
        "token ok json",
        "POST",
        TOKEN,
        CLIENT,
        json={"grant_type": "authorization_code", "code": "$code"},
        token="json:access_token",
    ),
    step(
        "token ok form (same code again)",
        "POST",
        TOKEN,
        CLIENT,
        form={"grant_type": "authorization_code", "code": "$code"},
    ),
    step(
        "token ok form with charset",
        "POST",
        TOKEN,
        CLIENT,
        text="grant_type=authorization_code&code=$code",
        headers={"Content-Type": f"{FORM_TYPE}; charset=utf-8"},
    ),
    step(
        "token ok with everything of the standard",
        "POST",
        TOKEN,
        CLIENT,
        form={
            "grant_type": "authorization_code",
            "code": "$code",
            "redirect_uri": "http://other.example/",
            "client_id": KEY,
            "code_verifier": "x",
        },
    ),
    step(
        "token ok by client id",
        "POST",
        TOKEN,
        basic("$python_client@clients", "dev_secret"),
        json={"grant_type": "authorization_code", "code": "$user2_code"},
        user2_token="json:access_token",
    ),
    step("token get", "GET", TOKEN),
    step("self with access token", "GET", "/api/v1/auth/self", bearer("$token")),
    step("self with access token of other user", "GET", "/api/v1/auth/self", bearer("$user2_token")),
    step("self with access token as basic", "GET", "/api/v1/auth/self", basic("$token", "")),
    step("authorize with access token", "GET", _full(), bearer("$token")),
    step("callback bad state", "GET", "/oauth/callback?code=a&state=b"),
    step("callback without query", "GET", "/oauth/callback"),
    step("callback without state", "GET", "/oauth/callback?code=a"),
    step("callback with refusal", "GET", "/oauth/callback?error=access_denied&state=b"),
)

STEPS: Sequence[Step] = (*AUTHORIZATIONS, *TOKENS)

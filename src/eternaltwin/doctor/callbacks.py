"""Does something answer at the callback, and does the browser send the cookies of a sign-in there?"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eternaltwin.doctor.findings import Finding
from eternaltwin.doctor.probes import Address, is_web_address, target_of
from eternaltwin.exceptions import TLSError, TransportError, UnexpectedResponseError
from eternaltwin.integrations.shared.addresses import is_local
from eternaltwin.integrations.shared.checks import (
    check_callback_scheme,
    check_development,
    check_secure,
    check_server,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.doctor.setups import CheckedSetup
    from eternaltwin.integrations.shared.checks import SettingProblem

CALLBACK_CHECK = "callback"
COOKIES_CHECK = "cookies"
SAFETY_CHECK = "safety"


# --- does something answer?


def check_callback(setup: CheckedSetup) -> Iterator[Finding]:
    """Check that something responds at `redirect_uri`. The request has no parameters, so no sign-in ends by it.

    Args:
        setup: The set-up, with a game.

    Yields:
        One finding.
    """
    uri = setup.settings.redirect_uri
    if urlsplit(uri).scheme not in ("http", "https"):
        yield Finding(CALLBACK_CHECK, "note", "not-http", f"The callback is opened by an app, not requested: {uri}")
        return
    try:
        response = Address(uri, setup.timeout).get()
    except TransportError as exc:
        yield _silent(uri, exc)
    except UnexpectedResponseError:
        yield Finding.ok(CALLBACK_CHECK, f"Something answers at the callback, {uri}")
    else:
        yield _answered(uri, response.status_code, response.headers.get("location"))


def _silent(uri: str, exc: TransportError) -> Finding:
    if isinstance(exc, TLSError):
        summary, code = f"Browsers would not trust the TLS of the callback, {uri}", "callback-tls"
    else:
        summary, code = f"Nothing answers at the callback, {uri}", "callback-down"
    return Finding(
        CALLBACK_CHECK,
        "warning",
        code,
        summary,
        f"{exc}.".replace("`url`", "redirect_uri").replace("the server runs", "the game runs"),
        "Start the game. If it runs elsewhere, or behind a proxy, open the address in your browser instead.",
    )


def _answered(uri: str, status: int, location: str) -> Finding:
    elsewhere = _moved(uri, location) if 300 <= status < 400 else None
    if elsewhere is not None:
        return Finding(
            CALLBACK_CHECK,
            "note",
            "callback-moved",
            f"The callback is elsewhere: {uri} redirects to {elsewhere}",
            "The redirect costs time, and at another host the cookies of the sign-in are missing.",
            "Register the address at which the callback itself is.",
        )
    if status in (404, 405, 410):
        return Finding(
            CALLBACK_CHECK,
            "error",
            "no-callback",
            f"The game has no callback at {uri}: it responded with {status}",
            "Players return there from Eternaltwin.",
            "Correct the path of redirect_uri, or add the routes of the sign-in to the game.",
        )
    if status >= 500:
        return Finding(
            CALLBACK_CHECK,
            "warning",
            "callback-fails",
            f"The game fails at the callback, {uri}: it responded with {status}",
            "It was requested without a code and a state, to which a game responds with 400.",
            "Look at the log of the game.",
        )
    return Finding.ok(CALLBACK_CHECK, f"The game answers at the callback, {uri} (status {status} without a code)")


def _moved(uri: str, location: str) -> str | None:
    """Return where a redirect leads, without its query, if that is the callback at another host or with a slash.

    A redirect to another page of the game is how many games respond to a callback without a code.
    """
    target = target_of(uri, location)
    if not target:
        return "an address that is no URL of http or https"
    before, after = urlsplit(uri), urlsplit(target)
    is_same_host = (before.scheme, before.netloc) == (after.scheme, after.netloc)
    is_same_page = before.path.rstrip("/") == after.path.rstrip("/")
    return None if is_same_host and not is_same_page else f"{after.scheme}://{after.netloc}{after.path}"


# --- do the cookies come along?


def check_cookies(setup: CheckedSetup) -> Iterator[Finding]:
    """Check that the browser which starts a sign-in sends its cookies to the callback.

    Args:
        setup: The set-up, with a game.

    Yields:
        A finding for each problem, or one that there is none.
    """
    uri = setup.settings.redirect_uri
    problems = [_finding(COOKIES_CHECK, found) for found in check_secure(setup.given.alias, uri, setup.given.secure)]
    problems += _other_hosts(uri, setup.given.game_url)
    host = urlsplit(uri).netloc
    yield from problems or [Finding.ok(COOKIES_CHECK, f"The callback's host fits the cookies: open the game at {host}")]


def _other_hosts(uri: str, game_url: str | None) -> Iterator[Finding]:
    if game_url is not None and not is_web_address(game_url):
        summary = f"The address of the game is no URL of http or https: {game_url}"
        yield Finding(COOKIES_CHECK, "error", "wrong-game-url", summary, next="Name it as http://localhost:8000.")
        return
    callback = urlsplit(uri)
    game = urlsplit(game_url or uri)
    if game.hostname != callback.hostname:
        yield Finding(
            COOKIES_CHECK,
            "error",
            "other-host",
            f"The game is at {game.hostname}, its callback at {callback.hostname}: they do not share cookies",
            'Sign-ins end with "this browser has not started this sign-in".',
            f"Open the game at {callback.scheme}://{callback.netloc}/, or register a callback at {game.hostname}.",
        )
    elif game.scheme != callback.scheme:
        yield Finding(
            COOKIES_CHECK,
            "error",
            "other-scheme",
            f"The game is opened over {game.scheme}, its callback over {callback.scheme}: cookies of https are not sent"
            " over http",
            "Over https, the names of the cookies start with __Host-, which browsers refuse from a page over http.",
            "Use the same scheme for both.",
        )
    elif game_url is None and is_local(uri):
        other = "127.0.0.1" if callback.hostname == "localhost" else "localhost"
        port = "" if callback.port is None else f":{callback.port}"
        yield Finding(
            COOKIES_CHECK,
            "note",
            "local-host",
            f"Open the game at {callback.scheme}://{callback.netloc}/: sign-ins that start at {other}{port} fail",
            f"For browsers, {callback.hostname} and {other} are two sites, which do not share cookies.",
        )


# --- settings that are unsafe together


def check_safety(setup: CheckedSetup) -> Iterator[Finding]:
    """Check for settings that are valid each, and unsafe or contradictory together.

    Args:
        setup: The set-up, with a game.

    Yields:
        A finding for each problem, or one that there is none.
    """
    settings, alias = setup.settings, setup.given.alias
    found = list(check_development(alias, settings))
    if not is_local(settings.redirect_uri):
        found += [*check_callback_scheme(alias, settings.redirect_uri), *check_server(alias, settings)]
    yield from [_finding(SAFETY_CHECK, problem) for problem in found] or [
        Finding.ok(SAFETY_CHECK, "The settings are safe together")
    ]


def _finding(name: str, problem: SettingProblem) -> Finding:
    is_error = problem.id.startswith("E")
    return Finding(name, "error" if is_error else "warning", problem.id, problem.problem.rstrip("."), "", problem.hint)

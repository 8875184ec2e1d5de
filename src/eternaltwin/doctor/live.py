"""One sign-in on the game's own callback, in a real browser.

How the doctor learns of it depends on whether the game runs.

- It does not: the doctor listens at the callback in its place, if that is http on this machine. It starts the sign-in,
  so it sees everything but the game's own code: the authorization, the state, the cookie, the code, the secret and the
  token.
- It does: the doctor starts a sign-in as a browser would, and checks the redirect and the cookies that the game sends.
  Whether the player is signed in at the end is known to the game and the browser only; a development server on this
  machine reports that the game has exchanged the code for a token. Other servers report nothing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from eternaltwin.devserver.control.access import CONTROL_PREFIX, HEADER, HEADER_VALUE
from eternaltwin.doctor.findings import Finding
from eternaltwin.doctor.listening import can_listen_at, listen
from eternaltwin.doctor.probes import Address, is_web_address
from eternaltwin.doctor.setups import GameSetup, check_setup_settings
from eternaltwin.doctor.starts import LIVE_CHECK, check_start, login_page, read_start
from eternaltwin.exceptions import EternalTwinError
from eternaltwin.hidden import clears_frames
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eternaltwin.doctor.setups import CheckedSetup

__all__ = ["watch_sign_in"]

#: Seconds between two questions to a development server.
_PAUSE = 0.5

#: The list of sign-ins of a development server, and the header that its control API wants.
_SIGN_INS, _CONTROL = f"{CONTROL_PREFIX}sign-ins", {HEADER: HEADER_VALUE}


class _SignIn(msgspec.Struct, frozen=True):
    time: str
    game: str
    player: str


class _SignIns(msgspec.Struct):
    items: list[_SignIn]


@clears_frames
def watch_sign_in(
    setup: GameSetup | Mapping[str, object],
    *,
    open_browser: Callable[[str], object],
    seconds: float = 300,
    timeout: float = 3,
    start_page: str | None = None,
) -> list[Finding]:
    """Wait for one sign-in on the game's own callback, and explain what happened.

    Args:
        setup: The set-up, or the settings of its connection, as for [`check_setup`][eternaltwin.doctor.check_setup].
        open_browser: Called with the address at which the player signs in. It opens the browser, or prints the address.
        seconds: How long to wait for the player, in seconds.
        timeout: Seconds that each request may take.
        start_page: Where a sign-in starts in a game that runs. None means `login` beside the callback, as with the
            integrations of this package.

    Returns:
        What was found.
    """
    checked = check_setup_settings(setup if isinstance(setup, GameSetup) else GameSetup(setup), timeout)
    wrong = [finding for finding in checked.findings if finding.is_failure]
    if wrong:
        return wrong
    if not checked.has_game:
        return [Finding(LIVE_CHECK, "skipped", "skipped", "Not checked: the connection only reads, nobody can sign in")]
    try:
        is_running = Address(checked.settings.redirect_uri, timeout).responds()
        if is_running or not can_listen_at(checked.settings.redirect_uri):
            return _watch_game(checked, start_page, open_browser, seconds)
        return [_stand_in(checked, open_browser, seconds)]
    except EternalTwinError as exc:
        advice = "Start the game, or stop what uses its port, and try again."
        return [Finding(LIVE_CHECK, "error", "interrupted", "The sign-in could not be watched", f"{exc}.", advice)]


def _stand_in(checked: CheckedSetup, open_browser: Callable[[str], object], seconds: float) -> Finding:
    """Listen at the callback, and wait for the player to come back."""
    with listen(checked.settings) as listener:
        open_browser(listener.start_url)
        finding = listener.wait(seconds)
        if finding is not None:
            return finding
        if not listener.has_started.is_set():
            summary, advice = (
                "No browser opened the address of the sign-in",
                f"Open {listener.start_url} while this waits.",
            )
        else:
            summary = "The player was sent to Eternaltwin, and did not come back to the callback"
            advice = "Read what Eternaltwin showed: Q1003 is a wrong redirect_uri, Q1004 a wrong client_id."
        return Finding(LIVE_CHECK, "error", "nobody-came-back", summary, f"The doctor waited {seconds:g} s.", advice)


def _watch_game(
    checked: CheckedSetup, start_page: str | None, open_browser: Callable[[str], object], seconds: float
) -> list[Finding]:
    """Check how the game starts a sign-in, and wait for one."""
    page = start_page or login_page(checked.settings.redirect_uri)
    if not is_web_address(page):
        summary = f"The page where a sign-in starts is no URL of http or https: {page}"
        return [Finding(LIVE_CHECK, "error", "wrong-start", summary, next="Name it as http://localhost:8000/login.")]
    start = read_start(page, checked.timeout)
    if start is None:
        summary = f"The game does not redirect to Eternaltwin from {page}"
        advice = "Name the page where a sign-in starts: --start URL."
        return [Finding(LIVE_CHECK, "warning", "no-start", summary, "Neither opening it nor its button did.", advice)]
    findings = list(check_start(checked, start))
    if any(found.is_failure for found in findings):
        return findings
    before = _sign_ins(checked)
    open_browser(page)
    if before is None:
        summary = (
            "Whether the sign-in ends is not visible from here: only a development server on this machine reports it"
        )
        advice = "Sign in, and look whether the game shows your name."
        return [*findings, Finding(LIVE_CHECK, "note", "unseen", summary, "", advice)]
    return [*findings, _await_sign_in(checked, before, seconds)]


def _await_sign_in(checked: CheckedSetup, before: list[_SignIn], seconds: float) -> Finding:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        new = [found for found in _sign_ins(checked) or [] if found not in before]
        if new:
            return Finding.ok(LIVE_CHECK, f"{new[0].player} signed in to {new[0].game}, which has a token now")
        time.sleep(_PAUSE)
    return Finding(
        LIVE_CHECK,
        "error",
        "no-token",
        "The game has exchanged no code for a token",
        f"The doctor waited {seconds:g} s. The server has seen no sign-in.",
        "Read what the browser shows, and the log of the game.",
    )


def _sign_ins(checked: CheckedSetup) -> list[_SignIn] | None:
    """Return the sign-ins that a development server lists. None for other servers."""
    try:
        return decode_json(checked.server.get(_SIGN_INS, headers=_CONTROL), _SignIns).items
    except EternalTwinError:
        return None

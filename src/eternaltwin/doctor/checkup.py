"""Which checks there are, which of them need which others, and running them at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from eternaltwin.doctor.addresses import PUBLIC_CHECK, SERVER_CHECK, check_public_url, check_server
from eternaltwin.doctor.attempts import Attempt
from eternaltwin.doctor.callbacks import (
    CALLBACK_CHECK,
    COOKIES_CHECK,
    SAFETY_CHECK,
    check_callback,
    check_cookies,
    check_safety,
)
from eternaltwin.doctor.certificates import TLS_CHECK, check_certificate
from eternaltwin.doctor.clocks import CLOCK_CHECK, check_clock
from eternaltwin.doctor.credentials import CLIENT_CHECK, check_client
from eternaltwin.doctor.findings import Finding
from eternaltwin.doctor.keys import KEY_CHECK, check_key
from eternaltwin.doctor.packages import PACKAGES_CHECK, check_packages
from eternaltwin.doctor.proxies import PROXY_CHECK, check_proxies
from eternaltwin.doctor.redirects import REDIRECT_CHECK, check_redirect_uri
from eternaltwin.doctor.setups import SETTINGS
from eternaltwin.doctor.stores import STORES_CHECK, check_stores
from eternaltwin.exceptions import EternalTwinError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from eternaltwin.doctor.setups import CheckedSetup


@dataclass(frozen=True)
class SetupCheck:
    """A check.

    Attributes:
        name: Its name.
        run: Yields its findings. It may raise the errors of the library.
        needs: The settings that it is about.
        needs_game: Whether it is about the OAuth client, which a connection that only reads has not.
        needs_server: Whether it asks the server, so that `url` must be right.
    """

    name: str
    run: Callable[[CheckedSetup], Iterator[Finding]]
    needs: tuple[str, ...] = ()
    needs_game: bool = True
    needs_server: bool = False


_GAME = ("client_id", "client_secret")

#: In the order in which people read the findings.
CHECKS: Sequence[SetupCheck] = (
    SetupCheck(SERVER_CHECK, check_server, ("url",), needs_game=False),
    SetupCheck(TLS_CHECK, check_certificate, ("url",), needs_game=False, needs_server=True),
    SetupCheck(CLOCK_CHECK, check_clock, ("url",), needs_game=False, needs_server=True),
    SetupCheck(CLIENT_CHECK, check_client, ("url", *_GAME), needs_server=True),
    SetupCheck(REDIRECT_CHECK, check_redirect_uri, ("url", *_GAME, "redirect_uri"), needs_server=True),
    SetupCheck(CALLBACK_CHECK, check_callback, ("redirect_uri",)),
    SetupCheck(COOKIES_CHECK, check_cookies, ("redirect_uri",)),
    SetupCheck(PUBLIC_CHECK, check_public_url, ("url", "public_url"), needs_game=False, needs_server=True),
    SetupCheck(PROXY_CHECK, check_proxies, ("url",), needs_game=False),
    SetupCheck(KEY_CHECK, check_key, ("state_key", "client_secret")),
    SetupCheck(SAFETY_CHECK, check_safety, ("url", "redirect_uri")),
    SetupCheck(STORES_CHECK, check_stores, ("profile_cache",), needs_game=False),
    SetupCheck(PACKAGES_CHECK, check_packages, needs_game=False),
)


def run_checks(setup: CheckedSetup, on_finding: Callable[[Finding], object]) -> list[Finding]:
    """Run all checks: first those that need no server, then the others, each time all at once.

    Args:
        setup: The set-up.
        on_finding: Called with each finding, as soon as there is one, in this thread.

    Returns:
        The findings, in the order of the checks.
    """
    due = [check for check in CHECKS if setup.has_game or not check.needs_game]
    found = {SETTINGS: list(setup.findings)}
    for finding in setup.findings:
        on_finding(finding)
    for needs_server in (False, True):
        stage = {check: _reason_to_skip(check, setup, found) for check in due if check.needs_server is needs_server}
        for name, findings in _run_stage(stage, setup):
            found[name] = findings
            for finding in findings:
                on_finding(finding)
    return [finding for name in (SETTINGS, *(check.name for check in due)) for finding in found[name]]


def _reason_to_skip(check: SetupCheck, setup: CheckedSetup, found: Mapping[str, Iterable[Finding]]) -> str | None:
    """Return why a check would only repeat a failure. None if it would not."""
    wrong = [name for name in check.needs if name in setup.wrong]
    if wrong:
        return f"the setting {wrong[0]} is wrong"
    if check.needs_server and any(finding.is_failure for finding in found[SERVER_CHECK]):
        return "no Eternaltwin API was found at url"
    return None


def _run_stage(stage: Mapping[SetupCheck, str | None], setup: CheckedSetup) -> Iterator[tuple[str, list[Finding]]]:
    """Run checks in threads, and yield their findings as they come. Ctrl-C does not wait for the threads."""
    outcomes: SimpleQueue[tuple[str, list[Finding], BaseException | None]] = SimpleQueue()
    for check, reason in stage.items():
        if reason is None:
            Thread(target=_run_check, args=(check, setup, outcomes), name="eternaltwin-doctor", daemon=True).start()
        else:
            outcomes.put((check.name, [Finding(check.name, "skipped", "skipped", f"Not checked: {reason}")], None))
    for _ in stage:
        name, findings, failure = outcomes.get()
        if failure is not None:
            raise failure
        yield name, findings


def _run_check(
    check: SetupCheck, setup: CheckedSetup, outcomes: SimpleQueue[tuple[str, list[Finding], BaseException | None]]
) -> None:
    findings = list[Finding]()
    with Attempt() as attempt:
        findings = _findings_of(check, setup)
    outcomes.put((check.name, findings, attempt.failure))


def _findings_of(check: SetupCheck, setup: CheckedSetup) -> list[Finding]:
    try:
        return list(check.run(setup))
    except EternalTwinError as exc:
        summary = f"The check of {check.name} could not be finished"
        return [Finding(check.name, "error", "interrupted", summary, f"{exc}.", "Try again, with a longer timeout.")]

"""The scenarios: every endpoint and every error of the API that can be caused from outside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conformance.scenario import (
    actions,
    archives,
    callers,
    clock,
    forum,
    internal,
    jobs,
    limits,
    marktwin,
    oauth,
    posts,
    protocol,
    sign_in,
    telemetry,
    users,
)
from conformance.steps import Scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

_FOLDER = Path(__file__).parent.parent

MAIN = Scenario(
    "official-0.16.4",
    _FOLDER / "eternaltwin.toml",
    (
        *sign_in.STEPS,
        *oauth.STEPS,
        *users.STEPS,
        *forum.STEPS,
        *posts.STEPS,
        *marktwin.STEPS,
        *archives.STEPS,
        *protocol.STEPS,
        *posts.LAST,
    ),
)
VIRTUAL_CLOCK = Scenario("official-0.16.4-virtual-clock", _FOLDER / "virtual.toml", clock.STEPS)
TELEMETRY = Scenario("official-0.16.4-telemetry", _FOLDER / "telemetry.toml", telemetry.STEPS)
ROUTES = Scenario(
    "official-0.16.4-routes",
    _FOLDER / "eternaltwin.toml",
    (
        *callers.SIGN_IN,
        *limits.CODES,
        *limits.IDS,
        *jobs.JOB_STEPS,
        *jobs.MAIL_STEPS,
        *internal.STEPS,
        *limits.SIZES,
        *actions.STEPS,
    ),
)

POSTGRESQL = Scenario(
    "official-0.16.4-postgresql",
    _FOLDER / "eternaltwin.toml",
    jobs.STORED_STEPS,
    needs_postgresql=True,
)

SCENARIOS: Sequence[Scenario] = (MAIN, VIRTUAL_CLOCK, TELEMETRY, ROUTES, POSTGRESQL)

"""Measures the development server: how fast `eternaltwin serve` starts, and sign-ins without a socket."""

from __future__ import annotations

import statistics
from time import perf_counter

from benchmarks.servers import DEVELOPMENT_SERVER, started
from benchmarks.targets import Target
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from eternaltwin.users import User

#: Maximum number of seconds until `eternaltwin serve` accepts requests.
MAX_START = 0.6

#: Minimum number of sign-ins in a second, in the process of the tests.
MIN_SIGN_INS = 2000

#: Sign-ins in a sample.
_SIGN_INS = 200


def measure(rounds: int) -> list[Target]:
    """Measure both, and compare the medians with their targets.

    Args:
        rounds: Number of samples of each.

    Returns:
        The two targets.
    """
    start = statistics.median(_start() for _ in range(rounds))
    sign_ins = _SIGN_INS / statistics.median(_sign_in_samples(rounds))
    return [
        Target(f"eternaltwin serve: ready in at most {MAX_START:g} s", f"{start:.2f} s", start <= MAX_START),
        Target(
            f"sign-ins in one process, through authorization_code(): at least {MIN_SIGN_INS:,} a second",
            f"{sign_ins:,.0f}",
            sign_ins >= MIN_SIGN_INS,
        ),
    ]


def _start() -> float:
    begin = perf_counter()
    with started(DEVELOPMENT_SERVER):
        return perf_counter() - begin


def _sign_in_samples(rounds: int) -> list[float]:
    """Return the seconds of each sample, after one to warm up."""
    with DevServer.in_process() as server:
        client = Eternaltwin(**server.connection_settings())
        zoe = server.add_user("zoe")
        samples = [_sign_in_repeatedly(server, client, str(zoe.id)) for _ in range(rounds + 1)]
    return samples[1:]


def _sign_in_repeatedly(server: DevServer, client: Eternaltwin, user: str) -> float:
    begin = perf_counter()
    for _ in range(_SIGN_INS):
        code, state = server.authorization_code(user, client)
        User.from_authorization_code(code, state, using=client)
    return perf_counter() - begin

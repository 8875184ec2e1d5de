"""Signs a player in with each program, on the development server as each version of the official one."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args
from urllib.parse import parse_qs, urlsplit

from conformance.clients.programs import PROGRAMS, UnavailableError, built
from eternaltwin.devserver.domain.versions import ApiVersion
from eternaltwin.devserver.server import DevServer
from eternaltwin.exceptions import EternalTwinError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.clients.programs import ClientProgram

_GAME: Final = {"oauth_callback": "http://localhost:8000/oauth/callback", "secret": "secret"}
_CONFIG: Final = {"seed": {"app": {"mygame": _GAME}}}

#: Timeout of a sign-in, in seconds.
_SECONDS = 60


class SignInOutcome(NamedTuple):
    """What became of a program.

    Attributes:
        program: The program.
        problem: Why it did not sign in, or None.
        is_available: Whether it could be built.
    """

    program: ClientProgram
    problem: str | None = None
    is_available: bool = True


def _environment(server: DevServer, *, encodes_credentials: bool) -> dict[str, str]:
    game = server.world.client("mygame")
    return os.environ | {
        "ETERNALTWIN_URL": server.url,
        "ETERNALTWIN_CLIENT_ID": str(game.id) if encodes_credentials else game.key,
        "ETERNALTWIN_CLIENT_SECRET": game.secret,
        "ETERNALTWIN_REDIRECT_URI": game.callback,
    }


def _exchange(server: DevServer, program: ClientProgram, folder: Path) -> str:
    """Run a program, play the browser between its URL and its code, and return what it prints then."""
    with subprocess.Popen(
        program.run,
        cwd=folder,
        env=_environment(server, encodes_credentials=program.encodes_credentials),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            if process.stdin is None or process.stdout is None:
                raise AssertionError
            url = process.stdout.readline().strip()
            callback = parse_qs(urlsplit(server.authorize(url, "alice")).query) if url else {"code": [""]}
            output, errors = process.communicate(f"{callback['code'][0]}\n", timeout=_SECONDS)
        finally:
            process.kill()
    return output if process.returncode == 0 else errors


def _problem(printed: str) -> str | None:
    """Return why a program has not read `auth/self` as alice, or None if it has."""
    try:
        identity: dict[str, Any] = json.loads(printed)
        name = identity["user"]["display_name"]["current"]["value"]
        found = (identity["type"], identity["client"]["key"], name)
    except (ValueError, KeyError, TypeError):
        return f"it reports: {' '.join(printed.split())[:500]}"
    return None if found == ("AccessToken", "mygame@clients", "Alice") else f"auth/self is of {found}"


def sign_in(api_version: ApiVersion, program: ClientProgram, folder: Path) -> str | None:
    """Sign alice in with a program, and let it read `auth/self`.

    Args:
        api_version: The version of the official server to stand in for.
        program: The program.
        folder: The folder in which it was built.

    Returns:
        Why this failed, or None.
    """
    with DevServer(_CONFIG, api_version=api_version) as server:
        try:
            return _problem(_exchange(server, program, folder))
        except (OSError, subprocess.TimeoutExpired, EternalTwinError) as error:
            return f"{type(error).__name__}: {error}"


def sign_in_with(program: ClientProgram) -> SignInOutcome:
    """Build a program, and sign in with it on each version of the server.

    Args:
        program: The program.

    Returns:
        What became of it.
    """
    try:
        folder = built(program)
    except UnavailableError as error:
        return SignInOutcome(program, str(error), is_available=False)
    for version in get_args(ApiVersion):
        problem = sign_in(version, program, folder)
        if problem is not None:
            return SignInOutcome(program, f"with {version}, {problem}")
    return SignInOutcome(program)


def report_of(outcomes: Iterable[SignInOutcome]) -> list[str]:
    """Return one line for each program.

    Args:
        outcomes: What became of the programs.

    Returns:
        The lines.
    """
    return [f"{_verdict(outcome)}: {outcome.program.name}, {outcome.program.client}" for outcome in outcomes]


def _verdict(outcome: SignInOutcome) -> str:
    if outcome.problem is None:
        return "signed in"
    return f"{'failed' if outcome.is_available else 'not available'} ({outcome.problem})"


def sign_in_with_all(programs: Iterable[ClientProgram] = PROGRAMS) -> list[SignInOutcome]:
    """Sign in with programs, one after the other.

    Args:
        programs: The programs.

    Returns:
        What became of each.
    """
    return [sign_in_with(program) for program in programs]

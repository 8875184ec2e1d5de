"""Clients of other languages sign in, and what hinders one is reported."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from conformance import cli
from conformance.clients import programs, sign_ins
from conformance.clients.programs import PROGRAMS, ClientProgram
from conformance.clients.sign_ins import SignInOutcome, report_of, sign_in_with

if TYPE_CHECKING:
    from pathlib import Path

#: A program in the place of one in another language.
SIGN_IN = """
import base64, os, urllib.parse, urllib.request
url, key, secret, callback = (
    os.environ[f"ETERNALTWIN_{name}"] for name in ("URL", "CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI")
)
query = {"response_type": "code", "client_id": key, "redirect_uri": callback, "state": "x"}
print(f"{url}/oauth/authorize?{urllib.parse.urlencode(query)}", flush=True)
form = urllib.parse.urlencode({"code": input()}).encode()
basic = base64.b64encode(f"{key}:{secret}".encode()).decode()
def read(path, body, credentials):
    request = urllib.request.Request(url + path, body, {"Authorization": credentials})
    with urllib.request.urlopen(request) as response:
        return response.read().decode()
token = read("/oauth/token", form, f"Basic {basic}").partition('access_token":"')[2].partition('"')[0]
print(read("/api/v1/auth/self", None, f"Bearer {token}"))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the programs, with one in Python. Its cache is apart from that of the user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(programs, "FOLDER", tmp_path)
    (tmp_path / "python").mkdir()
    return tmp_path


def program(run: str, *, build: str = "pass", tool: str = sys.executable, is_encoded: bool = False) -> ClientProgram:
    return ClientProgram("python", "urllib", tool, ("-c", build), (sys.executable, "-c", run), is_encoded)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("is_encoded", [False, True])
def test_a_client_signs_in_on_each_version_of_the_server(is_encoded: bool) -> None:
    outcome = sign_in_with(program(SIGN_IN, is_encoded=is_encoded))
    assert outcome.problem is None
    assert report_of([outcome]) == ["signed in: python, urllib"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("run", "problem"),
    [
        ("import sys; sys.exit('no such crate')", "no such crate"),
        ("print('http://localhost/elsewhere'); input()", "not an authorization URL"),
        (f"{SIGN_IN}\nprint('and more')", "it reports:"),
        (SIGN_IN.replace("Bearer {token}", "Basic {basic}"), "it reports:"),
    ],
)
def test_a_client_that_does_not_sign_in_fails_with_the_reason(run: str, problem: str) -> None:
    outcome = sign_in_with(program(run))
    assert outcome.is_available
    assert problem in (outcome.problem or "")
    assert report_of([outcome])[0].startswith("failed (with latest, ")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("missing", "problem"),
    [
        (program("", tool="a tool that is not installed"), "is not installed"),
        (program("", build="import sys; sys.exit('cannot download')"), "cannot download"),
        (program("", build="import sys; sys.exit(1)"), "it does not say why"),
    ],
)
def test_a_client_that_cannot_be_built_is_not_available(missing: ClientProgram, problem: str) -> None:
    outcome = sign_in_with(missing)
    assert not outcome.is_available
    assert problem in (outcome.problem or "")
    assert report_of([outcome])[0].startswith("not available (")


def test_the_command_fails_if_a_client_does_and_if_none_is_available(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = SignInOutcome(PROGRAMS[0]), SignInOutcome(PROGRAMS[0], "no")
    missing = SignInOutcome(PROGRAMS[0], "no", is_available=False)
    for outcomes, status in [
        ([good, missing], cli.ALIKE),
        ([good, bad], cli.DIFFERENT),
        ([missing, missing], cli.FAILED),
    ]:
        monkeypatch.setattr(sign_ins, "sign_in_with_all", partial(list[SignInOutcome], outcomes))
        assert cli.main(["clients"]) == status
        assert len(capsys.readouterr().out.splitlines()) == 2


def test_each_program_has_its_folder_and_no_lock_file() -> None:
    for each in PROGRAMS:
        files = {path.name for path in (programs.FOLDER / each.name).rglob("*")}
        assert files
        assert not files & {"Cargo.lock", "package-lock.json", "go.sum"}

"""How long the server's certificate is valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.doctor.certificates import explain_expiry
from tests.support.game_setups import found_in, game_on
from tests.support.servers import Proxy, ScriptedServer, responding, response_bytes, server_context

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import trustme

    from eternaltwin.devserver import DevServer


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[ScriptedServer]:
    """Run a server with a certificate."""
    with ScriptedServer(responding(response_bytes()), server_context(authority, "127.0.0.1")) as running:
        yield running


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    """Return the path of a file with the certificate of the authority."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.mark.parametrize(("days", "level"), [(30, "ok"), (14, "ok"), (13, "warning"), (1, "warning")])
def test_a_certificate_that_ends_soon_is_a_warning(days: float, level: str) -> None:
    found = explain_expiry(days)
    assert found.level == level
    assert f"{days} day" in found.summary


def test_the_days_that_a_certificate_is_valid_are_shown(local: DevServer, secure: ScriptedServer, bundle: str) -> None:
    found = found_in(game_on(local, url=secure.origin, transport=None, verify_ssl=bundle), "tls")
    assert found.level == "ok"
    assert "valid for" in found.summary


def test_a_server_whose_certificate_is_not_verified_is_a_warning(local: DevServer, secure: ScriptedServer) -> None:
    found = found_in(game_on(local, url=secure.origin, transport=None, verify_ssl=False), "tls")
    assert (found.level, found.code) == ("warning", "W105")


def test_a_certificate_behind_a_proxy_is_trusted(
    local: DevServer, secure: ScriptedServer, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(secure) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        found = found_in(game_on(local, url=secure.origin, transport=None, verify_ssl=bundle), "tls")
    assert found.summary == "The certificate of the server is trusted"

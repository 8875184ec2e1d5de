"""Addresses of servers, and checks of URLs."""

from __future__ import annotations

import pytest

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared.addresses import ServerAddresses, is_local, server_addresses
from eternaltwin.login.cookies import is_https


def test_addresses_of_servers() -> None:
    assert server_addresses() == ServerAddresses("https://eternaltwin.org", "https://eternaltwin.org")
    assert server_addresses("http://inner:1/", None) == ServerAddresses("http://inner:1", "http://inner:1")
    assert server_addresses("http://inner:1", "https://Outer/") == ServerAddresses("http://inner:1", "https://outer")
    with pytest.raises(ConfigurationError, match="url"):
        server_addresses("inner")


@pytest.mark.parametrize(
    ("url", "expected"), [("https://game.example/", True), ("HTTPS://game.example/", True), ("http://https/", False)]
)
def test_https(url: str, expected: bool) -> None:
    assert is_https(url) is expected


@pytest.mark.parametrize(
    "url", ["http://localhost:8000/", "//game.localhost", "//LOCALHOST:1", "http://127.0.0.2/", "//[::1]:8000"]
)
def test_local_urls(url: str) -> None:
    assert is_local(url)


@pytest.mark.parametrize("url", ["http://game.example/", "//192.168.0.1", "//notlocalhost", "//[", "//", ""])
def test_urls_of_other_machines(url: str) -> None:
    assert not is_local(url)

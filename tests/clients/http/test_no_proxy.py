"""Servers that `no_proxy` exempts from the proxy, by the rules of curl."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.clients.http.no_proxy import is_exempt
from eternaltwin.clients.http.proxies import environment_proxy

EXEMPT = [
    ("*", "eternaltwin.org"),
    ("*", "127.0.0.1"),
    (" * ", "::1"),
    ("localhost,*", "eternaltwin.org"),
    ("eternaltwin.org", "eternaltwin.org"),
    ("ETERNALTWIN.org", "eternaltwin.ORG"),
    ("eternaltwin.org", "api.eternaltwin.org"),
    ("org", "eternaltwin.org"),
    (".eternaltwin.org", "api.eternaltwin.org"),
    (".eternaltwin.org", "eternaltwin.org"),
    ("eternaltwin.org.", "eternaltwin.org"),
    (".eternaltwin.org.", "api.eternaltwin.org."),
    ("localhost, eternaltwin.org", "eternaltwin.org"),
    (" localhost\t,,eternaltwin.org , ", "eternaltwin.org"),
    ("localhost eternaltwin.org", "eternaltwin.org"),
    ("eternaltwin.org:50320", "eternaltwin.org"),
    (".eternaltwin.org:50320", "api.eternaltwin.org"),
    ("127.0.0.1", "127.0.0.1"),
    ("127.0.0.1:50320", "127.0.0.1"),
    ("127.0.0.0/8", "127.255.0.1"),
    ("127.1.2.3/8", "127.255.0.1"),
    ("10.0.0.0/8,127.0.0.1/32", "127.0.0.1"),
    ("192.168.0.0/25", "192.168.0.127"),
    ("192.168.0.0/25:50320", "192.168.0.127"),
    ("0.0.0.0/0", "192.0.2.1"),
    ("::1", "::1"),
    ("[::1]", "::1"),
    ("[::1]:50320", "::1"),
    ("0:0:0:0:0:0:0:1", "::1"),
    ("2001:DB8::1", "2001:db8:0::1"),
    ("fd00::/8", "fdff::1"),
    ("[fd00::/8]", "fdff::1"),
    ("[fd00::]/8", "fdff::1"),
    ("[fd00::]/8:50320", "fdff::1"),
    ("::/0", "2001:db8::1"),
]

NOT_EXEMPT = [
    ("", "eternaltwin.org"),
    (",", "eternaltwin.org"),
    (" , ", "127.0.0.1"),
    (".", "eternaltwin.org"),
    (":50320", "eternaltwin.org"),
    ("**", "eternaltwin.org"),
    ("*.org", "eternaltwin.org"),
    ("twin.org", "eternaltwin.org"),
    ("eternaltwin.org", "eternaltwin.org.example"),
    ("api.eternaltwin.org", "eternaltwin.org"),
    ("..eternaltwin.org", "eternaltwin.org"),
    ("eternaltwin.org:80", "eternaltwin.org"),
    ("eternaltwin.org:5032", "eternaltwin.org"),
    ("eternaltwin.org:", "eternaltwin.org"),
    ("eternaltwin.org:50320:1", "eternaltwin.org"),
    ("eternaltwin.org:503200", "eternaltwin.org"),
    ("127.0.0.1:80", "127.0.0.1"),
    ("0.0.1", "127.0.0.1"),
    ("1", "127.0.0.1"),
    ("127.0.0.1", "127.0.0.10"),
    ("192.168.0.0/25", "192.168.0.128"),
    ("127.0.0.0/33", "127.0.0.1"),
    ("127.0.0.0/", "127.0.0.1"),
    ("127.0.0/8", "127.0.0.1"),
    ("127.0.0.0/8", "eternaltwin.org"),
    ("0.0.0.0/0", "::1"),
    ("::/0", "127.0.0.1"),
    ("::1", "::2"),
    ("[::1]:80", "::1"),
    ("::1:50320", "::1"),
    ("[::1", "::1"),
    ("[]", "::1"),
    ("fd00::/8", "fe00::1"),
    ("fd00::/129", "fd00::1"),
]


@pytest.mark.parametrize(("no_proxy", "host"), EXEMPT)
def test_no_proxy_understands_what_curl_does(no_proxy: str, host: str) -> None:
    assert is_exempt(host, 50320, no_proxy)


@pytest.mark.parametrize(("no_proxy", "host"), NOT_EXEMPT)
def test_no_proxy_exempts_nothing_else(no_proxy: str, host: str) -> None:
    assert not is_exempt(host, 50320, no_proxy)


@given(st.text(), st.sampled_from(["eternaltwin.org", "127.0.0.1", "::1"]))
def test_any_value_has_a_meaning(no_proxy: str, host: str) -> None:
    assert is_exempt(host, 80, no_proxy) in (True, False)


@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
@pytest.mark.parametrize(
    ("exempt", "origin", "is_direct"),
    [
        ("eternaltwin.org:443", "https://eternaltwin.org", True),
        ("eternaltwin.org:80", "https://eternaltwin.org", False),
        ("eternaltwin.org:80", "http://eternaltwin.org", True),
        ("eternaltwin.org:443", "http://eternaltwin.org", False),
        ("eternaltwin.org:443", "http://eternaltwin.org:443", True),
        ("::1", "http://[::1]:50320", True),
        ("fe80::/10", "http://[fe80::1%25eth0]:50320", True),
        ("eternaltwin.org", "http://eternaltwin.org.:50320", True),
        ("example.org", "http://eternaltwin.org", False),
    ],
)
def test_an_origin_is_exempt_by_its_host_and_port(
    monkeypatch: pytest.MonkeyPatch, variable: str, exempt: str, origin: str, is_direct: bool
) -> None:
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:3128")
    monkeypatch.setenv(variable, exempt)
    assert (environment_proxy(origin) is None) is is_direct

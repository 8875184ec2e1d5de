"""Checks whether an address is that of an Eternaltwin API, and finds out what responds there if it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from eternaltwin.clients.endpoints import FORUM_SECTIONS, SERVER
from eternaltwin.clients.http.proxies import environment_proxy
from eternaltwin.clients.http.transport_errors import API_PORT, FRONT_END_PORT
from eternaltwin.doctor.findings import Finding
from eternaltwin.doctor.probes import target_of, version_in
from eternaltwin.error_responses import is_html
from eternaltwin.exceptions import (
    BrokenConnectionError,
    ConnectError,
    EternalTwinError,
    TLSError,
    TransportError,
    UnexpectedResponseError,
)
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.doctor.probes import Address
    from eternaltwin.doctor.setups import CheckedSetup
    from eternaltwin.responses import Response

#: The check that most others depend on.
SERVER_CHECK = "server"
PUBLIC_CHECK = "public_url"

#: The code of the finding that no server can be reached, for whatever reason.
UNREACHABLE = "server-down"


class _Section(msgspec.Struct, frozen=True):
    id: str
    ctime: str


class _Sections(msgspec.Struct):
    items: list[_Section]


_START = "Start the server (eternaltwin serve), or correct {setting}."


def check_server(setup: CheckedSetup) -> Iterator[Finding]:
    """Check that `url` is the address of an Eternaltwin API.

    Args:
        setup: The set-up.

    Yields:
        One finding.
    """
    yield _find(SERVER_CHECK, "url", setup.server)


def check_public_url(setup: CheckedSetup) -> Iterator[Finding]:
    """Check that `public_url` is another address of the server at `url`.

    Args:
        setup: The set-up, whose `url` is right.

    Yields:
        One finding.
    """
    server, public = setup.server, setup.public_server
    if public == server:
        yield Finding.ok(PUBLIC_CHECK, f"Browsers reach the server at url, {server.url}")
        return
    found = _find(PUBLIC_CHECK, "public_url", public)
    if found.code == UNREACHABLE:
        yield Finding(
            PUBLIC_CHECK,
            "warning",
            "public-url-unreachable",
            f"public_url, {public.url}, cannot be reached from here",
            found.detail,
            "If this process runs in a container, open that address in your browser; else correct public_url.",
        )
    elif found.is_failure:
        yield found
    else:
        yield _same_server(server, public)


def _same_server(server: Address, public: Address) -> Finding:
    if _fingerprint(server) == _fingerprint(public):
        return Finding.ok(PUBLIC_CHECK, f"public_url, {public.url}, is the same server as url")
    return Finding(
        PUBLIC_CHECK,
        "error",
        "other-server",
        f"public_url, {public.url}, is another server than url, {server.url}",
        "The two have other versions or other sections of the forum: codes of the one are unknown to the other.",
        "Correct public_url or url. With containers, one is its name among them, the other its published port.",
    )


def _fingerprint(server: Address) -> tuple[object, object]:
    """Return what two servers hardly have in common: the version, and when the sections of the forum were created."""
    try:
        return server.version(), _creations(server)
    except EternalTwinError:
        return server.version(), None


def _creations(server: Address) -> set[tuple[object, object]]:
    """Return the ids of the forum's sections, each with its time in milliseconds."""
    return {(section.id, section.ctime) for section in decode_json(server.get(FORUM_SECTIONS), _Sections).items}


def _find(name: str, setting: str, address: Address) -> Finding:
    try:
        response = address.get(SERVER)
    except TransportError as exc:
        return _explain_silence(name, setting, address, exc)
    except UnexpectedResponseError as exc:
        return _something_else(name, setting, address, f"{exc}.")
    version = version_in(response)
    if version is not None:
        return Finding.ok(name, f"{address.url} is an Eternaltwin API, version {version}")
    return _explain_response(name, setting, address, response)


# --- no response


def _explain_silence(name: str, setting: str, address: Address, exc: TransportError) -> Finding:
    """Return why nothing arrived."""
    seen = f"{exc}."
    if isinstance(exc, TLSError | BrokenConnectionError) and address.with_other_scheme().responds():
        return _wrong_scheme(name, setting, address, seen)
    if isinstance(exc, TLSError):
        return Finding(
            name,
            "error",
            "certificate",
            f"TLS does not work: {str(exc).partition(';')[0]}",
            seen,
            "Renew it, or use the name that it is for. verify_ssl takes the path of an authority of your own.",
        )
    if isinstance(exc, ConnectError):
        api = _neighbour(address)
        if address.port == FRONT_END_PORT:
            return _website(name, setting, address, seen)
        if api is not None:
            return Finding(
                name,
                "error",
                "wrong-port",
                f"{setting} has the wrong port, {address.port}: nothing answers there, and an API does on {api.port}",
                seen,
                f"Set {setting} to {api.url}.",
            )
    return Finding(
        name,
        "error",
        UNREACHABLE,
        f"No server can be reached at {address.url}: it is down, or {setting} is wrong",
        seen,
        _START.format(setting=setting),
    )


def _wrong_scheme(name: str, setting: str, address: Address, seen: str) -> Finding:
    scheme, other = ("https", "http") if address.is_https else ("http", "https")
    return Finding(
        name,
        "error",
        "wrong-scheme",
        f"{setting} starts with {scheme}://, but the server speaks {other} there",
        seen,
        f"Set {setting} to {address.with_other_scheme().url}.",
    )


def _neighbour(address: Address) -> Address | None:
    """Return the usual address of an API on the same host, if one responds there."""
    usual = address.with_port(API_PORT)
    return usual if address.port != API_PORT and usual.version() is not None else None


# --- another response


def _explain_response(name: str, setting: str, address: Address, response: Response) -> Finding:
    """Return what sent a response that is none of the API."""
    seen = f"{response.url} responded with {response.status_code}{' and a web page' if is_html(response) else ''}."
    status = response.status_code
    if 300 <= status < 400 and response.headers.get("location"):
        return _redirect(name, setting, address, response)
    if _is_website(address, response):
        return _website(name, setting, address, seen)
    if status == 400 and not address.is_https and address.with_other_scheme().responds():
        return _wrong_scheme(name, setting, address, seen)
    proxy = environment_proxy(_origin(address)) if address.transport is None else None
    if proxy is not None:
        return Finding(
            name,
            "error",
            "proxy",
            f"A proxy answers instead of the server at {address.url}",
            f"{seen} {proxy.variable} in the environment names {proxy.url}.",
            f"Add {address.host} to no_proxy, or correct {proxy.variable}.",
        )
    if status >= 500:
        return Finding(
            name,
            "error",
            "server-fails",
            f"The server at {address.url} fails: it responded with {status}",
            seen,
            "Look at the log of the server, and try again.",
        )
    return _something_else(name, setting, address, seen)


def _origin(address: Address) -> str:
    parts = urlsplit(address.url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_website(address: Address, response: Response) -> bool:
    is_named = b"eternaltwin" in response.content.lower()
    return address.port == FRONT_END_PORT or (is_html(response) and is_named)


def _website(name: str, setting: str, address: Address, seen: str) -> Finding:
    api = _neighbour(address)
    usual = address.with_port(API_PORT).url
    found = (
        f"Set {setting} to {usual}" if api is not None else f"Set {setting} to the address of the API, mostly {usual}"
    )
    return Finding(
        name,
        "error",
        "website",
        f"{setting} is the address of Eternaltwin's website (port {address.port}), not of its API",
        seen,
        f"{found}.",
    )


def _redirect(name: str, setting: str, address: Address, response: Response) -> Finding:
    target = target_of(f"{address.url}{SERVER}", response.headers.get("location"))
    parts = urlsplit(target)
    place = f"{parts.scheme}://{parts.netloc}" if target else "an address that is no URL of http or https"
    seen = f"{response.url} redirects to {place}."
    if parts.scheme == "https" and not address.is_https and parts.hostname == address.host:
        return _wrong_scheme(name, setting, address, seen)
    return Finding(
        name,
        "error",
        "redirects",
        f"{setting} redirects elsewhere: {address.url} is not the address of the API itself",
        seen,
        f"Set {setting} to the address that answers.",
    )


def _something_else(name: str, setting: str, address: Address, seen: str) -> Finding:
    api = _neighbour(address)
    return Finding(
        name,
        "error",
        "not-eternaltwin",
        f"Something other than Eternaltwin's API answers at {address.url}",
        seen,
        f"Set {setting} to {api.url}." if api is not None else f"Correct the port or the path of {setting}.",
    )

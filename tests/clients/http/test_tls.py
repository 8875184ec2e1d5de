"""TLS: which certificates the transports trust."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.asyncio.transport import AiohttpTransport
from eternaltwin.clients.http.tls import tls_context
from eternaltwin.clients.sync.transport import UrllibTransport
from eternaltwin.exceptions import BrokenConnectionError, ConfigurationError, TLSError
from tests.support.callers import AsyncCaller, Connect, assert_fails, make_request, post_request
from tests.support.certificates import named_context
from tests.support.servers import JSON, head, once, responding, response_bytes, server_context

if TYPE_CHECKING:
    from pathlib import Path

    import trustme

    from tests.support.servers import Peer, Serve


def test_a_certificate_of_an_authority_in_the_bundle(
    connect: Connect, serve: Serve, server_tls: ssl.SSLContext, bundle: str
) -> None:
    server = serve(responding(response_bytes(JSON * 1000)), server_tls)
    caller = connect(server.origin, verify=bundle)
    assert caller.send(make_request()).content == JSON * 1000
    assert caller.send(post_request()).url == f"{server.origin}/oauth/token"
    assert server.connections == 1


def test_a_certificate_of_an_unknown_authority(connect: Connect, serve: Serve, server_tls: ssl.SSLContext) -> None:
    server = serve(responding(response_bytes()), server_tls)
    assert_fails(
        lambda: connect(server.origin).send(make_request()), TLSError, server.origin, "`verify_ssl` accepts the path"
    )
    assert not server.requests


def test_a_certificate_of_another_host(connect: Connect, serve: Serve, authority: trustme.CA, bundle: str) -> None:
    context = server_context(authority, "eternaltwin.example")
    server = serve(responding(response_bytes()), context)
    error = assert_fails(lambda: connect(server.origin, verify=bundle).send(make_request()), TLSError)
    assert str(error) == (
        f"the certificate of {server.origin}/api/v1 is not trusted: IP address mismatch, certificate is not valid for"
        " '127.0.0.1'; if it comes from an authority of your own, `verify_ssl` accepts the path of its CA bundle"
    )
    assert not server.requests


def test_servers_are_asked_for_http_1_1(
    connect: Connect, serve: Serve, server_tls: ssl.SSLContext, authority: trustme.CA, tmp_path: Path
) -> None:
    chosen: list[str | None] = []

    def script(peer: Peer) -> None:
        assert isinstance(peer.sock, ssl.SSLSocket)
        chosen.append(peer.sock.selected_alpn_protocol())
        responding(response_bytes())(peer)

    server_tls.set_alpn_protocols(["h2", "http/1.1"])
    own_bundle = tmp_path / "bundle.pem"  # for which no context has been built before
    authority.cert_pem.write_to_path(str(own_bundle))
    caller = connect(serve(script, server_tls).origin, verify=str(own_bundle))
    assert caller.send(make_request()).content == JSON
    assert chosen == ["http/1.1"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_certificate_without_subject_alt_name_is_refused(
    connect: Connect, serve: Serve, authority: trustme.CA, bundle: str, host: str
) -> None:
    server = serve(responding(response_bytes()), named_context(authority, host))
    origin = server.origin.replace("127.0.0.1", host)
    assert_fails(lambda: connect(origin, verify=bundle).send(make_request()), TLSError, host, "CA bundle")
    assert not server.requests
    assert connect(origin, verify=False).send(make_request()).content == JSON


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS 1.2", "TLS 1.3"])
def version_tls(request: pytest.FixtureRequest, authority: trustme.CA) -> ssl.SSLContext:
    """Return a TLS context for a server on 127.0.0.1 that speaks one version of TLS."""
    context = server_context(authority, "127.0.0.1")
    context.minimum_version = context.maximum_version = request.param
    return context


CLOSED = {"at once": b"", "after a part": JSON[:9], "after much": JSON * 10_000}


@pytest.mark.parametrize("body", CLOSED.values(), ids=CLOSED)
def test_a_body_without_length_ends_with_the_closure_alert(
    connect: Connect, serve: Serve, version_tls: ssl.SSLContext, bundle: str, body: bytes
) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        peer.send(head() + body)
        peer.close_tls()

    server = serve(script, version_tls)
    caller = connect(server.origin, verify=bundle, max_response_size=len(body) + 1)
    assert [caller.send(make_request()).content for _ in range(2)] == [body, body]


@pytest.mark.parametrize("body", CLOSED.values(), ids=CLOSED)
@pytest.mark.parametrize("is_at_once", [True, False], ids=["with the body", "after the body"])
def test_a_body_without_length_that_is_cut_off_is_broken(
    connect: Connect, serve: Serve, version_tls: ssl.SSLContext, bundle: str, body: bytes, is_at_once: bool
) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        peer.send(head() + body)
        if not is_at_once:
            peer.wait(may_end)

    may_end = threading.Event()
    server = serve(script, version_tls)
    caller = connect(server.origin, verify=bundle, max_response_size=len(body) + 1)
    ending = threading.Timer(0.05, may_end.set)
    ending.start()
    assert_fails(lambda: caller.send(make_request()), BrokenConnectionError, server.origin, "closed the connection")
    ending.join()


def test_a_body_with_an_end_needs_no_closure_alert(
    connect: Connect, serve: Serve, version_tls: ssl.SSLContext, bundle: str
) -> None:
    chunks = head("Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n"
    empty = head(status="204 No Content")

    def script(peer: Peer) -> None:
        peer.read()
        peer.send([response_bytes(), chunks, empty, head()][peer.number])

    server = serve(script, version_tls)
    caller = connect(server.origin, verify=bundle)
    assert [caller.send(make_request()).content for _ in range(3)] == [JSON, b"hello", b""]
    assert caller.send(make_request("HEAD")).content == b""


def test_a_response_with_a_length_that_is_cut_off_is_broken(
    connect: Connect, serve: Serve, version_tls: ssl.SSLContext, bundle: str
) -> None:
    server = serve(once(response_bytes()[:-1]), version_tls)
    assert_fails(lambda: connect(server.origin, verify=bundle).send(make_request()), BrokenConnectionError)
    server = serve(once(head()[:-1]), version_tls)
    assert_fails(lambda: connect(server.origin, verify=bundle).send(make_request()), BrokenConnectionError)


def test_a_transport_checks_certificates_unless_it_is_told_not_to(serve: Serve, server_tls: ssl.SSLContext) -> None:
    server = serve(responding(response_bytes()), server_tls)
    blocking, asynchronous = UrllibTransport(server.origin), AsyncCaller(AiohttpTransport(server.origin))
    assert_fails(lambda: blocking.send(make_request()), TLSError)
    assert_fails(lambda: asynchronous.send(make_request()), TLSError)
    asynchronous.end()
    assert not server.requests


def test_any_certificate_when_none_is_to_be_checked(connect: Connect, serve: Serve, server_tls: ssl.SSLContext) -> None:
    server = serve(responding(response_bytes()), server_tls)
    assert connect(server.origin, verify=False).send(make_request()).content == JSON


def test_an_https_url_of_a_server_without_tls(connect: Connect, serve: Serve) -> None:
    server = serve(lambda peer: peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    origin = server.origin.replace("http:", "https:")
    assert_fails(lambda: connect(origin).send(make_request()), TLSError, "does not speak TLS on this port", "http://")


def test_an_http_url_of_a_server_with_tls(connect: Connect, serve: Serve, server_tls: ssl.SSLContext) -> None:
    server = serve(responding(response_bytes()), server_tls)
    origin = server.origin.replace("https:", "http:")
    assert_fails(lambda: connect(origin).send(make_request()), BrokenConnectionError, origin)


def test_a_server_that_wants_a_certificate_of_the_client(
    connect: Connect, serve: Serve, authority: trustme.CA, bundle: str
) -> None:
    context = server_context(authority, "127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    server = serve(responding(response_bytes()), context)
    error = assert_fails(lambda: connect(server.origin, verify=bundle).send(make_request()), TLSError, "HANDSHAKE")
    assert str(error).startswith(f"TLS with {server.origin}/api/v1 failed (")


def test_a_server_whose_tls_breaks(connect: Connect, serve: Serve, server_tls: ssl.SSLContext, bundle: str) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        with socket.socket(fileno=os.dup(peer.sock.fileno())) as below:
            below.sendall(b"no TLS at all" * 100)
        peer.hang()

    server = serve(script, server_tls)
    error = assert_fails(lambda: connect(server.origin, verify=bundle).send(post_request()), TLSError)
    assert str(error).startswith(f"TLS with {server.origin}/oauth/token failed (")


def test_there_is_one_context_for_each_way_to_verify(bundle: str) -> None:
    assert tls_context(True) is tls_context(True)
    assert tls_context(bundle) is tls_context(bundle)
    assert tls_context(True) is not tls_context(False)
    assert tls_context(True).minimum_version == ssl.TLSVersion.TLSv1_2
    assert tls_context(True).check_hostname


def test_a_folder_of_authorities(authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    assert tls_context(str(tmp_path)).verify_mode == ssl.CERT_REQUIRED


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl prepares the folder")
def test_a_certificate_of_an_authority_in_a_folder(
    connect: Connect, serve: Serve, server_tls: ssl.SSLContext, authority: trustme.CA, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    subprocess.run(["openssl", "rehash", str(tmp_path)], check=True)
    server = serve(responding(response_bytes()), server_tls)
    assert connect(server.origin, verify=str(tmp_path)).send(make_request()).content == JSON


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_unreadable_bundle(connect: Connect, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    caller = connect("https://127.0.0.1:9", verify=str(path))
    error = assert_fails(lambda: caller.send(make_request()), ConfigurationError)
    assert isinstance(error, ConfigurationError)
    assert error.setting == "verify_ssl"
    reason = "No such file or directory" if content is None else ".*certificate.*"
    assert re.fullmatch(
        rf"the CA bundle of verify_ssl cannot be read \({reason}\): give the path of a file of PEM certificates",
        str(error),
    )

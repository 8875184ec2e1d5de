"""The query and the cookies of a callback, which error reports and access logs must not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.integrations.shared.logs import remove_asgi_query, remove_wsgi_query

if TYPE_CHECKING:
    from collections.abc import MutableMapping

FIELDS = [(b"host", b"game.example"), (b"cookie", b"session=secret"), (b"cookie", b"ticket=secret")]


@pytest.mark.parametrize("fields", [list(FIELDS), tuple(FIELDS)])
def test_a_scope_shows_neither_its_query_nor_its_cookies(fields: object) -> None:
    scope: MutableMapping[str, object] = {"query_string": b"code=secret", "headers": fields}
    query = remove_asgi_query(scope)
    assert query == b"code=secret"
    assert "secret" not in repr((scope, query))
    assert scope == {"query_string": b"", "headers": FIELDS}


def test_a_copy_of_a_scope_shows_no_cookies() -> None:
    scope: MutableMapping[str, object] = {"query_string": b"", "headers": list(FIELDS)}
    copy = dict(scope)
    remove_asgi_query(scope)
    assert "secret" not in repr(copy)


def test_an_environment_shows_neither_its_query_nor_its_cookies() -> None:
    environ: MutableMapping[str, object] = {"QUERY_STRING": "code=secret", "HTTP_COOKIE": "ticket=secret"}
    query = remove_wsgi_query(environ, "/callback")
    assert query == "code=secret"
    assert "secret" not in repr((environ, query))
    assert environ == {"QUERY_STRING": "", "HTTP_COOKIE": "ticket=secret"}


def test_an_environment_without_cookies_gets_none() -> None:
    environ: MutableMapping[str, object] = {"REQUEST_URI": "/callback?code=secret"}
    assert remove_wsgi_query(environ, "/callback") == ""
    assert environ == {"QUERY_STRING": "", "REQUEST_URI": "/callback"}

"""Responses of aiohttp, with the checks of their connections that aiohttp does not do."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Self, cast

import aiohttp

from eternaltwin.clients.http.framing import is_persistent
from eternaltwin.headers import Headers

if TYPE_CHECKING:
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection


class CheckedResponse(aiohttp.ClientResponse):
    """A response of aiohttp whose connection is kept only if its fields say so (RFC 9112, section 9.3).

    llhttp, the parser below aiohttp, also keeps connections after chunks of HTTP/1.0, and after
    `Connection: keep-alive, close`.

    Attributes:
        fields: The header fields, as soon as they are checked.
    """

    fields: Headers
    _receiver: ResponseHandler
    _tls: ssl.SSLObject | None

    @property
    def is_cut_off(self) -> bool:
        """Whether TLS ended without the closure alert of the server (RFC 8446, section 6.1). Only after the body."""
        try:
            return self._tls is None or bool(self._tls.read(1))
        except ssl.SSLZeroReturnError:
            return False
        except ssl.SSLError:
            return True

    async def start(self, connection: Connection) -> Self:
        """Read the head. `check` follows as soon as that is done.

        Args:
            connection: The connection on which the request was sent.

        Returns:
            The response itself.
        """
        self._receiver = cast("ResponseHandler", connection.protocol)  # the response forgets it with its last byte
        transport = self._receiver.transport  # which forgets its TLS when the connection ends
        self._tls = None if transport is None else transport.get_extra_info("ssl_object")
        await super().start(connection)
        return self

    def check(self) -> Headers:
        """Look at the head, and let the connection end with the response if it must.

        The event loop must not do anything else between the end of `start` and this call: the connection may be back in
        the pool.

        Returns:
            The header fields.
        """
        self.fields = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.raw_headers])
        if not is_persistent(self.fields, is_http_1_0=self.version == aiohttp.HttpVersion10):
            self._receiver.force_close()
            if self.connection is None:  # the whole body is here, so the connection is back in the pool
                self._receiver.close()
        return self.fields

"""Single requests to any address, without retries and without a client."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

from eternaltwin.clients.auth import GUEST
from eternaltwin.clients.endpoints import SERVER
from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.clients.http.sender import USER_AGENT
from eternaltwin.clients.sync.transport import UrllibTransport
from eternaltwin.exceptions import EternalTwinError, UnexpectedResponseError
from eternaltwin.models import ServerVersion
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.clients.auth import Credentials
    from eternaltwin.clients.http.transports import Transport
    from eternaltwin.responses import Response

_DEFAULT_PORTS = {"http": 80, "https": 443}
_OTHER_SCHEMES = {"http": "https", "https": "http"}


@dataclass(frozen=True)
class Address:
    """An address to send requests to.

    Attributes:
        url: The URL, without a final `/` if it is that of a server.
        timeout: Seconds that a request may take.
        verify: Value of the setting `verify_ssl`.
        transport: Sends the requests instead of a network.
    """

    url: str
    timeout: float
    verify: bool | str = True
    transport: Transport | None = None

    def get(
        self,
        endpoint: str = "",
        query: Mapping[str, str] | None = None,
        credentials: Credentials = GUEST,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a GET request once. Redirects are not followed.

        Args:
            endpoint: Path below the address.
            query: Parameters of the query, instead of that of the address.
            credentials: Credentials to send.
            headers: Further header fields.

        Returns:
            The response, whatever its status.

        Raises:
            TransportError: No response arrived.
            UnexpectedResponseError: The response is too large or damaged.
        """
        parts = urlsplit(self.url)
        encoded = urlencode(query) if query is not None else parts.query
        target = f"{parts.path}{endpoint}" or "/"
        return self._send(
            "GET", f"{target}?{encoded}" if encoded else target, {**dict(credentials.headers), **(headers or {})}
        )

    def post(self, headers: Mapping[str, str], body: bytes) -> Response:
        """Send a POST request once. Redirects are not followed.

        Args:
            headers: Header fields.
            body: The body.

        Returns:
            The response, whatever its status.

        Raises:
            TransportError: No response arrived.
            UnexpectedResponseError: The response is too large or damaged.
        """
        parts = urlsplit(self.url)
        return self._send("POST", f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}", dict(headers), body)

    def _send(self, method: str, target: str, headers: dict[str, str], body: bytes | None = None) -> Response:
        request = HTTPRequest(
            method=method,
            target=target,
            headers={"User-Agent": USER_AGENT, **headers},
            body=body,
            timeout=self.timeout,
            is_idempotent=method == "GET",
        )
        if self.transport is not None:
            return self.transport.send(request)
        parts = urlsplit(self.url)
        transport = UrllibTransport(f"{parts.scheme}://{parts.netloc}", verify=self.verify)
        try:
            return transport.send(request)
        finally:
            transport.close()

    def version(self) -> str | None:
        """Return the version of the Eternaltwin server at the address.

        Returns:
            The version. None if nothing responds, or something else does.
        """
        try:
            return version_in(self.get(SERVER))
        except EternalTwinError:
            return None

    def responds(self) -> bool:
        """Return whether anything at the address speaks HTTP.

        Returns:
            True for any response.
        """
        try:
            self.get()
        except UnexpectedResponseError:
            return True
        except EternalTwinError:
            return False
        return True

    @property
    def port(self) -> int:
        """The TCP port."""
        parts = urlsplit(self.url)
        return parts.port or _DEFAULT_PORTS[parts.scheme]

    @property
    def host(self) -> str:
        """The host name or address, without brackets."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_https(self) -> bool:
        """Whether the scheme is https."""
        return self.url.startswith("https:")

    def with_port(self, port: int) -> Address:
        """Return the same address with another port, and without a path.

        Args:
            port: The port.

        Returns:
            The other address.
        """
        parts = urlsplit(self.url)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return replace(self, url=f"{parts.scheme}://{host}:{port}", transport=None)

    def with_other_scheme(self) -> Address:
        """Return the same address with https for http, or http for https. No certificate is verified.

        Returns:
            The other address. A port that is not written is then the other scheme's.
        """
        scheme, _, rest = self.url.partition(":")
        return replace(self, url=f"{_OTHER_SCHEMES[scheme]}:{rest}", verify=False, transport=None)


def target_of(page: str, reference: str) -> str:
    """Return where a redirect or a form of a page leads.

    Args:
        page: Address of the page.
        reference: What the page names, such as the header `Location`.

    Returns:
        The absolute address. Empty if it is malformed.
    """
    try:
        target = urljoin(page, reference)
        return target if is_web_address(target) else ""
    except ValueError:
        return ""


def is_web_address(url: str) -> bool:
    """Return whether a URL is one that a browser can open over http or https.

    Args:
        url: Any string.

    Returns:
        Whether it has the scheme http or https, a host, and a port that is a number if it has any.
    """
    try:
        parts = urlsplit(url)
        return parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def version_in(response: Response) -> str | None:
    """Return the version that the response of an Eternaltwin server to `GET /api/v1` contains.

    Args:
        response: Any response.

    Returns:
        The version. None if it is the response of something else.
    """
    if response.status_code != 200:
        return None
    try:
        return decode_json(response, ServerVersion).eternaltwin.version
    except UnexpectedResponseError:
        return None

"""Telemetry of games: OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from eternaltwin.clients.api.bodies import RequestBody
from eternaltwin.clients.api.client import with_hint
from eternaltwin.clients.auth import basic
from eternaltwin.clients.endpoints import TRACES
from eternaltwin.error_responses import printable
from eternaltwin.exceptions import RequestError
from eternaltwin.hidden import HIDDEN

if TYPE_CHECKING:
    from eternaltwin.clients.api.client import ApiClient
    from eternaltwin.clients.settings import CheckedSettings


class TelemetryApi:
    """The calls about telemetry.

    Args:
        client: Sends the calls.
        settings: The game's client id and secret.
    """

    def __init__(self, client: ApiClient, settings: CheckedSettings) -> None:
        self._client = client
        self._settings = settings

    async def send_traces(self, content: bytes) -> None:
        """Send traces of the game: `POST /v1/traces`, never repeated.

        Args:
            content: An `ExportTraceServiceRequest`, as protobuf.

        Raises:
            AuthenticationError: The client id or the secret is wrong.
            RequestError: The server refuses the traces. The message contains its reason.
        """
        game = basic(self._settings.client_id, self._settings.client_secret)
        body = RequestBody("application/x-protobuf", content)
        try:
            await self._client.send("POST", TRACES, game, body=body)
        except RequestError as exc:
            refused = exc
        else:
            return
        reason = unquote(refused.response.headers.get("grpc-message"))  # in a header, as in gRPC
        for secret in game.secrets:
            reason = reason.replace(secret, HIDDEN)
        reason = printable(reason)
        raise with_hint(refused, reason) if reason else refused

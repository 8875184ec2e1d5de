"""Sends the traces of a game to Eternaltwin, with OpenTelemetry. Needs the extra `otel`.

The spans of this library's own calls need nothing of this module: they appear wherever the process configures
OpenTelemetry to send its traces.

Example:
    >>> configure(default=settings)
    >>> eternaltwin_exporter()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.connections import offline_client
from eternaltwin.exceptions import ConfigurationError, MissingExtraError
from eternaltwin.hidden import clears_frames
from eternaltwin.rules.clients import GameService, service_of

if TYPE_CHECKING:
    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.telemetry.exporter import EternaltwinSpanExporter as EternaltwinSpanExporter

__all__ = ["eternaltwin_exporter"]

#: What the extra `otel` installs.
_EXTRA = frozenset({"google", "opentelemetry"})


@clears_frames
def eternaltwin_exporter(
    using: str | ClientABC | None = None, *, service: str | None = None, channel: str | None = None
) -> EternaltwinSpanExporter:
    """Configure the OpenTelemetry SDK of this process to send its traces to Eternaltwin, as the game of a connection.

    Call it once, when the process starts and the connection is configured. If the SDK has a tracer provider already,
    the exporter is added to it; otherwise one is set. A thread of the SDK sends the spans every few seconds, and the
    rest when the interpreter exits. Spans that cannot be sent are lost, with a warning of the logger
    `eternaltwin.telemetry`.

    Eternaltwin accepts only spans with the name and the channel of the game, which the exporter sets: of the client id
    `brute_staging@clients`, they are `brute` and `staging`; of `brute@clients`, `brute` and `production`. It leaves out
    attributes of types that Eternaltwin refuses (0.16.4): bytes, mappings, and lists of several types.

    Args:
        using: Alias of the connection, or a client, sync or asyncio. None means `default`.
        service: Name of the game. None means that of the client id, and is not possible if that is a UUID.
        channel: Channel of the game. None means that of the client id, and is not possible if that is a UUID.

    Returns:
        The exporter, which sends with the settings of the connection, over a connection of its own.

    Raises:
        MissingExtraError: The extra `otel` is not installed.
        ConfigurationError: The client id names no game, or a tracer provider is set that is not the SDK's.
        UnknownConnectionError: No connection has this alias.

    Example:
        >>> exporter = eternaltwin_exporter()
        >>> exporter.service
        GameService(name='mygame', channel='production')
    """
    settings = offline_client(using).settings
    found = service_of(settings.client_id) or GameService("", "")
    named = GameService(service or found.name, channel or found.channel)
    if not all(named):
        raise ConfigurationError(
            f"the client id {settings.client_id} does not contain the name and the channel of the game: give service"
            " and channel",
            setting="client_id",
        )
    try:
        from eternaltwin.telemetry.exporter import EternaltwinSpanExporter, add_exporter
    except ModuleNotFoundError as exc:
        package = (exc.name or "").partition(".")[0]
        if package not in _EXTRA:
            raise
        raise MissingExtraError(
            'sending traces needs the SDK of OpenTelemetry: pip install "eternaltwin[otel]"', name=package
        ) from None
    exporter = EternaltwinSpanExporter(settings, named)
    add_exporter(exporter)
    return exporter
